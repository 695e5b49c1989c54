"""One set of errors per function, in every place that tells of it: drop one error anywhere, and this notices."""

import re
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bubblehouse import errors as runtime
from bubblehouse_codegen.contract import Contract, Function
from bubblehouse_codegen.documents import load, overlays_for, resolve
from bubblehouse_loyalty import AsyncLoyaltyClient, LoyaltyClient, errors
from bubblehouse_mock.contract import Contract as MockContract

if TYPE_CHECKING:
    from types import ModuleType

    from bubblehouse.operation import Operation

Named = set[tuple[int, str, str]]
"""Status, error id and class."""

ROOT = Path(__file__).resolve().parents[2]
CONTRACT = Contract(resolve(load(ROOT / "spec/openapi.yaml"), overlays_for(ROOT / "overlays/spec", "everybody")))
FUNCTIONS = {function.name: function for function in CONTRACT.functions.values() if not function.name.endswith("Get")}
MOCK = MockContract()


def module(function: Function) -> "ModuleType":
    return import_module(f"bubblehouse_loyalty.api.loyalty.{function.method}")


def operation(function: Function) -> "Operation[Any]":
    found: Operation[Any] = getattr(module(function), function.method.upper())
    return found


def in_contract(function: Function) -> Named:
    return {(error.status, error.error_id, error.name) for error in function.errors}


def in_data(function: Function) -> Named:
    return {(*key, name) for key, name in operation(function).error_names.items()}


def in_classes(function: Function) -> Named:
    classes: list[Any] = [*operation(function).error_classes]
    return {(cls.documented_status, cls.error_id, cls.__name__) for cls in classes}


def in_docstrings_of_classes(function: Function) -> Named:
    found: Named = set()
    for name in errors.__all__:
        cls = getattr(errors, name)
        told = re.match(r"(\d{3}) `(\w+)`: ", cls.__doc__)
        if told and f"`{function.method}`" in cls.__doc__.partition("Raised by ")[2]:
            found.add((int(told[1]), told[2], name))
    return found


def in_docstring_of_method(client: type) -> Callable[[Function], Named]:
    def read(function: Function) -> Named:
        told = getattr(client, function.method).__doc__.partition("Raises:")[2]
        entries = re.findall(r"^ {12}(\w+):\s+(\d{3})\s+`(\w+)`:", told, re.MULTILINE)
        return {(int(status), error_id, name) for name, status, error_id in entries}

    return read


PLACES: dict[str, Callable[[Function], Named]] = {
    "contract": in_contract,
    "operation's data": in_data,
    "classes": in_classes,
    "docstrings of classes": in_docstrings_of_classes,
    "docstring of LoyaltyClient": in_docstring_of_method(LoyaltyClient),
    "docstring of AsyncLoyaltyClient": in_docstring_of_method(AsyncLoyaltyClient),
}


def assert_agreement(function: Function) -> None:
    """See that every place names the same errors, and that the mock answers those and no others."""
    named = in_contract(function)
    assert len(named) > 10
    assert {place: read(function) ^ named for place, read in PLACES.items()} == {place: set() for place in PLACES}
    answered = {(error.status, error.id) for error in MOCK.functions[function.name]["POST"].errors.values()}
    assert answered == {(status, error_id) for status, error_id, _ in named}


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_every_place_names_the_same_errors(function: Function) -> None:
    assert_agreement(function)


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_the_classes_are_what_the_contract_says(function: Function) -> None:
    for error in function.errors:
        cls = operation(function).error_class(error.status, error.error_id)
        assert cls is getattr(errors, error.name)
        assert [base.__name__ for base in cls.__bases__] == list(error.bases)
        assert issubclass(cls, runtime.STATUS_CLASSES.get(error.status, runtime.APIError))
    assert operation(function).error_class(418, "insufficient_points") is None


# --- the proof of the proof: each drops one error of one function in one place --------------------------------------


def _from_contract(_patch: pytest.MonkeyPatch, function: Function, name: str) -> Function:
    return replace(function, errors=tuple(error for error in function.errors if error.name != name))


def _from_data(patch: pytest.MonkeyPatch, function: Function, name: str) -> None:
    kept = {key: cls for key, cls in operation(function).error_names.items() if cls != name}
    patch.setattr(module(function), function.method.upper(), operation(function)._replace(error_names=kept))


def _from_class(patch: pytest.MonkeyPatch, _function: Function, name: str) -> None:
    patch.setattr(getattr(errors, name), "error_id", "something_else")


def _from_docstring_of_class(patch: pytest.MonkeyPatch, function: Function, name: str) -> None:
    cls = getattr(errors, name)
    patch.setattr(cls, "__doc__", cls.__doc__.replace(f"`{function.method}`", ""))


def _from_docstring_of(client: type) -> Callable[[pytest.MonkeyPatch, Function, str], None]:
    def drop(patch: pytest.MonkeyPatch, function: Function, name: str) -> None:
        method = getattr(client, function.method)
        patch.setattr(method, "__doc__", method.__doc__.replace(f"            {name}:", "            ", 1))

    return drop


def _from_mock(patch: pytest.MonkeyPatch, function: Function, name: str) -> None:
    documented = MOCK.functions[function.name]["POST"].errors
    patch.delitem(documented, getattr(errors, name).error_id)


DROPS: list[Callable[[pytest.MonkeyPatch, Function, str], Function | None]] = [
    _from_contract,
    _from_data,
    _from_class,
    _from_docstring_of_class,
    _from_docstring_of(LoyaltyClient),
    _from_docstring_of(AsyncLoyaltyClient),
    _from_mock,
]


@pytest.mark.parametrize("drop", DROPS)
@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_one_that_is_missing_in_one_place_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
    function: Function,
    drop: Callable[[pytest.MonkeyPatch, Function, str], Function | None],
) -> None:
    for error in function.errors:
        with monkeypatch.context() as patch:
            changed = drop(patch, function, error.name)
            with pytest.raises(AssertionError):
                assert_agreement(changed or function)
    assert_agreement(function)
