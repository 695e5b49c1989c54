"""Independent implementations of OpenAPI agree with the mock about every request and every answer.

All in one file, so that the traffic is recorded once, however many processes the tests are spread over.
"""

from collections.abc import Iterator, Sequence

import pytest
from tests.contract.proof import contract as contracts
from tests.independent import damage, openapi_core_judge, prism
from tests.independent.agreement import Difference, Judge, compare
from tests.independent.openapi_core_judge import OpenApiCore
from tests.independent.traffic import Exchange

pytestmark = pytest.mark.deep

_DIFFERENCES = {"openapi-core": openapi_core_judge.DIFFERENCES, "Prism": prism.DIFFERENCES}


@pytest.fixture(scope="module", params=_DIFFERENCES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def judge(name: str) -> Iterator[Judge]:
    if name == "Prism":
        with prism.running() as proxy:
            yield proxy
    else:
        yield OpenApiCore()


@pytest.fixture
def differences(name: str) -> Sequence[Difference]:
    return _DIFFERENCES[name]


def test_every_documented_answer_is_recorded(exchanges: list[Exchange]) -> None:
    contract = contracts.load()
    functions = {it.id: it.function for it in contract.operations.values()}
    documented = {(functions[error.operation], error.status, error.id) for error in contract.errors}
    documented |= {(function, 200, "") for function in functions.values()}
    recorded = {(it.operation.function, it.status, it.error_id) for it in exchanges if it.operation is not None}
    assert documented <= recorded


def test_both_ways_are_recorded_in_numbers(exchanges: list[Exchange]) -> None:
    accepted = sum(it.status == 200 for it in exchanges)
    malformed = sum(it.error_id == "invalid_request" for it in exchanges)
    assert accepted > 200
    assert malformed > 500


def test_tokens_are_not_recorded(exchanges: list[Exchange]) -> None:
    credentials = {value for it in exchanges for name, value in it.headers if name == "authorization"}
    assert "Bearer token" in credentials
    assert [value for value in credentials if "eyJ" in value] == []  # how each token begins


def test_it_agrees(exchanges: list[Exchange], judge: Judge, differences: Sequence[Difference]) -> None:
    outcome = compare(judge.judge(exchanges), differences)
    assert outcome.findings == []
    assert outcome.unmet == []


def test_it_finds_wrong_answers(exchanges: list[Exchange], judge: Judge) -> None:
    wrong = list(damage.wrong_answers(exchanges))
    assert len(wrong) > 80
    assert [exchange for exchange, verdict in judge.judge(wrong) if not verdict.response] == []


def test_it_finds_what_is_wrongly_accepted(exchanges: list[Exchange], judge: Judge) -> None:
    wrong = damage.wrongly_accepted(exchanges)
    assert len(wrong) == 10
    findings = compare(judge.judge(wrong)).findings
    assert [it for it in wrong if not any(f.startswith("accepted: ") and f.endswith(str(it)) for f in findings)] == []


def test_it_finds_what_is_wrongly_refused(exchanges: list[Exchange], judge: Judge) -> None:
    wrong = damage.wrongly_refused(exchanges)
    assert len(wrong) == 5
    assert len(compare(judge.judge(wrong)).findings) == len(wrong)


def test_a_difference_that_is_gone_is_noticed(differences: Sequence[Difference]) -> None:
    assert compare([], differences).unmet == [*differences]
