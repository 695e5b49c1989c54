"""Mutants of the client's runtime: tokens, retries, errors, money, and what is kept of an answer."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from tests.mutants.door import PLAIN, POOR, Door
from tests.mutants.mutant import Family, Witness
from tests.mutants.patching import Function, around, instead

from bubblehouse import errors as runtime
from bubblehouse import fields, flow, model, response, retry, tokens
from bubblehouse.operation import Operation
from bubblehouse.retry import Next
from bubblehouse.transport import Response
from bubblehouse.unset import UNSET
from bubblehouse_loyalty import CustomerIdentity1, LoyaltyClient, models

_PLAIN = CustomerIdentity1(shopid=PLAIN)


def _redeems(**arguments: Any) -> Callable[[LoyaltyClient], object]:
    return lambda client: client.redeem_points_1(**{"customer": _PLAIN, "pts": 100, **arguments})


def _reads(client: LoyaltyClient) -> object:
    return client.customer_balance_3(customer=_PLAIN, include_unused_rewards=True)


def _said(**parts: Any) -> Callable[[Response], Response]:
    """Alter the JSON of each answer."""
    return lambda answer: answer._replace(content=json.dumps({**json.loads(answer.content), **parts}).encode())


def _without(name: str) -> Callable[[Response], Response]:
    def alter(answer: Response) -> Response:
        body = json.loads(answer.content)
        body.pop(name, None)
        return answer._replace(content=json.dumps(body).encode())

    return alter


def _lost(door: Door) -> object:
    """Lose the answer to a redemption that was done."""
    door.lose(operation="RedeemPoints1")
    return door.told(_redeems()), door.balance()["pts_available"]


def _failing(**fault: Any) -> Witness:
    def witness(door: Door) -> object:
        door.fail(**fault)
        return door.told(_reads)

    return witness


def _refused_once(door: Door) -> object:
    door.fail("invalid_token")
    return door.told(_reads)


def _at_most_a_second(read: Function) -> Function:
    def told(*given: Any) -> float | None:
        seconds: float | None = read(*given)
        return None if seconds is None else min(1.0, seconds)

    return told


def _deciding(kind: str, wanted: Callable[[Any], bool], then: Next) -> Function:
    def make(decide: Function) -> Function:
        return lambda called, failure: then if called == kind and wanted(failure) else decide(called, failure)

    return make


def _claiming(change: Callable[[dict[str, Any]], object]) -> Function:
    def make(sign: Function) -> Function:
        def signed(self: tokens.Key, claims: dict[str, Any]) -> object:
            claims = dict(claims)
            change(claims)
            return sign(self, claims)

        return signed

    return make


def _unsent(encode: Function) -> Function:
    """Send null for what is left out."""

    def to_dict(self: model.Model) -> dict[str, object]:
        found: dict[str, object] = {field.wire: None for field in self.FIELDS}
        return {**found, **encode(self)}

    return to_dict


def _forgetful(from_dict: Any) -> object:
    def read(cls: type[model.Model], data: object) -> model.Model:
        found: model.Model = from_dict.__func__(cls, data)
        found.additional_properties = {}
        return found

    return classmethod(read)


def _lenient(self: model.Model, rest: dict[str, object]) -> None:
    """Take a missing property for one that may be missing."""
    for field in self.FIELDS:
        value = rest.pop(field.wire, UNSET)
        setattr(self, field.name, value if value is UNSET else field.codec.decode(value))


def _lenient_models(patch: pytest.MonkeyPatch) -> None:
    """Read every generated model leniently."""
    for name in models.__all__:
        cls = getattr(models, name)
        if isinstance(cls, type) and issubclass(cls, model.Model):
            patch.setattr(cls, "_read", _lenient)


def _unmasked(original: Function) -> Function:
    del original
    return lambda answer, _: answer


def _echoed(door: Door) -> object:
    """Let the answer repeat the token."""
    told: list[object] = []
    door.told(lambda client: told.append(_caught(client)), requests=_repeats(door), max_retries=0)
    return [str(it).replace("Token(…)", "") for it in told]


def _caught(client: LoyaltyClient) -> object:
    try:
        return client.customer_balance_3(customer=CustomerIdentity1(shopid="nobody"))
    except runtime.APIError as error:
        return error.content.partition(b"eyJ")[1]


def _repeats(door: Door) -> Callable[[Response], Response]:
    def alter(answer: Response) -> Response:
        token = door.answers[-1].body[2]["Authorization"].removeprefix("Bearer ")
        return answer._replace(content=json.dumps({"id": "invalid_request", "echo": token}).encode())

    return alter


_of = Family("runtime", "client", "client")

MUTANTS = [
    _of.mutant(
        "write-repeated",
        "A write whose outcome is unknown is sent again.",
        around(flow, "decide", _deciding("write", lambda it: isinstance(it, runtime.APIConnectionError), Next.REPEAT)),
        _lost,
    ),
    _of.mutant(
        "write-repeated-after-500",
        "A write that a gateway answered with an error page is sent again.",
        around(flow, "decide", _deciding("write", lambda it: isinstance(it, runtime.InternalServerError), Next.REPEAT)),
        lambda it: (it.fail(status=502), it.told(_redeems())),
        layer="unknown-answers",
    ),
    _of.mutant(
        "outcome-known",
        "A write whose answer was lost fails as if nothing had happened.",
        around(flow, "decide", _deciding("write", lambda _: True, Next.RAISE)),
        lambda it: (it.fail(status=502), it.told(_redeems())),
        layer="unknown-answers",
    ),
    _of.mutant(
        "read-not-repeated",
        "A read that failed is not sent again.",
        around(flow, "decide", _deciding("read", lambda _: True, Next.RAISE)),
        _failing(status=502),
    ),
    _of.mutant(
        "token-not-renewed",
        "A token that was refused is not renewed.",
        around(flow, "decide", _deciding("read", lambda it: getattr(it, "status", 0) == 401, Next.RAISE)),
        lambda it: (
            it.fail("invalid_token"),
            it.told(_reads, key_id=None, secret=None, token=_another_each_time(it)),
        ),
    ),
    _of.mutant(
        "retry-after-ignored",
        "Retry-After is ignored.",
        instead(response, "retry_after", lambda *_: None),
        _failing(error="rate_limit_exceeded", retry_after=3),
    ),
    _of.mutant(
        "retry-after-cut",
        "Retry-After is cut short to a second.",
        around(response, "retry_after", _at_most_a_second),
        _failing(error="rate_limit_exceeded", retry_after=3),
    ),
    _of.mutant(
        "general-class",
        "Documented errors are raised as the class of their status.",
        instead(Operation, "error_class", lambda *_: None),
        lambda it: it.told(_redeems(pts=10**9)),
        layer="matrix",
    ),
    _of.mutant(
        "no-status-class",
        "An undocumented 404 is raised as an error without a class of its own.",
        instead(response, "STATUS_CLASSES", {key: it for key, it in runtime.STATUS_CLASSES.items() if key != 404}),
        lambda it: it.told(_reads, requests=lambda answer: answer._replace(status=404)),
        layer="unknown-answers",
    ),
    _of.mutant(
        "no-error-id",
        "An error doesn't keep its id.",
        around(response, "_said", lambda said: lambda answer: (said(answer)[0] and None, said(answer)[1])),
        lambda it: it.told(_redeems(pts=10**9)),
        layer="matrix",
    ),
    _of.mutant(
        "no-message",
        "An error doesn't keep what the server said.",
        instead(response, "discreet", lambda *_: ""),
        lambda it: it.told(_redeems(pts=10**9)),
        layer="matrix",
    ),
    _of.mutant(
        "money-in-floats",
        "Money goes through a float on its way in.",
        around(type(fields.MONEY), "decode", lambda decode: lambda self, value: Decimal(float(decode(self, value)))),
        lambda it: (it.configure(point_value="0.010001"), it.told(_redeems(pts=101))),
    ),
    _of.mutant(
        "money-in-cents",
        "Money is rounded to cents on its way out.",
        around(
            type(fields.MONEY),
            "encode",
            lambda encode: lambda self, value: encode(self, value.quantize(Decimal("0.01"))),
        ),
        lambda it: it.told(_redeems(cart_subtotal=Decimal("49.996"))),
        layer="matrix",
    ),
    _of.mutant(
        "money-of-integers",
        "A whole number of Python is sent as that many units of money.",
        around(
            type(fields.MONEY),
            "encode",
            lambda encode: lambda self, value: encode(self, Decimal(value) if isinstance(value, int) else value),
        ),
        lambda it: it.told(_redeems(cart_subtotal=42)),
    ),
    _of.mutant(
        "boolean-points",
        "True is sent as a number of points.",
        around(
            fields.Integer,
            "encode",
            lambda encode: lambda self, value: encode(self, int(value) if isinstance(value, bool) else value),
        ),
        lambda it: it.told(_redeems(pts=True)),
    ),
    _of.mutant(
        "time-without-zone",
        "A moment loses its time zone on its way in.",
        around(
            type(fields.TIME), "decode", lambda decode: lambda self, value: decode(self, value).replace(tzinfo=None)
        ),
        lambda it: it.told(_reads, requests=_said(pts_global_expiration="2027-01-01T00:00:00+02:00")),
    ),
    _of.mutant(
        "time-read-as-utc",
        "The offset of a moment is ignored.",
        around(type(fields.TIME), "decode", lambda decode: lambda self, value: decode(self, value).replace(tzinfo=UTC)),
        lambda it: it.told(_reads, requests=_said(pts_global_expiration="2027-01-01T00:00:00+02:00")),
    ),
    _of.mutant(
        "nothing-new",
        "Properties that the contract doesn't name are lost.",
        around(model.Model, "from_dict", lambda _: _forgetful(model.Model.__dict__["from_dict"])),
        lambda it: it.told(_reads, requests=_said(brand_new=[1])),
    ),
    _of.mutant(
        "null-for-unset",
        "What is left out is sent as null.",
        around(model.Model, "to_dict", _unsent),
        lambda it: it.told(_redeems()),
        layer="round-trip",
    ),
    _of.mutant(
        "lenient-answers",
        "An answer that lacks a required property is taken for a good one.",
        _lenient_models,
        lambda it: it.told(_reads, requests=_without("pts_available")),
        layer="unknown-answers",
    ),
    _of.mutant(
        "errors-are-answers",
        "An error's body is read as a success.",
        around(
            flow,
            "read",
            lambda read: lambda operation, answer, **named: read(operation, answer._replace(status=200), **named),
        ),
        lambda it: it.told(_redeems(pts=10**9)),
        layer="matrix",
    ),
    _of.mutant(
        "audience",
        "Tokens are minted for another audience.",
        around(tokens.Key, "sign", _claiming(lambda claims: claims.update(aud="bh"))),
        lambda it: it.told(_reads),
        layer="round-trip",
    ),
    _of.mutant(
        "no-expiry",
        "Tokens are minted without exp.",
        around(tokens.Key, "sign", _claiming(lambda claims: claims.pop("exp"))),
        lambda it: it.told(_reads),
    ),
    _of.mutant(
        "milliseconds",
        "exp counts milliseconds.",
        around(tokens.Key, "sign", _claiming(lambda claims: claims.update(exp=claims["exp"] * 1000))),
        lambda it: it.told(_reads),
    ),
    _of.mutant(
        "shop-for-customer",
        "A client that speaks for a customer mints the shop's tokens.",
        around(tokens.Key, "sign", _claiming(lambda claims: claims.update(sub=claims["sub"].partition("/")[0]))),
        lambda it: it.told(lambda client: client.customer_balance_3(), customer=POOR),
        layer="matrix",
    ),
    _of.mutant(
        "token-told",
        "An answer that repeats the token keeps it in the error.",
        around(response, "_masked", _unmasked),
        _echoed,
    ),
    _of.mutant(
        "first-pause",
        "Nothing is waited for between two attempts.",
        instead(flow, "pause", lambda *_: 0.0),
        _failing(status=502),
    ),
    _of.mutant(
        "too-many-retries",
        "A read is sent again for ever.",
        around(retry, "_may_pass", lambda _: lambda failure: isinstance(failure, runtime.CallError)),
        lambda it: it.told(lambda client: client.customer_balance_3(customer=CustomerIdentity1(shopid="x"))),
    ),
]


def _another_each_time(door: Door) -> Callable[[], str]:
    minted: list[str] = []

    def token() -> str:
        minted.append(door.token(iat=int(datetime.timestamp(door.clock())) - len(minted)))
        return minted[-1]

    return token
