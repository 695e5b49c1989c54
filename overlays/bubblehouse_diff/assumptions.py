"""Compares what two sides assume, and tells what was documented meanwhile."""

from collections.abc import Iterator
from typing import cast

from jsonpath_ng.ext.parser import parse

from bubblehouse_codegen.documents import Document
from bubblehouse_diff.changes import Change, shown
from bubblehouse_diff.documents import as_object


def compare_assumptions(before: list[Document], after: list[Document], facts: Document) -> Iterator[Change]:
    """Yield the changes of assumptions. What they do to the contract is told apart.

    Args:
        before: The overlays' actions of one side.
        after: Those of the other.
        facts: The other side's contract, without assumptions.
    """
    gone = [action for action in before if action not in after]
    come = [action for action in after if action not in before]
    for action in gone:
        target = str(action["target"])
        twin = next((one for one in come if one["target"] == target), None)
        reason = _reason(action)
        if _is_fact(action, facts):
            yield Change("assumption-became-fact", target, "", reason)
        elif twin:
            come.remove(twin)
            yield Change("assumption-changed", target, "", reason, _reason(twin))
        else:
            yield Change("assumption-dropped", target, "", reason)
    for action in come:
        yield Change("assumption-added", str(action["target"]), "", "", _reason(action))


def _reason(action: Document) -> str:
    return shown(" ".join(str(action.get("description", "no reason given")).split()))


def _is_fact(action: Document, facts: Document) -> bool:
    update = as_object(action.get("update"))
    if update is None:
        return False
    # A fact isn't called an assumption: what remains is what the contract would say.
    said = {key: value for key, value in update.items() if not key.startswith("x-bubblehouse-assumption")}
    found = [match.value for match in parse(action["target"]).find(facts)]
    return bool(said) and bool(found) and all(_has(value, said) for value in found)


def _has(value: object, part: object) -> bool:
    inner, outer = as_object(part), as_object(value)
    if inner is not None and outer is not None:
        return all(key in outer and _has(outer[key], wanted) for key, wanted in inner.items())
    if isinstance(part, list) and isinstance(value, list):
        held = cast("list[object]", value)
        return all(wanted in held for wanted in cast("list[object]", part))
    return value == part
