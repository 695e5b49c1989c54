"""One set of errors per function: in the contract, in the classes, in the operation's data and in the docstring."""

import re
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bubblehouse import errors as runtime
from bubblehouse_codegen.contract import Contract, Function
from bubblehouse_codegen.documents import load, overlays_for, resolve
from bubblehouse_loyalty import AsyncLoyaltyClient, LoyaltyClient, errors

if TYPE_CHECKING:
    from bubblehouse.operation import Operation

ROOT = Path(__file__).resolve().parents[2]
RESOLVED = resolve(load(ROOT / "spec/openapi.yaml"), overlays_for(ROOT / "overlays/spec", "everybody"))
FUNCTIONS = {
    function.name: function for function in Contract(RESOLVED).functions.values() if not function.name.endswith("Get")
}


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_contract_classes_and_data_name_the_same_errors(function: Function) -> None:
    module = import_module(f"bubblehouse_loyalty.api.loyalty.{function.method}")
    operation: Operation[Any] = getattr(module, function.method.upper())
    documented = {(error.status, error.error_id) for error in function.errors}
    assert len(documented) > 10
    assert set(operation.error_names) == documented
    assert {(cls.documented_status, cls.error_id) for cls in map(_generated, operation.error_classes)} == documented
    assert {operation.error_class(*key) for key in documented} == set(operation.error_classes)
    assert operation.error_class(418, "insufficient_points") is None


@pytest.mark.parametrize("client", [LoyaltyClient, AsyncLoyaltyClient])
@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_the_docstring_names_them_too(client: type, function: Function) -> None:
    told = getattr(client, function.method).__doc__.partition("Raises:")[2]
    names = {(int(status), error_id) for status, error_id in re.findall(r"Error:\s+(\d{3})\s+`(\w+)`", told)}
    assert names == {(error.status, error.error_id) for error in function.errors}
    for name in re.findall(r"^ {12}(\w+):", told, re.MULTILINE):
        assert issubclass(getattr(errors, name), runtime.BubblehouseError)


def _generated(cls: type[runtime.APIError]) -> Any:
    return cls
