"""Ways to reach for another customer with a token of one's own. Data only."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from tests.contract.proof.contract import Json
from tests.contract.proof.scene import NOBODY
from tests.contract.proof.target import Customer

from bubblehouse.transport import Request

Names = Callable[[Customer, Customer], Json]


def identities(me: Customer, them: Customer) -> dict[str, Json]:
    """List what `customer` may hold that names another, alone or beside oneself.

    Args:
        me: Whom the token stands for.
        them: The other.
    """
    theirs = {name: value for name, value in them.everything.items() if value}
    mine = {name: value for name, value in me.everything.items() if value}
    alone = {f"their {name}": {name: value} for name, value in theirs.items()}
    beside = {
        f"my {my_name} and their {name}": {my_name: my_value, name: value}
        for my_name, my_value in mine.items()
        for name, value in theirs.items()
        if name != my_name
    }
    nobodys = {
        f"my {my_name} and nobody's {name}": {my_name: my_value, name: NOBODY}
        for my_name, my_value in mine.items()
        for name in mine
        if name != my_name
    }
    return {
        **alone,
        **beside,
        **nobodys,
        "all of theirs": theirs,
        "their shopid and more": {**alone["their shopid"], "x": mine},
    }


@dataclass(frozen=True, slots=True)
class Aside:
    """Names another customer where nobody should look for one.

    Attributes:
        name: Where.
        claims: What the token says in addition.
        alter: What is done to a request of one's own.
    """

    name: str
    claims: Names = lambda _, __: {}
    alter: Callable[[Request, Customer], Request] = lambda request, _: request

    def __str__(self) -> str:
        return self.name


def _beside(name: str, make: Callable[[Customer], Json]) -> Aside:
    """Return what adds properties to the input: to the body, or to the query."""

    def alter(request: Request, them: Customer) -> Request:
        if request.method == "POST":
            return request._replace(content=json.dumps({**json.loads(request.content), **make(them)}).encode())
        texts = {key: it if isinstance(it, str) else json.dumps(it) for key, it in make(them).items()}
        return request._replace(url=f"{request.url}{'&' if '?' in request.url else '?'}{urlencode(texts)}")

    return Aside(f"{name}, in the input", alter=alter)


def _header(name: str, make: Callable[[Customer], str]) -> Aside:
    return Aside(
        f"the header {name}",
        alter=lambda request, them: request._replace(headers=(*request.headers, (name, make(them)))),
    )


def _elsewhere(request: Request, them: Customer) -> Request:
    """Name the other where this verb has no input: in the query of a POST, in the body of a GET."""
    given: Json = {"customer": {"shopid": them.shopid}}
    if request.method == "GET":
        return request._replace(content=json.dumps(given).encode())
    return request._replace(url=f"{request.url}?{urlencode({'customer': json.dumps(given['customer'])})}")


ASIDES: Final = (
    _beside("customer without an id", lambda them: {"customer": {"id": them.shopid, "customer": them.everything}}),
    _beside("customer with empty ids", lambda _: {"customer": {"shopid": "", "bhid": "", "email": ""}}),
    _beside("the ids themselves", lambda them: them.everything),
    _beside("names like customer", lambda them: dict.fromkeys(("Customer", "CUSTOMER", "customer "), them.everything)),
    _beside("dotted names", lambda them: {f"customer.{name}": it for name, it in them.everything.items()}),
    _beside("names with brackets", lambda them: {f"customer[{name}]": it for name, it in them.everything.items()}),
    _beside("other usual names", lambda them: dict.fromkeys(("customer_id", "customerId", "user", "sub"), them.shopid)),
    _beside("several customers", lambda them: {"customers": [them.everything]}),
    Aside("the input of another verb", alter=_elsewhere),
    _header("X-Customer-Id", lambda them: them.shopid),
    _header("X-HTTP-Method-Override", lambda _: "DELETE"),
    _header("X-Original-URL", lambda them: f"/{them.shopid}"),
    _header("Cookie", lambda them: f"customer={them.shopid}; sub={them.shopid}"),
    Aside("the claim ce", claims=lambda _, them: {"ce": them.email or "someone@example.com"}),
    Aside("usual claims", claims=lambda _, them: dict.fromkeys(("customer", "customer_id", "shopid"), them.shopid)),
    Aside("the claim customer, as an object", claims=lambda _, them: {"customer": them.everything}),
    Aside("the claims of another issuer", claims=lambda _, them: {"iss": them.shopid, "azp": them.shopid, "l": 9}),
)
"""With each of them, the call stays one's own."""
