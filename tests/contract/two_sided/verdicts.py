"""Which inputs a server takes for well-formed, held against which ones a document does."""

from collections.abc import Iterable, Iterator

from tests.contract.batteries.inputs import Judge, Probe, carrying
from tests.contract.proof.contract import Contract
from tests.contract.proof.target import Customer
from tests.contract.proof.wire import Wire

_INVALID = (400, "invalid_request")


class Verdicts:
    """Asks a server about inputs, once.

    Args:
        wire: The server.
        probes: The inputs.
    """

    def __init__(self, wire: Wire, probes: Iterable[Probe]) -> None:
        self._taken = {probe: _is_taken(wire, probe, wire.scene.spender) for probe in probes}

    def disputed(self, contract: Contract) -> Iterator[Probe]:
        """List the inputs of which a document says otherwise."""
        judges = {operation.id: Judge(contract, operation) for operation in contract.operations.values()}
        for probe, taken in self._taken.items():
            if judges[probe.operation.id].allows(probe.place, probe.text) != taken:
                yield probe


def _is_taken(wire: Wire, probe: Probe, customer: Customer) -> bool:
    operation = probe.operation
    arguments = wire.scene.arguments(operation, customer, "x")
    request = wire.request(operation, arguments, wire.target.token("CustomerToken", customer.shopid))
    return wire.send(carrying(request, operation, arguments, probe), operation).error != _INVALID
