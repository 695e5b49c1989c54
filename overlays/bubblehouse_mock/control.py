"""The control plane under /__mock__/: look at the shop, change it, start over. No part of the API that is mocked."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias
from urllib.parse import unquote

from bubblehouse_mock.core import Core
from bubblehouse_mock.jsontext import JsonObject, JsonValue, MalformedJsonError, dump, merge_patch, parse
from bubblehouse_mock.messages import MAX_BODY, Headers, Request, Response
from bubblehouse_mock.stages import versions
from bubblehouse_mock.state import (
    Change,
    Coupon,
    Customer,
    FixtureError,
    LedgerError,
    Ownership,
    Settings,
    decode,
    encode,
)

PREFIX: Final = b"/__mock__/"


class ControlError(Exception):
    """A request to the control plane is refused."""

    def __init__(self, status: int, error_id: str, message: str, headers: Headers = ()) -> None:
        super().__init__(message)
        self.status = status
        self.error_id = error_id
        self.headers = headers


class ControlPlane:
    """Looks at a core's shop and changes it.

    Args:
        core: The mock.
        base_url: Tells where the API can be reached, `http://127.0.0.1:8080/api` for one.
    """

    def __init__(self, core: Core, base_url: Callable[[], str]) -> None:
        self._core = core
        self._base_url = base_url

    def handle(self, request: Request) -> Response:
        """Answer one request whose path begins with `PREFIX`."""
        try:
            return Response(status=200, body=dump(self._dispatch(request)))
        except ControlError as error:
            status, body, headers = error.status, {"id": error.error_id, "message": str(error)}, error.headers
        except (FixtureError, LedgerError) as error:
            status, body, headers = 400, {"id": "invalid_request", "message": str(error)}, ()
        return Response(status=status, body=dump({**body}), headers=headers)

    def config(self) -> JsonObject:
        """Tell what a client needs to know to call the mock."""
        shop, now = self._core.shop, self._core.clock()
        with shop.lock:
            customers: list[JsonValue] = [
                {
                    "bhid": customer.bhid,
                    "shopid": customer.shopid,
                    "email": customer.email,
                    "pts_available": customer.ledger.available(now),
                }
                for customer in shop.customers.values()
            ]
        return {
            "base_url": self._base_url(),
            "shop": shop.slug,
            "keys": [encode(key) for key in shop.keys.values()],
            "customers": customers,
            "versions": {
                "enabled": list[JsonValue](versions.enabled(self._core.contract, shop.settings)),
                "obsolete": list(shop.settings.obsolete_versions),
                "inaccessible": list(shop.settings.inaccessible_versions),
            },
        }

    def settings(self, patch: JsonValue = None) -> JsonValue:
        """Return the shop's settings, after a JSON merge patch (RFC 7396) where one is given.

        Raises:
            FixtureError: The settings would not be valid; then nothing has changed.
        """
        shop = self._core.shop
        with shop.lock:
            if patch is not None:
                patched = merge_patch(encode(shop.settings), patch)
                shop.settings = decode(Settings, patched, now=self._core.clock())
            return encode(shop.settings)

    def state(self) -> JsonValue:
        """Return all that the shop remembers, in the form of a fixture."""
        shop = self._core.shop
        with shop.lock:
            return encode(shop.fixture())

    def reset(self) -> JsonObject:
        """Start over from the fixture, and return the configuration."""
        self._core.reset()
        return self.config()

    def add_customer(self, data: JsonObject) -> JsonValue:
        """Take a customer in, given as fixtures have customers, and return the customer.

        Raises:
            FixtureError: The data don't fit.
        """
        shop = self._core.shop
        with shop.lock:
            customer = decode(Customer, data, now=self._core.clock())
            shop.add_customer(customer)
            return encode(customer)

    def add_change(self, customer_id: str, data: JsonObject) -> JsonValue:
        """Change a customer's points now, and return the change.

        Args:
            customer_id: A bhid or shopid.
            data: The change as fixtures have it, without `at`; its type is `manual_correction` unless it names another.

        Raises:
            ControlError: Nobody has that id, or the change would undo a redemption: only a call can do that.
            FixtureError: The data don't fit.
            LedgerError: The balance doesn't allow it.
        """
        shop = self._core.shop
        with shop.lock:
            customer = self._customer(customer_id)
            for name in data.keys() & {"at", "reverts"}:
                raise ControlError(400, "invalid_request", f"{name} can't be given here")
            change = decode(Change, {"type": "manual_correction", **data, "at": "+0s"}, now=self._core.clock())
            return encode(shop.grant_points(customer, change))

    def add_achievement(self, customer_id: str, data: JsonObject) -> JsonValue:
        """Let a customer own an achievement, given as fixtures have it, and return the ownership.

        Raises:
            ControlError: Nobody has that id.
            FixtureError: The data don't fit.
        """
        shop = self._core.shop
        with shop.lock:
            customer = self._customer(customer_id)
            ownership = decode(Ownership, {"obtained_at": "+0s", **data}, now=self._core.clock())
            shop.grant_achievement(customer, ownership)
            return encode(ownership)

    def set_code(self, code: str, data: JsonObject) -> JsonValue:
        """Set the `status` of a discount code to `used` or back to `unused`, and return the code with all it has.

        Raises:
            ControlError: There is no such code, or it is withdrawn, or the status is none of the two.
        """
        shop = self._core.shop
        with shop.lock:
            coupon: Coupon | None = shop.coupon(code)
            if coupon is None:
                raise ControlError(404, "not_found", f"there is no code {code!r}")
            status = data.get("status")
            if status not in ("used", "unused") or len(data) != 1:
                raise ControlError(400, "invalid_request", 'send {"status": "used"} or {"status": "unused"}')
            if coupon.status == "withdrawn":
                raise ControlError(400, "invalid_request", f"the code {code!r} is withdrawn for good")
            coupon.status = "used" if status == "used" else "unused"
            return encode(coupon)

    def _customer(self, customer_id: str) -> Customer:
        shop = self._core.shop
        customer = shop.customers.get(customer_id) or shop.by_shopid(customer_id)
        if customer is None:
            raise ControlError(404, "not_found", f"no customer has the bhid or shopid {customer_id!r}")
        return customer

    def _dispatch(self, request: Request) -> JsonValue:
        names = [unquote(name) for name in request.path.removeprefix(PREFIX).decode("ascii", "replace").split("/")]
        found = [(route, arguments) for route in _ROUTES if (arguments := route.match(names)) is not None]
        if not found:
            known = ", ".join(sorted({f"/__mock__/{route.path}" for route in _ROUTES}))
            raise ControlError(404, "not_found", f"there is no such place; there are {known}")
        for route, arguments in found:
            if route.method == request.method:
                return route.action(self, arguments, _body(request) if route.method == "POST" else {})
        allowed = ", ".join(sorted(route.method for route, _ in found))
        raise ControlError(405, "method_not_allowed", f"this place takes {allowed}", (("allow", allowed),))


_Action: TypeAlias = Callable[[ControlPlane, list[str], JsonObject], JsonValue]


@dataclass(frozen=True, slots=True)
class _Route:
    method: str
    path: str
    action: _Action

    def match(self, names: list[str]) -> list[str] | None:
        """Return the names that stand where the path has `<…>`; None where it doesn't match."""
        steps = self.path.split("/")
        if len(steps) != len(names):
            return None
        pairs = list(zip(steps, names, strict=True))
        fits = all(step.startswith("<") or step == name for step, name in pairs)
        return [name for step, name in pairs if step.startswith("<")] if fits else None


