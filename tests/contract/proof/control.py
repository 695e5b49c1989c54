"""The control plane of our mock, over HTTP or in process, and how targets are opened with or without one."""

import base64
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, cast
from urllib.parse import urlsplit

from tests.contract.proof.options import DOCUMENTED_RATE
from tests.contract.proof.target import Customer, Key, Pace, Secret, Target

from bubblehouse import checks
from bubblehouse.errors import ConfigurationError
from bubblehouse.transport import Httpx2Transport, Request, Transport, TransportError
from bubblehouse_mock import BubblehouseMock, MockApp

_PATIENCE = 30.0  # seconds
_MARGIN = 1.1  # calls that leave here so far apart may arrive a little closer to each other


class TargetError(Exception):
    """The server can't be tested; the message says what to do."""


class ControlPlane:
    """Resets and changes a mock.

    Args:
        transport: Reaches it.
        base_url: Its base URL, which ends in `/api`.
    """

    def __init__(self, transport: Transport, base_url: str) -> None:
        self._transport = transport
        self._root = base_url.removesuffix("/api") + "/__mock__"
        self._shop = ""

    def reset(self) -> None:
        """Put the state back to the fixture."""
        self.act("POST", "reset")

    def settings(self, patch: Mapping[str, object]) -> None:
        """Change settings of the first shop."""
        self.act("PATCH", f"shops/{self._shop}/settings", patch)

    def state(self) -> dict[str, Any]:
        """Return the whole state, of one shop or of several, but the keys, which nothing should print."""
        state = self.act("GET", "state")
        for shop in state.get("shops", [state]):
            del shop["keys"]
        return state

    def load(self, state: Mapping[str, object]) -> None:
        """Go on from another state, given as a fixture; `reset` leads back."""
        self.act("PUT", "state", state)

    def set_key(self, key: Key, kind: str) -> None:
        """Take a key in, in place of the one with the same id where there is one."""
        self.act("POST", f"shops/{self._shop}/keys", {"key_id": key.id, "secret": str(key.secret), "kind": kind})

    def revoke_key(self, key_id: str) -> None:
        """Revoke a key."""
        self.act("PATCH", f"shops/{self._shop}/keys/{key_id}", {"revoked": True})

    def advance(self, seconds: int) -> None:
        """Put the clock forward."""
        self.act("POST", "clock/advance", {"to": f"+{seconds}s"})

    def config(self) -> dict[str, Any] | None:
        """Return the configuration of the mock's first shop; None where nothing like it answers.

        Raises:
            TargetError: Nothing answers at all.
        """
        try:
            config = self.act("GET", "config")
        except TransportError as error:
            raise TargetError(f"{self._root} can't be reached: {error}") from None
        except (TargetError, ValueError):
            return None
        shops = config.get("shops")
        if not isinstance(shops, list) or not shops or not {"shop", "keys", "customers"} <= shops[0].keys():
            return None
        self._shop = str(shops[0]["shop"])
        return cast("dict[str, Any]", shops[0])

    def act(self, method: str, place: str, body: Mapping[str, object] | None = None) -> dict[str, Any]:
        """Do one of its actions, and return what it answers.

        Args:
            method: The verb.
            place: Where the action is found, below `/__mock__/`.
            body: What it is given; None for nothing.

        Raises:
            TargetError: It doesn't answer as it should.
        """
        headers = (("Content-Type", "application/json"),)
        content = b"" if body is None else json.dumps(body).encode()
        response = self._transport.send(Request(method, f"{self._root}/{place}", headers, content), timeout=_PATIENCE)
        if response.status != 200:
            raise TargetError(f"the control plane answered {place} with {response.status}")
        answer = json.loads(response.content)
        if not isinstance(answer, dict):
            raise TargetError(f"the control plane answered {place} with no object")
        return cast("dict[str, Any]", answer)


