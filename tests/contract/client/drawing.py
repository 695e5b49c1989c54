"""Draws arguments that the client's types allow, and answers that the contract's schemas do."""

import inspect
from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, TypeVar

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from tests.contract.proof.contract import Contract, Json

import bubblehouse_loyalty

if TYPE_CHECKING:
    from bubblehouse.model import Model

T = TypeVar("T")

_MOST_MONEY: Final = 2**63 - 1  # millionths
_NAMES: Final = st.text(max_size=5).map(lambda name: f"new {name}")
_JSON: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)
_SCALARS: Final[Mapping[str, st.SearchStrategy[Any]]] = {
    "int": st.integers(1, 2**70),
    "bool": st.booleans(),
    "str": st.text(),
    "Decimal": st.integers(-_MOST_MONEY, _MOST_MONEY).map(lambda micros: Decimal(micros).scaleb(-6)),
}


def for_each(drawn: st.SearchStrategy[T], check: Callable[[T], None], *, number: int, examples: int) -> None:
    """Check drawn values; the same number draws the same values.

    Args:
        drawn: What is drawn.
        check: Is given each of them.
        number: The seed.
        examples: How many are drawn.
    """
    few = settings(
        max_examples=examples, derandomize=False, database=None, deadline=None, suppress_health_check=list(HealthCheck)
    )
    seed(number)(few(given(drawn)(check)))()


def arguments(
    method: Callable[..., object], *, known: Collection[str] | None = None, required: Collection[str] = ()
) -> st.SearchStrategy[dict[str, Any]]:
    """Return what a method of the client, or a model, can be given.

    Args:
        method: The method.
        known: The arguments that a global version knows; all of them unless given.
        required: Those that it requires beside those that the method can't be called without.
    """
    parameters = [it for it in inspect.signature(method).parameters.values() if it.kind is it.KEYWORD_ONLY]
    parameters = [it for it in parameters if known is None or it.name in known]
    of_each = {it.name: _of_type(it.annotation) for it in parameters if it.name != "additional_properties"}
    needed = [it.name for it in parameters if it.default is it.empty or it.name in required]
    optional = {name: drawn for name, drawn in of_each.items() if name not in needed}
    return st.fixed_dictionaries({name: of_each[name] for name in needed}, optional=optional)


def _of_type(annotation: str) -> st.SearchStrategy[Any]:
    name = annotation.removesuffix(" | Unset")
    if name in _SCALARS:
        return _SCALARS[name]
    model: type[Model] = getattr(bubblehouse_loyalty, name)
    more = st.dictionaries(_NAMES, _JSON, max_size=2)
    drawn = st.builds(lambda given, extra: model(**given, additional_properties=extra), arguments(model), more)
    one_of: tuple[str, ...] = getattr(model, "ONE_OF", ())
    return drawn.filter(lambda it: any(getattr(it, field) for field in one_of)) if one_of else drawn


def answers(contract: Contract, schema: Json, *, more: bool = True) -> st.SearchStrategy[Any]:
    """Return what a schema allows, with properties that it doesn't name.

    Args:
        contract: Whose schema it is.
        schema: The schema.
        more: Whether there are such properties.
    """
    node = contract.resolve(schema)
    for keyword in ("oneOf", "anyOf"):
        if keyword in node:
            return st.one_of([answers(contract, it, more=more) for it in node[keyword]])
    if "const" in node or "enum" in node:
        return st.sampled_from(node.get("enum") or [node["const"]])
    kinds = [node["type"]] if isinstance(node["type"], str) else node["type"]
    return st.one_of([_of_kind(contract, node, kind, more=more) for kind in kinds])


def _of_kind(contract: Contract, node: Json, kind: str, *, more: bool) -> st.SearchStrategy[Any]:
    if kind == "object":
        of_each = {name: answers(contract, it, more=more) for name, it in node.get("properties", {}).items()}
        needed = node.get("required", [])
        named = st.fixed_dictionaries(
            {name: of_each[name] for name in needed},
            optional={name: drawn for name, drawn in of_each.items() if name not in needed},
        )
        extra = st.dictionaries(_NAMES, _JSON, max_size=1) if more else st.just({})
        return st.builds(lambda known, new: {**known, **new}, named, extra)
    if kind == "array":
        return st.lists(answers(contract, node["items"], more=more), max_size=2)
    if kind == "string":
        return _texts(node)
    return {"integer": st.integers(), "boolean": st.booleans(), "null": st.none()}[kind]


def _texts(node: Json) -> st.SearchStrategy[str]:
    if "pattern" in node:  # money is the only thing that has one
        return _SCALARS["Decimal"].map(lambda amount: f"{amount:.6f}")
    if node.get("format") == "date-time":
        return st.datetimes().map(lambda it: f"{it.isoformat()}Z")
    if node.get("format") == "date" or "2024-03-15" in node.get("examples", ()):
        return st.dates().map(str)
    return st.text()