_ROUTES: Final = (
    _Route("GET", "config", lambda plane, _names, _body: plane.config()),
    _Route("GET", "state", lambda plane, _names, _body: plane.state()),
    _Route("GET", "settings", lambda plane, _names, _body: plane.settings()),
    _Route("POST", "settings", lambda plane, _names, body: plane.settings(body)),
    _Route("POST", "reset", lambda plane, _names, _body: plane.reset()),
    _Route("POST", "customers", lambda plane, _names, body: plane.add_customer(body)),
    _Route("POST", "customers/<id>/changes", lambda plane, names, body: plane.add_change(names[0], body)),
    _Route("POST", "customers/<id>/achievements", lambda plane, names, body: plane.add_achievement(names[0], body)),
    _Route("POST", "codes/<code>", lambda plane, names, body: plane.set_code(names[0], body)),
)


def _body(request: Request) -> JsonObject:
    if len(request.body) > MAX_BODY or not request.complete:
        raise ControlError(413, "request_too_large", f"the body is larger than {MAX_BODY} bytes, or did not arrive")
    try:
        value = parse(request.body or b"{}")
    except MalformedJsonError as error:
        raise ControlError(400, "invalid_request", f"the body is not JSON as expected: {error}") from None
    if not isinstance(value, dict):
        raise ControlError(400, "invalid_request", "the body is not a JSON object")
    return value
