"""Places: which URLs and verbs a call is found under, and which of several faults is told."""

import json

import pytest
from tests.contract.batteries.places import PLACES, Place
from tests.contract.proof import contract as contracts
from tests.contract.proof.contract import Operation
from tests.contract.proof.scene import NOBODY
from tests.contract.proof.target import Control
from tests.contract.proof.wire import Wire, authorised

_OPERATIONS = tuple(contracts.load().operations.values())
_WITH_BODY = [operation for operation in _OPERATIONS if operation.method == "POST"]
_INVALID = (400, "invalid_request")
_VERBS = {
    it.function: sorted(other.method for other in _OPERATIONS if other.function == it.function) for it in _OPERATIONS
}
_WRONG_VERBS = [
    pytest.param(operation, verb, id=f"{operation.id}-{verb}")
    for operation in _OPERATIONS
    for verb in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY")
    if verb not in _VERBS[operation.function]
]
_ONE_CALL = {kind: {"per_day": {"customer": 1}} for kind in ("read", "write")}


@pytest.mark.parametrize("place", PLACES, ids=str)
@pytest.mark.parametrize("operation", _OPERATIONS, ids=lambda it: it.id)
def test_a_call_is_found_under_its_own_name_alone(
    operation: Operation, place: Place, wire: Wire, control: Control
) -> None:
    sent = wire.prepare(operation, "ShopToken")
    before = control.state()
    url = place.url(wire, operation)
    query = sent.request.url.partition("?")[2]
    request = sent.request._replace(url=f"{url}?{query}" if query else url)
    answer = wire.send(request)
    assert answer.error == place.error, answer.body
    assert answer.status == 200 or control.state() == before


@pytest.mark.parametrize(("operation", "verb"), _WRONG_VERBS)
def test_a_call_takes_its_own_verbs_alone(operation: Operation, verb: str, wire: Wire, control: Control) -> None:
    sent = wire.prepare(operation, "ShopToken")
    before = control.state()
    answer = wire.send(sent.request._replace(method=verb), operation)
    assert answer.error == (405, "method_not_allowed")
    assert answer.response.header("Allow") == ", ".join(_VERBS[operation.function])
    assert control.state() == before


@pytest.mark.parametrize("operation", _WITH_BODY, ids=lambda it: it.id)
def test_what_is_wrong_is_told_from_the_outside_in(operation: Operation, wire: Wire, control: Control) -> None:
    control.reset()
    control.settings({"rate_limits_enabled": True, "rate_limit_delay": 0, "rate_limits": _ONE_CALL})
    good = wire.target.token("CustomerToken", wire.scene.spender.shopid)
    lost = wire.target.token("CustomerToken", NOBODY)

    def error(token: str, content: bytes, *, version: str | None = None) -> tuple[int, str]:
        url = wire.url(operation.function, version=version)
        request = wire.request(operation, {}, token, url=url)._replace(content=content)
        return wire.send(request if token else authorised(request), operation).error

    for none in ("", "junk"):
        assert error(none, b"{", version="v19990101") == (400, "invalid_global_api_version")
        assert error(none, b"{") == (401, "invalid_token")
    assert error(lost, b"{") == _INVALID
    needed = {name: it for each in _OPERATIONS for name, it in contracts.load().example(each.id).items()}
    named = json.dumps({**needed, "customer": {"shopid": "x"}}).encode()
    assert error(lost, named) == (404, "no_customers_match_customer_identity")
    assert error(good, named) == (403, "customer_identity_does_not_match_token")
    assert error(good, b"{") == (429, "rate_limit_exceeded")
