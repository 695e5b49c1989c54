"""The mock itself, without any I/O: a request goes through the stages to a rule, and an answer comes out."""

from bubblehouse_mock import conformance
from bubblehouse_mock.clock import Clock, system_clock
from bubblehouse_mock.contract import Contract, ContractError, ContractSource, Operation, load
from bubblehouse_mock.faults import Fault, Faults
from bubblehouse_mock.jsontext import JsonObject, dump
from bubblehouse_mock.messages import Request, Response
from bubblehouse_mock.refusal import RefusalError
from bubblehouse_mock.rules import RULES, Call
from bubblehouse_mock.stages import identity, inputs, rate_limits, routing, tokens, versions
from bubblehouse_mock.state import FixtureFile, FixtureSource, Shop


class Core:
    """A shop behind the API.

    Args:
        contract: What to serve; None for the contract of the installed client.
        fixture: What the shop starts from; None for the demo shop.
        clock: Where the time comes from.
        strict: Whether each answer is checked against the contract.

    Raises:
        ContractError: The contract can't be served.
        FixtureError: The fixture is not a shop.
    """

    def __init__(
        self,
        *,
        contract: ContractSource = None,
        fixture: FixtureSource = None,
        clock: Clock = system_clock,
        strict: bool = False,
    ) -> None:
        self.contract: Contract = load(contract)
        self.faults: Faults = Faults(self.contract)
        self.clock = clock
        self._fixture = FixtureFile(fixture)
        self._strict = strict
        self.shop: Shop = self._fixture.shop(clock())
        for operation in self.contract.operations:
            if operation.function not in RULES and operation.example is None:
                raise ContractError(f"{operation.function} needs a rule in the mock, or an example of its 200 answer")

    def reset(self) -> None:
        """Start over from the fixture. What was forced to go wrong is forgotten."""
        self.faults.clear()
        self.shop = self._fixture.shop(self.clock())

    def handle(self, request: Request) -> Response:
        """Answer one call of the API. Safe to call from many threads.

        Raises:
            ContractViolationError: In strict mode, where the answer is not one that the contract allows. A gateway's
                page is nobody's answer to judge.
            DroppedConnectionError: A fault has it so.
        """
        operation: Operation | None = None
        fault: Fault | None = None
        try:
            route = routing.split(request.path)
            versions.check(route.version, self.contract, self.shop.settings)
            operation = routing.find(self.contract, route.function, request.method)
            fault = self.faults.take(operation)
            page = fault.before(operation) if fault is not None else None
            if page is not None:
                return page
            response = Response(status=200, body=dump(self._answer(operation, route.shop, request)))
        except RefusalError as refusal:
            response = self._refuse(operation, refusal)
        if self._strict:
            conformance.check(self.contract, operation, response)
        if fault is not None:
            fault.after()
        return response

    def _answer(self, operation: Operation, slug: str, request: Request) -> JsonObject:
        shop = self.shop
        grant = tokens.verify(request, shop, slug, operation, self.clock())
        known = identity.of_token(shop, grant)
        self._count(operation, shop, {"shop": slug} | ({"customer": known.bhid} if known is not None else {}))
        given = inputs.read(operation, request)
        if not self.contract.takes_customer(operation.function):
            return operation.example or {}
        with shop.lock:
            customer = identity.identify(shop, grant, given.get("customer"))
            if known is None:
                self._count(operation, shop, {"customer": customer.bhid})
            rule = RULES.get(operation.function)
            if rule is None:
                return operation.example or {}
            # The time is read under the lock, so that changes stand in the ledger in the order of their times.
            return rule(Call(shop=shop, customer=customer, input=given, now=self.clock()))

    def _count(self, operation: Operation, shop: Shop, subjects: dict[str, str]) -> None:
        with shop.lock:
            rate_limits.admit(operation, subjects, shop, self.contract, self.clock())

    def _refuse(self, operation: Operation | None, refusal: RefusalError) -> Response:
        error = self.contract.error(operation, refusal.error_id)
        body: JsonObject = {"id": error.id, "message": refusal.message or error.reason}
        return Response(status=error.status, body=dump(body), headers=refusal.headers)
