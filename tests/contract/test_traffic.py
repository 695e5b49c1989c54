"""Layer 2: generated traffic reaches what it should, and every answer to it is one that the contract allows."""

from collections.abc import Callable, Iterable
from functools import cache

import pytest
from tests.contract.proof import contract as contracts
from tests.contract.proof import traffic as layer
from tests.contract.proof.contract import Contract, Link, Operation
from tests.contract.proof.figures import OperationTraffic, Run, Traffic
from tests.contract.proof.options import Options
from tests.contract.proof.progress import Progress
from tests.contract.proof.target import Target

# Measured over a dozen seeds: from 0.79 upwards. Untuned, three calls in four are stopped at the door.
_PAST_THE_DOOR = 0.6

_NO_RANDOM_WRITES = "no writes at random to a server that can't be reset"

_VERSIONS = ("", *contracts.versions())


def _of_all_versions(parts: Callable[[Contract], Iterable[object]], name: str) -> pytest.MarkDecorator:
    """Give a test each part of the contract of each global version."""
    cases = [
        pytest.param(version, part, id="-".join(filter(None, [version, getattr(part, "id", "") or str(part)])))
        for version in _VERSIONS
        for part in parts(contracts.load(version))
    ]
    return pytest.mark.parametrize(("version", name), cases)


_EACH_VERSION = pytest.mark.parametrize("version", _VERSIONS, ids=lambda version: version or "default")
_EACH_OPERATION = _of_all_versions(lambda contract: contract.operations.values(), "operation")
_EACH_LINK = _of_all_versions(lambda contract: contract.links, "link")


@pytest.fixture(scope="module")
def traffic_of(target: Target, figures: Run, options: Options, progress: Progress) -> Callable[[str], Traffic]:
    """Returns the generated calls of a global version, which are sent once. The report is about the default one."""

    @cache
    def send(version: str) -> Traffic:
        made = Traffic()
        if not version:
            figures.traffic = made
        contract = contracts.load(version)
        layer.prove(target, contract, seed=options.seed, examples=options.examples, traffic=made, progress=progress)
        return made

    return send


@pytest.fixture
def traffic(version: str, traffic_of: Callable[[str], Traffic]) -> Traffic:
    """The generated calls of the global version that the test is about."""
    return traffic_of(version)


def _calls(operation: Operation, target: Target, traffic: Traffic) -> OperationTraffic:
    if operation.kind == "write" and not target.bears_random_writes:
        pytest.skip(_NO_RANDOM_WRITES)
    return traffic.operations[operation.id]


@_EACH_VERSION
def test_every_check_passes(traffic: Traffic) -> None:
    told = [f"{it.operation}: {it.title} ({it.count} times)\n{it.message}\n{it.curl}" for it in traffic.failures]
    assert not told, "\n\n".join(told)


@_EACH_VERSION
def test_nothing_goes_wrong_with_the_tests_themselves(traffic: Traffic) -> None:
    assert traffic.errors == []


@_EACH_OPERATION
def test_success_is_reached(operation: Operation, target: Target, traffic: Traffic) -> None:
    calls = _calls(operation, target, traffic)
    assert calls.valid.success > 0, calls.answers


@_EACH_OPERATION
def test_every_documented_status_is_seen(version: str, operation: Operation, target: Target, traffic: Traffic) -> None:
    if target.control is None:
        pytest.skip("it takes a control plane to bring out every status")
    # A wrong verb is documented with every verb of a path, and comes with none of them.
    contract = contracts.load(version)
    sisters = [it for it in contract.operations.values() if it.function == operation.function]
    seen = set(traffic.operations[operation.id].statuses)
    seen |= {"405"} & {status for it in sisters for status in traffic.operations[it.id].statuses}
    documented = {status for status in contract.responses(operation.id) if status.isdecimal()}
    assert documented - seen == set()


@_EACH_OPERATION
def test_most_valid_calls_get_past_the_door(operation: Operation, target: Target, traffic: Traffic) -> None:
    calls = _calls(operation, target, traffic)
    assert calls.valid.past_the_door >= _PAST_THE_DOOR, calls.answers


@_EACH_OPERATION
def test_invalid_calls_are_sent_and_stopped(operation: Operation, target: Target, traffic: Traffic) -> None:
    calls = _calls(operation, target, traffic)
    assert calls.invalid.door > 0, calls.answers


@_EACH_OPERATION
def test_every_answer_is_documented(operation: Operation, target: Target, traffic: Traffic) -> None:
    calls = _calls(operation, target, traffic)
    assert calls.valid.undocumented + calls.invalid.undocumented == 0, calls.answers


@_EACH_LINK
def test_the_link_is_followed_to_its_end(link: Link, target: Target, traffic: Traffic) -> None:
    if not target.bears_random_writes:
        pytest.skip(_NO_RANDOM_WRITES)
    counted = traffic.links[str(link)]
    assert counted.followed > 0, "no call had from another what the link takes from there"
    assert counted.succeeded > 0, traffic.links
