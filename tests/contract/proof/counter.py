"""Turns schemathesis's events into figures."""

import json
from collections.abc import Sequence
from typing import Any

from schemathesis import Case, Response
from schemathesis.core.failures import Failure
from schemathesis.engine import Status, events
from schemathesis.engine.recorder import ScenarioRecorder
from tests.contract.proof.contract import BUSINESS_SCOPE, IDENTITY_SCOPE, Contract, Link
from tests.contract.proof.figures import CheckFailure, PhaseTime, Traffic
from tests.contract.proof.progress import Progress
from tests.contract.proof.target import Customer
from tests.contract.proof.watch.secrets import scrub

_WHERE = {BUSINESS_SCOPE: "business", IDENTITY_SCOPE: "identity", "global": "door", "": "undocumented"}
"""Scope of an error id to the field of a tally that counts it."""


class Counter:
    """Counts one pass of generated calls.

    Args:
        contract: The contract.
        traffic: Where the figures go.
        customers: Who may be named in several ways.
        progress: Is told of each phase that ends.
        prefix: Begins the names of the pass's phases.
        probes: Whether all its calls are there to be stopped.
    """

    def __init__(
        self,
        contract: Contract,
        traffic: Traffic,
        customers: Sequence[Customer],
        progress: Progress,
        prefix: str,
        *,
        probes: bool = False,
    ) -> None:
        self._contract = contract
        self._traffic = traffic
        self._progress = progress
        self._prefix = prefix
        self._customers = customers
        self._probes = probes
        self._scopes = {(error.operation, error.status, error.id): error.scope for error in contract.errors}
        self._links = {_transition(contract, link): link for link in contract.links}
        self._failures = {(it.operation, it.check, it.title): it for it in traffic.failures}
        self._cases = 0
        self._started = 0.0

    def take(self, event: events.EngineEvent) -> None:
        """Count what an event brings."""
        if isinstance(event, events.PhaseStarted):
            self._cases, self._started = 0, event.timestamp
        elif isinstance(event, events.ScenarioFinished):
            self._record(event.recorder)
        elif isinstance(event, events.PhaseFinished) and self._cases:
            name = self._prefix + event.phase.name.value
            phase = PhaseTime(name, self._cases, event.timestamp - self._started)
            self._traffic.phases.append(phase)
            self._progress(f"{phase.name}: {phase.cases} calls in {phase.seconds:.1f} s")
        elif isinstance(event, events.NonFatalError):
            self._traffic.errors.append(scrub(f"{event.label}: {event.value}"))
        elif isinstance(event, events.FatalError):
            self._traffic.errors.append(scrub(repr(event.exception)))

    def _record(self, recorder: ScenarioRecorder) -> None:
        for case_id, node in recorder.cases.items():
            operation = self._contract.by_label(node.value.operation.label)
            interaction = recorder.interactions.get(case_id)
            response = interaction.response if interaction is not None else None
            self._cases += 1
            # A case that a check derives from another, such as the call without a token, is there to be stopped.
            probe = self._probes or (node.parent_id is not None and node.transition is None)
            self._count(operation.id, node.value, response, probe=probe)
            if node.transition is not None and node.transition.id in self._links:
                followed = self._links[node.transition.id]
                if node.parent_id is not None and self._is_carried(followed, recorder, node.parent_id, node.value):
                    link = self._traffic.links[str(followed)]
                    link.followed += 1
                    link.succeeded += response is not None and response.status_code == 200
            for check in recorder.checks.get(case_id, ()):
                if check.status is Status.FAILURE and check.failure_info is not None:
                    self._fail(operation.id, check.name, check.failure_info.failure, check.failure_info.code_sample)

    def _is_carried(self, link: Link, recorder: ScenarioRecorder, source: str, case: Case[Any]) -> bool:
        """Tell whether a call really has from another one what a link takes from there.

        schemathesis says that a link was followed where it found a value for it or not, and `Callers` may have replaced
        arguments since.
        """
        before, interaction = recorder.cases[source].value, recorder.interactions.get(source)
        if interaction is None or interaction.response is None or not isinstance(case.body, dict):
            return False
        told = {"$request.body": before.body, "$response.body": json.loads(interaction.response.content)}
        for name, expression in self._contract.response(link.source, 200)["links"][link.name]["requestBody"].items():
            where, _, property_name = expression.partition("#/")
            carrier = told.get(where)  # none for a constant, which nobody carries
            value = carrier.get(property_name) if isinstance(carrier, dict) else None
            if value is not None and not self._is_the_same(value, case.body.get(name)):
                return False
        return True

    def _is_the_same(self, value: object, other: object) -> bool:
        return value == other or any(value in it.identities and other in it.identities for it in self._customers)

    def _count(self, operation: str, case: Case[Any], response: Response | None, *, probe: bool) -> None:
        figures = self._traffic.operations[operation]
        valid = not probe and case.meta is not None and case.meta.generation.mode.is_positive
        tally = figures.valid if valid else figures.invalid
        if response is None:
            answer, where = "no answer", "undocumented"
        elif response.status_code == 200:
            answer, where = "200", "success"
        else:
            found = error_id(response)
            answer = f"{response.status_code} {found}"
            where = _WHERE[self._scopes.get((operation, response.status_code, found), "")]
        figures.answers[answer] = figures.answers.get(answer, 0) + 1
        setattr(tally, where, getattr(tally, where) + 1)

    def _fail(self, operation: str, check: str, failure: Failure, curl: str) -> None:
        key = (operation, check, failure.title)
        if key in self._failures:
            self._failures[key].count += 1
            return
        self._failures[key] = CheckFailure(operation, check, failure.title, scrub(failure.message), scrub(curl))
        self._traffic.failures.append(self._failures[key])


def error_id(response: Response) -> str:
    """Return the id of an error's body, empty where there is none."""
    try:
        body = json.loads(response.content)
    except ValueError:
        return ""
    return str(body.get("id", "")) if isinstance(body, dict) else ""


def _transition(contract: Contract, link: Link) -> str:
    """Return the name that schemathesis gives a link."""
    source, target = contract.operations[link.source], contract.operations[link.target]
    return f"{source.label} -> [200] {link.name} -> {target.label}"
