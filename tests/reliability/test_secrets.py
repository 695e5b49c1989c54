"""No secret, token, address or telephone number in anything that an error or a log shows, whatever went wrong."""

import base64
import json
import logging
import pickle
from collections.abc import Mapping
from typing import Any

import httpcore2  # noqa: F401 - its loggers are to be there
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.reliability.caller import KINDS, Caller
from tests.reliability.leaks import everything_logged, found, frames, pickled, shown
from tests.reliability.paths import CUSTOMER, EMAIL, PATHS, PHONE, TOKEN, Scripted
from tests.unit.runtime.sockets import Serve

from bubblehouse.transport import Response
from bubblehouse_loyalty import LoyaltyClient, errors

SECRET_BYTES = b"planted secret bytes that nobody may see"
SECRET = base64.b64encode(SECRET_BYTES).decode()
SECRETS: Mapping[str, str] = {
    "the secret": SECRET,
    "the secret's bytes": SECRET_BYTES.decode(),
    "a token": TOKEN,
    "a minted token": "eyJhbGci",
}
PERSONAL: Mapping[str, str] = {"an address": EMAIL, "a number": PHONE}

# What others log of what a server says is theirs: httpcore2 tells status lines and headers at DEBUG.
INDISCREET = ("httpcore2",)


def caller(kind: str, **more: Any) -> Caller:
    return Caller(
        kind, {"shop": "my-shop", "key_id": "key-1", "secret": SECRET, "timeout": 0.1, "max_retries": 0, **more}
    )


@pytest.mark.parametrize("level", [1, logging.DEBUG, logging.WARNING])
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_shown_on_any_path(kind: str, level: int, serve: Serve) -> None:
    logging.getLogger("asyncio")
    leaks: dict[str, str] = {}
    for name, path in PATHS.items():
        with everything_logged(level) as records:
            error = path(caller(kind, log_bodies=True), serve)
        assert isinstance(error, errors.BubblehouseError), name
        texts = [*shown(error), *records.texts()]
        told = [(where, text) for where, text in texts if not where.partition(" of ")[2].startswith(INDISCREET)]
        leaks |= dict.fromkeys(found(iter(told), {**SECRETS, **PERSONAL}), name)
        leaks |= dict.fromkeys(found(pickled(error), {**SECRETS, **PERSONAL}), name)
        if isinstance(error, errors.CallError):
            leaks |= dict.fromkeys(found(ours(error), SECRETS), name)
    assert not leaks


def ours(error: BaseException) -> Any:
    """Return the local variables of our frames. A token that can't be used stands in them, as in its callable's."""
    return () if isinstance(error, errors.TokenError) else frames(error)


def test_local_variables_of_our_frames_are_looked_at(serve: Serve) -> None:
    error = PATHS["redeem_points_1 hang"](caller("sync"), serve)
    assert any(where.endswith(" token") for where, _ in ours(error))


_around = st.text(max_size=30)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=_around, between=_around, after=_around, status=st.sampled_from([200, 302, 400, 401, 404, 422, 429, 500]))
@pytest.mark.parametrize("kind", KINDS)
def test_whatever_the_server_says_around_them(kind: str, before: str, between: str, after: str, status: int) -> None:
    said = f"{before}{EMAIL}{between}{PHONE}{after}{TOKEN}"
    body = json.dumps({"id": "odd", "message": said, "code": said, said: said}).encode()
    answer = Response(status, (("X-Said", said), ("Content-Type", said)), body)

    def work(client: Any) -> Any:
        return client.redeem_points_1(customer=CUSTOMER, pts=5)

    transport = Scripted(kind == "async", lambda _: answer)
    with everything_logged(1) as records, pytest.raises(errors.BubblehouseError) as caught:
        caller(kind, key_id=None, secret=None, token=TOKEN, transport=transport).run(work)
    assert not found(iter([*shown(caught.value), *records.texts()]), {**SECRETS, **PERSONAL})
    assert not found(pickled(caught.value), {**SECRETS, **PERSONAL})


def test_clients_show_nothing_and_do_not_travel() -> None:
    client = LoyaltyClient(shop="my-shop", key_id="key-1", secret=SECRET).for_customer("1", email=EMAIL)
    shop = LoyaltyClient(shop="my-shop", token=TOKEN)
    for one in (client, shop):
        inside = f"{one!r} {one!s} {vars(one)!r} {[getattr(it, '__dict__', it) for it in vars(one).values()]!r}"
        assert not found(iter([("a client", inside)]), {**SECRETS, **PERSONAL})
        with pytest.raises(TypeError):
            pickle.dumps(one)


def test_a_client_that_was_never_finished_can_be_shown() -> None:
    """Who reports an error with the local variables of its frames shows the client that was being made."""
    with pytest.raises(errors.ConfigurationError) as caught:
        LoyaltyClient(shop="my-shop", timeout=-1)
    assert any("LoyaltyClient(…)" in text for _, text in frames(caught.value))


def test_the_search_finds_what_is_there() -> None:
    def leak() -> None:
        logging.getLogger("anybody.at.all").debug("said: %s", TOKEN)
        try:
            dict[str, str]()[EMAIL]
        except KeyError as error:
            raise errors.ConfigurationError("x", "y") from error

    with everything_logged(1) as records, pytest.raises(errors.ConfigurationError) as caught:
        leak()
    caught.value.add_note(PHONE)
    seen = found(iter([*shown(caught.value), *records.texts()]), {**SECRETS, **PERSONAL})
    assert {
        "a token in log of anybody.at.all",
        "an address in repr of KeyError",
        "a number in notes of ConfigurationError",
        "a number in traceback of ConfigurationError",
    } <= seen