@contextmanager
def in_process(*, strict: bool = True) -> Iterator[Target]:
    """Open a fresh mock in this process.

    Args:
        strict: Whether it holds its own answers against the contract.
    """
    mock = BubblehouseMock(strict=strict)
    transport = mock.transport()
    control = ControlPlane(transport, mock.base_url)
    config = control.config()
    if config is None:
        raise TargetError("the mock in process has no configuration")
    yield replace(
        _ours(control, config, mock.base_url, transport),
        app=MockApp(mock),
        connect=mock.transport,
        connect_async=mock.async_transport,
    )


@contextmanager
def served(url: str, shop: str | None, *, allow_writes: bool, rate: float = DOCUMENTED_RATE) -> Iterator[Target]:
    """Open a server.

    Args:
        url: Its base URL: `https://app.bubblehouse.com/api`, for one. Every call goes there, whatever the server
            says of itself.
        shop: The shop's slug. Mocks on this machine tell it themselves.
        allow_writes: Whether calls that change something may be sent to a server that isn't a mock on this machine.
        rate: Calls that such a server gets in a second, at most.

    Raises:
        TargetError: The URL is none to send tokens to, the server can't be reached, or it needs credentials that are
            not in the environment.
    """
    base_url, on_this_machine = _checked(url)
    transport = Httpx2Transport()
    try:
        control = ControlPlane(transport, base_url)
        # Whoever answers elsewhere like a control plane is not asked to reset anything, and gets no writes unasked.
        config = control.config() if on_this_machine else None
        if config is not None:
            yield _ours(control, config, base_url, transport)
        else:
            target = _stranger(base_url, shop, transport, allow_writes=allow_writes, rate=rate)
            _reach(transport, base_url)
            yield target
    finally:
        transport.close()


def _checked(url: str) -> tuple[str, bool]:
    """Return a URL in its plain form, and whether it is on this machine."""
    try:
        base_url = checks.base_url("the URL", url, allow_http=True)
    except ConfigurationError as error:
        raise TargetError(str(error)) from None
    parts = urlsplit(base_url)
    on_this_machine = checks.is_loopback(parts.hostname or "")
    # Clear text elsewhere is judged here, since the client's own advice, `allow_http=True`, is no option of ours.
    if parts.scheme == "http" and not on_this_machine:
        raise TargetError(f"the URL: {base_url} would get tokens in clear text; use https")
    return base_url, on_this_machine


def _reach(transport: Transport, base_url: str) -> None:
    try:
        transport.send(Request("GET", base_url, (), b""), timeout=_PATIENCE)
    except TransportError as error:
        raise TargetError(f"{base_url} can't be reached: {error}") from None


def _ours(control: ControlPlane, config: Mapping[str, Any], base_url: str, transport: Transport) -> Target:
    keys = {key["kind"]: key for key in reversed(config["keys"]) if not key["revoked"]}
    return Target(
        base_url=base_url,
        shop=config["shop"],
        keys={kind: Key(key["key_id"], Secret(key["secret"])) for kind, key in keys.items()},
        customers=tuple(
            Customer(customer["shopid"], customer["bhid"], customer["email"])
            for customer in config["customers"]
            if customer["shopid"]
        ),
        transport=transport,
        control=control,
    )


def _stranger(base_url: str, shop: str | None, transport: Transport, *, allow_writes: bool, rate: float) -> Target:
    names = ("BUBBLEHOUSE_KEY_ID", "BUBBLEHOUSE_SECRET", "BUBBLEHOUSE_CUSTOMER")
    missing = [name for name in names if not os.environ.get(name)]
    if shop is None or missing:
        needed = ", ".join(["the shop's slug"] * (shop is None) + missing)
        raise TargetError(f"{base_url} is no mock on this machine, so it needs {needed}; set them and try again")
    key_id, secret, customer = (os.environ[name] for name in names)
    try:
        base64.b64decode(secret, validate=True)
    except ValueError:
        raise TargetError("BUBBLEHOUSE_SECRET is not base64; copy it from the API console as it stands") from None
    return Target(
        base_url=base_url,
        shop=shop,
        keys={"shop": Key(key_id, Secret(secret))},
        customers=(Customer(customer),),
        transport=transport,
        writes=allow_writes,
        pace=Pace(_MARGIN / rate),
    )
