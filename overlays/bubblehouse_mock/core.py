"""The mock itself, without any I/O: a request goes through the stages to a rule, and an answer comes out."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from bubblehouse_mock import conformance
from bubblehouse_mock.clock import Clock, system_clock
from bubblehouse_mock.contract import Contract, ContractError, ContractSource, Operation, load
from bubblehouse_mock.faults import DroppedConnectionError
from bubblehouse_mock.journal import Exchange
from bubblehouse_mock.jsontext import JsonObject, dump
from bubblehouse_mock.messages import Request, Response
from bubblehouse_mock.refusal import RefusalError
from bubblehouse_mock.rules import RULES, Call
from bubblehouse_mock.stages import identity, inputs, rate_limits, routing, tokens, versions
from bubblehouse_mock.state import FixtureSource, Settings, Shop
from bubblehouse_mock.storage import open_storage
from bubblehouse_mock.world import World

_Outcome: TypeAlias = "Response | DroppedConnectionError"


class Core:
    """Shops behind the API.

    Args:
        contract: What to serve; None for the contract of the installed client.
        fixture: What the shops start from; None for the demo shop.
        clock: Where the time comes from.
        strict: Whether each answer is checked against the contract.
        db: A file that all state is kept in; in memory, unless given.

    Raises:
        ContractError: The contract can't be served.
        DatabaseError: The file can't be used.
        FixtureError: The fixture is not a shop.
    """

    def __init__(
        self,
        *,
        contract: ContractSource = None,
        fixture: FixtureSource = None,
        clock: Clock = system_clock,
        strict: bool = False,
        db: str | Path | None = None,
    ) -> None:
        self.contract: Contract = load(contract)
        for operation in self.contract.everything:
            if operation.function not in RULES and operation.example is None:
                raise ContractError(f"{operation.function} needs a rule in the mock, or an example of its 200 answer")
        self.world: World = World(self.contract, open_storage(fixture, db), clock)
        self._strict = strict

    def handle(self, request: Request) -> Response:
        """Answer one call of the API. Safe to call from many threads.

        Raises:
            ContractViolationError: In strict mode, where the answer is not one that the contract allows. A gateway's
                page is nobody's answer to judge.
            DroppedConnectionError: A fault has it so.
        """
        with self.world.changing():
            at = self.world.clock()  # under the lock, so that changes stand in the ledger in the order of their times
            trail = Exchange(at, request)
            outcome = self._outcome(request, trail, at)
            if isinstance(outcome, Response):
                trail.response = outcome
            self.world.journal.add(trail)
        if isinstance(outcome, DroppedConnectionError):
            raise outcome
        return outcome

    def _outcome(self, request: Request, trail: Exchange, now: datetime) -> _Outcome:
        contract = self.contract
        try:
            route = routing.split(request.path)
            shop = self.world.shops.get(route.shop)
            versions.check(route.version, contract, shop.settings if shop is not None else Settings())
            contract = contract.of(route.version)
            operation = trail.operation = routing.find(contract, route.function, request.method)
            fault = trail.fault = self.world.faults.take(operation)
            page = fault.before(operation) if fault is not None else None
            if page is not None:
                return page
            answer = _answer(contract, operation, shop, request=request, trail=trail, now=now)
            response = Response(200, dump(answer))
        except RefusalError as refusal:
            response = _refuse(contract, trail.operation, refusal)
        except DroppedConnectionError as dropped:
            return dropped
        if trail.delay:
            response = replace(response, delay=trail.delay)
        if self._strict:
            conformance.check(contract, trail.operation, response)
        try:
            return response if trail.fault is None else trail.fault.after(response)
        except DroppedConnectionError as dropped:
            return dropped


def _answer(
    contract: Contract, operation: Operation, shop: Shop | None, *, request: Request, trail: Exchange, now: datetime
) -> JsonObject:
    if shop is None:
        raise tokens.other_shop()
    grant = trail.grant = tokens.verify(request, shop, operation, now)
    trail.customer = identity.of_token(shop, grant)
    takes_customer = contract.takes_customer(operation.function)
    try:
        given = inputs.read(operation, request)
        if takes_customer:
            trail.customer = identity.identify(shop, grant, given.get("customer"))
    finally:
        # Once it is known whose call it is. Too many of them are refused before anything else is found wrong.
        trail.delay = rate_limits.admit(operation, shop, trail.customer, contract, now)
    rule = RULES.get(operation.function) if takes_customer else None
    if rule is None or trail.customer is None:
        return operation.example or {}
    said = rule(Call(shop, trail.customer, given, now))
    return said if operation.output_names is None else operation.output_names.to_version(said)


def _refuse(contract: Contract, operation: Operation | None, refusal: RefusalError) -> Response:
    error = contract.error(operation, refusal.error_id)
    body: JsonObject = {"id": error.id, "message": refusal.message or error.reason}
    return Response(status=error.status, body=dump(body), headers=refusal.headers)
