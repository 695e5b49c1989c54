"""The control plane of our mock, over HTTP or in process, and how targets are opened with or without one."""

import base64
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast

from tests.contract.proof.target import AsgiApp, Customer, Key, Pace, Secret, Target

from bubblehouse.transport import Httpx2Transport, Request, Transport, TransportError
from bubblehouse_mock import BubblehouseMock, MockApp

_PATIENCE = 30.0  # seconds
_RESPECTFUL = 0.55  # seconds from call to call; the documented limit is two reads a second for each customer


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

    def reset(self) -> None:
        """Put the state back to the fixture."""
        self._send("POST", "reset")

    def settings(self, patch: Mapping[str, object]) -> None:
        """Change settings of the shop."""
        self._send("POST", "settings", patch)

    def state(self) -> dict[str, Any]:
        """Return the whole state but the keys, which nothing should print."""
        state = self._send("GET", "state")
        del state["keys"]
        return state

    def config(self) -> dict[str, Any] | None:
        """Return the mock's configuration; None where nothing like it answers.

        Raises:
            TargetError: Nothing answers at all.
        """
        try:
            config = self._send("GET", "config")
        except TransportError as error:
            raise TargetError(f"{self._root} can't be reached: {error}") from None
        except (TargetError, ValueError):
            return None
        return config if {"base_url", "shop", "keys", "customers"} <= config.keys() else None

    def _send(self, method: str, place: str, body: Mapping[str, object] | None = None) -> dict[str, Any]:
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
def in_process() -> Iterator[Target]:
    """Open a fresh mock in this process."""
    mock = BubblehouseMock(strict=True)
    control = ControlPlane(mock.transport(), mock.base_url)
    config = control.config()
    if config is None:
        raise TargetError("the mock in process has no configuration")
    yield _ours(control, config, app=MockApp(mock))


@contextmanager
def served(url: str, shop: str | None, *, allow_writes: bool) -> Iterator[Target]:
    """Open a server.

    Args:
        url: Its base URL: `https://app.bubblehouse.com/api`, for one.
        shop: The shop's slug. Servers with our control plane tell it themselves.
        allow_writes: Whether calls that change something may be sent to a server without our control plane.

    Raises:
        TargetError: It can't be reached, or needs credentials that are not in the environment.
    """
    transport = Httpx2Transport()
    try:
        control = ControlPlane(transport, url)
        config = control.config()
        yield _ours(control, config) if config is not None else _stranger(url, shop, allow_writes=allow_writes)
    finally:
        transport.close()


def _ours(control: ControlPlane, config: Mapping[str, Any], app: AsgiApp | None = None) -> Target:
    keys = {key["kind"]: key for key in reversed(config["keys"]) if not key["revoked"]}
    return Target(
        base_url=config["base_url"],
        shop=config["shop"],
        keys={kind: Key(key["key_id"], Secret(key["secret"])) for kind, key in keys.items()},
        customers=tuple(
            Customer(customer["shopid"], customer["bhid"], customer["email"])
            for customer in config["customers"]
            if customer["shopid"]
        ),
        control=control,
        app=app,
    )


def _stranger(url: str, shop: str | None, *, allow_writes: bool) -> Target:
    names = ("BUBBLEHOUSE_KEY_ID", "BUBBLEHOUSE_SECRET", "BUBBLEHOUSE_CUSTOMER")
    missing = [name for name in names if not os.environ.get(name)]
    if shop is None or missing:
        needed = ", ".join(["the shop's slug"] * (shop is None) + missing)
        raise TargetError(f"{url} has no control plane of our mock, so it needs {needed}; set them and try again")
    key_id, secret, customer = (os.environ[name] for name in names)
    try:
        base64.b64decode(secret, validate=True)
    except ValueError:
        raise TargetError("BUBBLEHOUSE_SECRET is not base64; copy it from the API console as it stands") from None
    return Target(
        base_url=url.rstrip("/"),
        shop=shop,
        keys={"shop": Key(key_id, Secret(secret))},
        customers=(Customer(customer),),
        writes=allow_writes,
        pace=Pace(_RESPECTFUL),
    )
