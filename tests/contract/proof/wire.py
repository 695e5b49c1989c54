"""Calls as they stand on the wire, byte for byte: what no client could be made to send, and what only bytes show."""

import json
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlencode

import jsonschema_rs
from tests.contract.proof.contract import Contract, Json, Operation
from tests.contract.proof.scene import Scene
from tests.contract.proof.target import CUSTOMER_KINDS, Customer, Target

from bubblehouse.transport import Request, Response

_PATIENCE = 30.0  # seconds
_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back.

    Attributes:
        status: The HTTP status.
        body: The body, decoded.
        response: All of it.
    """

    status: int
    body: Json
    response: Response

    @property
    def error(self) -> tuple[int, str]:
        """Status and error id, to be compared at once; the id of a success is empty."""
        return self.status, str(self.body.get("id", "")) if self.status >= 400 else ""


@dataclass(frozen=True, slots=True)
class Sent:
    """A call that succeeds in the state that was made for it.

    Attributes:
        operation: What is called.
        kind: The kind of token.
        actor: Whom it is about.
        arguments: Its input.
        request: The request.
    """

    operation: Operation
    kind: str
    actor: Customer
    arguments: Json
    request: Request


class Wire:
    """Sends requests to a server, and holds every answer to the contract.

    Args:
        target: The server.
        contract: Its contract.
        scene: Who is who on it.
    """

    def __init__(self, target: Target, contract: Contract, scene: Scene) -> None:
        self.target = target
        self.contract = contract
        self.scene = scene
        self._validator = cache(self._compile)

    def send(self, request: Request, operation: Operation | None = None) -> Answer:
        """Send a request, and return what comes back.

        Args:
            request: The request, as it goes out.
            operation: Whose answer it is; None where the request is for none.

        Raises:
            AssertionError: The answer is not one that the contract has.
        """
        self.target.pace.wait()
        response = self.target.transport.send(request, timeout=_PATIENCE)
        media_type = (response.header("Content-Type") or "").partition(";")[0]
        assert media_type == _JSON, f"{response.status} comes as {media_type!r}"
        body = json.loads(response.content)
        assert isinstance(body, dict), f"{response.status} comes with no object"
        if operation is not None:
            self._judge(operation, response, body)
        return Answer(response.status, body, response)

    def reset(self) -> None:
        """Put the server back to where it began, if it lets us."""
        if self.target.control is not None:
            self.target.control.reset()

    def request(self, operation: Operation, arguments: Json, token: str, *, url: str | None = None) -> Request:
        """Return a request.

        Args:
            operation: What is called.
            arguments: Its input.
            token: The token.
            url: In place of the operation's own URL.
        """
        url = url or self.url(operation.function)
        headers = (("Authorization", f"Bearer {token}"),)
        if operation.method == "GET":
            texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in arguments.items()}
            return Request("GET", f"{url}?{urlencode(texts)}" if texts else url, headers, b"")
        return Request("POST", url, (*headers, ("Content-Type", _JSON)), json.dumps(arguments).encode())

    def url(self, function: str, *, version: str | None = None, shop: str | None = None) -> str:
        """Return the URL of a function.

        Args:
            function: Its name.
            version: The global version, in place of the usual one.
            shop: The shop, in place of the usual one.
        """
        return f"{self.target.base_url}/{version or self.contract.version}/{shop or self.target.shop}/{function}"

    def call(self, operation: Operation, arguments: Json, kind: str, customer: str) -> Answer:
        """Call an operation with a good token.

        Args:
            operation: What is called.
            arguments: Its input.
            kind: The kind of token.
            customer: The shopid of whom the token stands for, where it stands for a customer.
        """
        return self.send(self.request(operation, arguments, self.target.token(kind, customer)), operation)

    def balance(self, customer: Customer) -> Json:
        """Return the balance of a customer, with all that can be asked for."""
        everything = {"include_unused_rewards": True, "include_full_program": True, "include_referrals": True}
        arguments = {"customer": {"shopid": customer.shopid}, **everything}
        answer = self.call(self.contract.operations["CustomerBalance3"], arguments, "ShopToken", customer.shopid)
        assert answer.status == 200, answer.body
        return answer.body

    def redeem(self, customer: Customer, **arguments: object) -> Json:
        """Redeem points of a customer, and return the answer."""
        arguments = {"customer": {"shopid": customer.shopid}, "pts": self.scene.amount, **arguments}
        answer = self.call(self.contract.operations["RedeemPoints1"], arguments, "ShopToken", customer.shopid)
        assert answer.status == 200, answer.body
        return answer.body

    def prepare(self, operation: Operation, kind: str, *, named: bool = True) -> Sent:
        """Bring the server into a state in which a call succeeds, and return the call.

        Args:
            operation: What is called.
            kind: The kind of token.
            named: Whether the input names the customer although the token does; tokens of the shop need it.
        """
        self.reset()
        actor = self.scene.actor(operation)
        change = str(self.redeem(actor)["change_bhid"]) if operation.function == "Unredeem1" else ""
        arguments = self.scene.arguments(operation, actor, change)
        if kind in CUSTOMER_KINDS and not named:
            del arguments["customer"]
        request = self.request(operation, arguments, self.target.token(kind, actor.shopid))
        return Sent(operation, kind, actor, arguments, request)

    def _judge(self, operation: Operation, response: Response, body: Json) -> None:
        validator, headers = self._validator(operation.id, response.status)
        validator.validate(body)
        missing = [name for name in headers if response.header(name) is None]
        assert not missing, f"{operation.id}: {response.status} comes without {missing}"

    def _compile(self, operation: str, status: int) -> tuple[jsonschema_rs.Validator, list[str]]:
        documented = self.contract.responses(operation)
        assert str(status) in documented, f"{operation}: {status} is not documented"
        response = self.contract.response(operation, status)
        return self.contract.validator(response["content"][_JSON]["schema"]), list(response.get("headers", {}))


def authorised(request: Request, *values: str) -> Request:
    """Return a request with other Authorization headers, and all else as it was."""
    others = tuple((name, value) for name, value in request.headers if name != "Authorization")
    return request._replace(headers=(*(("Authorization", value) for value in values), *others))
