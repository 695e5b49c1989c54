"""Boundaries: every input of every operation, on both sides of each bound that its schema has."""

import pytest
from tests.contract.batteries import inputs
from tests.contract.batteries.outcomes import outcome
from tests.contract.proof import contract as contracts
from tests.contract.proof.target import Control
from tests.contract.proof.wire import Wire

_INVALID = (400, "invalid_request")
_CONTRACT = contracts.load()
_PROBES = [probe for operation in _CONTRACT.operations.values() for probe in inputs.probes(_CONTRACT, operation)]


@pytest.mark.parametrize("probe", _PROBES, ids=str)
def test_an_input_is_taken_exactly_where_the_contract_allows_it(
    probe: inputs.Probe, wire: Wire, control: Control
) -> None:
    operation = probe.operation
    sent = wire.prepare(operation, "ShopToken")
    state = control.state()
    expected = _INVALID
    if probe.well_formed:
        given = inputs.whole(operation, sent.arguments, probe)
        expected = outcome(wire, state, operation, given, sent.arguments)
    answer = wire.send(inputs.carrying(sent.request, operation, sent.arguments, probe), operation)
    assert answer.error == expected, answer.body
    if probe.place == ("pts",) and answer.status == 200:
        assert answer.body["pts"] == float(probe.text or "")
    elif answer.status != 200 or operation.kind == "read":
        assert control.state() == state, "a refused call must change nothing"
