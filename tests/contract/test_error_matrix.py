"""Layer 3: every documented error, with every kind of token it can come with.

Each is caused by real state over HTTP and raised by the generated client, blocking and asyncio, as its own class.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from tests.contract.proof import contract as contracts
from tests.contract.proof.contract import Contract, DocumentedError, Operation
from tests.contract.proof.figures import Cell, Run
from tests.contract.proof.provoke import DRIVERS, Kitchen
from tests.contract.proof.recipes import RECIPES, Recipe
from tests.contract.proof.target import Target

from bubblehouse import errors as runtime
from bubblehouse.transport import Response
from bubblehouse_loyalty import errors as generated

_SCOPES: dict[str, type[runtime.APIError]] = {
    "global": runtime.GlobalError,
    "api": runtime.CustomerIdentityError,
    "operation": runtime.OperationError,
}
_CONTRACT = contracts.load()


@dataclass(frozen=True, slots=True)
class Provocation:
    """One cell of the matrix: an error of an operation, with one kind of token."""

    error: DocumentedError
    operation: Operation
    kind: str
    recipe: Recipe

    def __str__(self) -> str:
        return f"{self.error}-{self.kind}"


def _provocations() -> Iterator[Provocation]:
    for error in _CONTRACT.errors:
        operation = _CONTRACT.operations[error.operation]
        for kind in operation.tokens:
            fitting = [recipe for recipe in RECIPES.get(error.id, ()) if recipe.fits(operation, kind)]
            yield from (Provocation(error, operation, kind, recipe) for recipe in fitting)


_PROVOCATIONS = tuple(_provocations())


@pytest.fixture(scope="module")
def matrix(figures: Run) -> list[Cell]:
    """The cells of the matrix, for tests to mark. An error without a recipe has cells that nothing ever marks."""
    kinds: dict[DocumentedError, list[str]] = {error: [] for error in _CONTRACT.errors}
    for it in _PROVOCATIONS:
        kinds[it.error].append(it.kind)
    figures.matrix = [
        Cell(error.operation, error.status, error.id, kind, error.scope, error.assumed)
        for error, covered in kinds.items()
        for kind in covered or _CONTRACT.operations[error.operation].tokens
    ]
    return figures.matrix


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("provocation", _PROVOCATIONS, ids=str)
def test_error_is_caused_and_raised(
    provocation: Provocation, driver: str, http_target: Target, kitchen: Kitchen, contract: Contract, matrix: list[Cell]
) -> None:
    error, control = provocation.error, http_target.control
    _skip_what_strangers_need_not_bear(http_target, provocation)
    call = kitchen.prepare(provocation.recipe, provocation.operation, provocation.kind)
    before = control.state() if control is not None else None

    with pytest.raises(runtime.APIError) as caught:
        DRIVERS[driver](call)

    raised = caught.value
    assert type(raised).__name__ == error.schema, raised
    assert type(raised) is getattr(generated, error.schema)
    assert isinstance(raised, _SCOPES[error.scope])
    assert isinstance(raised, runtime.STATUS_CLASSES.get(error.status, runtime.APIError))
    body = json.loads(raised.response.content)
    said = (raised.status, raised.id, raised.message, raised.operation)
    assert said == (error.status, error.id, body.get("message", ""), provocation.operation.function)
    _assert_documented(raised.response, contract, error)
    if error.status == 429:
        assert raised.retry_after is not None
        assert raised.retry_after > 0
    if control is not None:
        assert control.state() == before, "a refused call must change nothing"
    _mark(matrix, provocation, driver)


def test_every_documented_error_is_caused_and_no_other(
    request: pytest.FixtureRequest, http_target: Target, matrix: list[Cell]
) -> None:
    cells = f"{test_error_is_caused_and_raised.__name__}["
    selected = sum(item.name.startswith(cells) for item in request.session.items)
    if selected < len(_PROVOCATIONS) * len(DRIVERS) or hasattr(request.config, "workerinput"):
        pytest.skip("only a part of the matrix runs here")
    if http_target.control is None:
        pytest.skip("it takes a control plane to cause all errors")
    assert [cell for cell in matrix if not cell.caused] == []
    caused = {(cell.operation, cell.status, cell.id) for cell in matrix}
    assert caused == {(error.operation, error.status, error.id) for error in _CONTRACT.errors}
    assert RECIPES.keys() == {error.id for error in _CONTRACT.errors}


@pytest.mark.parametrize("operation", _CONTRACT.operations.values(), ids=lambda operation: operation.id)
def test_missing_customer_is_refused_exactly_where_the_contract_needs_one(operation: Operation) -> None:
    wanted = (operation, "missing_customer_identity")
    refused = {it.kind for it in _PROVOCATIONS if (it.operation, it.error.id) == wanted}
    assert refused == set(operation.customer_required_with) & set(operation.tokens)


def _skip_what_strangers_need_not_bear(target: Target, provocation: Provocation) -> None:
    if not target.can_mint(provocation.kind):
        pytest.skip("there is no key for this kind of token")
    if target.control is not None:
        return
    if provocation.operation.kind == "write" and not target.writes:
        pytest.skip("writes are not allowed")
    if provocation.error.assumed:
        pytest.skip("the error is an assumption, and this server need not share it")
    if not provocation.recipe.works_on_strangers:
        pytest.skip("it takes a control plane to cause this error")


def _assert_documented(response: Response, contract: Contract, error: DocumentedError) -> None:
    documented = contract.response(error.operation, error.status)
    assert (response.header("Content-Type") or "").partition(";")[0] == "application/json"
    assert not [name for name in documented.get("headers", {}) if response.header(name) is None]
    contract.validator(documented["content"]["application/json"]["schema"]).validate(json.loads(response.content))


def _mark(matrix: list[Cell], provocation: Provocation, driver: str) -> None:
    wanted = (provocation.error.operation, provocation.error.status, provocation.error.id, provocation.kind)
    for cell in matrix:
        if (cell.operation, cell.status, cell.id, cell.kind) == wanted:
            cell.drivers.append(driver)
