"""Layer 2: generated traffic. What is sent in which passes, by whom, and to a server in which state."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

import schemathesis
import schemathesis.generation
from schemathesis import Case, HookContext, Response
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure
from schemathesis.engine import from_schema
from schemathesis.generation.stateful import APIStateMachine
from schemathesis.schemas import BaseSchema
from tests.contract.proof import contract as contracts
from tests.contract.proof import judging
from tests.contract.proof.callers import Callers
from tests.contract.proof.contract import Contract
from tests.contract.proof.counter import Counter, error_id
from tests.contract.proof.figures import LinkTraffic, OperationTraffic, Traffic
from tests.contract.proof.progress import Progress
from tests.contract.proof.scene import Scene, stage
from tests.contract.proof.speech import Speech
from tests.contract.proof.target import Target
from tests.contract.proof.visits import VISITS, Visit

_MORE_PASSES = 5


def prove(
    target: Target, contract: Contract, *, seed: int, examples: int, traffic: Traffic, progress: Progress
) -> None:
    """Send generated calls and fill in what came of them.

    Args:
        target: The server.
        contract: Its contract.
        seed: Makes the run repeatable, where the server can be reset.
        examples: How many cases the fuzzing phase draws per operation.
        traffic: The figures.
        progress: Is told of each phase that ends.
    """
    if target.control is not None:
        target.control.reset()
    scene = stage(target, contract.version)
    callers = Callers(target, contract, scene, Speech(contracts.load(), contract))
    writes = target.bears_random_writes
    allowed = [operation for operation in contract.operations.values() if writes or operation.kind == "read"]
    traffic.operations = {operation.id: OperationTraffic() for operation in allowed}
    traffic.links = {str(link): LinkTraffic() for operation in allowed for link in operation.links}
    dictionaries: dict[str, list[Any]] = {
        # Below the minimum, at it and above: small, so that the points last.
        "pts": [1, scene.amount, scene.amount, scene.amount + 1],
        "achievement_bhid": [scene.achievement] * bool(scene.achievement),
    }
    full = judging.settings(target, contract, seed=seed, examples=examples, dictionaries=dictionaries)

    def counter(prefix: str, *, probes: bool = False) -> Counter:
        return Counter(contract, traffic, target.customers, progress, prefix, probes=probes)

    _send(target, contract, callers, full, counter(""))
    if target.control is not None:  # a stranger need not be sent hundreds of calls that are all refused
        _send(target, contract, callers, judging.paths_alone(full), counter("paths, "))
        _visit(target, contract, callers, full, scene, counter)
    # Chance decides which links a pass follows to their end. Rather than fail by chance, it gets more of them.
    for more in range(1, _MORE_PASSES + 1):
        if not all(link.succeeded for link in traffic.links.values()):
            again = judging.links_alone(full, seed + more)
            _send(target, contract, callers, again, counter("more "))


def _visit(
    target: Target,
    contract: Contract,
    callers: Callers,
    full: judging.Settings,
    scene: Scene,
    counter: Callable[..., Counter],
) -> None:
    for visit in VISITS:
        alter = _altering(visit, target, scene)
        counting = counter(f"{visit.name}, ", probes=True)
        settings = judging.examples_alone(full)
        _send(target, contract, callers, settings, counting, alter=alter, changed=visit.settings)


def _altering(visit: Visit, target: Target, scene: Scene) -> Callable[[Case[Any]], None]:
    return lambda case: visit.alter(case, target, scene)


def _send(
    target: Target,
    contract: Contract,
    callers: Callers,
    settings: judging.Settings,
    counter: Counter,
    *,
    alter: Callable[[Case[Any]], None] = lambda _: None,
    changed: Mapping[str, object] | None = None,
) -> None:
    def refresh() -> None:
        if target.control is not None:
            target.control.reset()
            if changed:
                target.control.settings(changed)
        callers.forget()

    document = deepcopy(contract.document)
    if not target.bears_random_writes:
        _leave_out_writes(document)
    schemathesis.generation.RANDOM.seed(settings["seed"])  # it draws the ids of cases, which are sent in a header
    schema = schemathesis.openapi.from_dict(document, config=SchemathesisConfig.from_dict(settings))
    schema.app = target.app
    schema.auth.providers.append(callers)
    _refresh_before_each_scenario(schema, refresh)
    refresh()
    with _hooks(schema, callers, alter):
        for event in from_schema(schema).execute():
            counter.take(event)


def _leave_out_writes(document: dict[str, Any]) -> None:
    for path, item in document["paths"].items():
        document["paths"][path] = {
            verb: node for verb, node in item.items() if verb == "parameters" or node["x-bubblehouse-kind"] == "read"
        }


def _refresh_before_each_scenario(schema: BaseSchema, refresh: Callable[[], None]) -> None:
    """Let each scenario of the stateful phase find a fresh server.

    Hypothesis repeats a scenario with changes. Where the server remembers the time before, the repetition takes another
    course, and schemathesis then ends the phase early and calls it a success. It offers no hook for the beginning of a
    scenario, but each has a state machine of its own.
    """
    build = schema.build_state_machine

    def build_refreshing(**arguments: Any) -> type[APIStateMachine]:
        machine = build(**arguments)

        def initialise(self: APIStateMachine) -> None:
            refresh()
            machine.__init__(self)

        return type(machine.__name__, (machine,), {"__init__": initialise})

    schema.build_state_machine = build_refreshing  # type: ignore[method-assign]  # there is no hook for it


@contextmanager
def _hooks(schema: BaseSchema, callers: Callers, alter: Callable[[Case[Any]], None]) -> Iterator[None]:
    # Plain functions, since schemathesis finds hooks by name and writes attributes on them.
    def before_call(context: HookContext, case: Case[Any], kwargs: dict[str, Any]) -> None:
        del context, kwargs
        callers.speech.generalise(case)
        callers.prepare(case)
        alter(case)
        callers.speech.specialise(case)

    def after_call(context: HookContext, case: Case[Any], response: Response) -> None:
        del context
        callers.note(case, response)

    schema.hook(after_call)
    schema.hook("filter_failure")(names_somebody)
    schemathesis.hook(before_call)  # this one exists only globally
    try:
        yield
    finally:
        schemathesis.hooks.unregister(before_call)


def names_somebody(context: HookContext, failure: Failure, case: Case[Any], response: Response) -> bool:
    """Keep a failure, unless a well-formed call merely named no customer: no schema can ask for one by token."""
    del context, case
    return not (type(failure).__name__ == "RejectedPositiveData" and error_id(response) == "missing_customer_identity")
