"""Compares what two generated packages offer, from the side of a caller."""

from collections.abc import Iterator
from dataclasses import dataclass

from bubblehouse_diff.changes import Direction
from bubblehouse_diff.python_surface import Keyword, Method, Surface

_BOTH: frozenset[Direction] = frozenset({"input", "output"})


@dataclass(frozen=True)
class PythonChange:
    """One change of the generated package.

    Attributes:
        what: What happened, for people.
        owner: The class or the method.
        name: The keyword in it; empty for the whole.
        breaking: Whether code that was right before isn't any more.
        adds: Whether callers can do more than before.
    """

    what: str
    owner: str
    name: str = ""
    breaking: bool = False
    adds: bool = False


def compare_surfaces(before: Surface, after: Surface, used: dict[str, frozenset[Direction]]) -> Iterator[PythonChange]:
    """Yield the changes of a package. The asynchronous client is the same surface and isn't named again.

    Args:
        before: The package of one side.
        after: The package of the other.
        used: By class: whether callers make its objects, get them, or both.
    """
    for name in sorted((before.keys() | after.keys()) - {"AsyncLoyaltyClient"}):
        if name not in after:
            yield PythonChange(f"class `{name}` removed", name, breaking=True)
        elif name not in before:
            yield PythonChange(f"class `{name}` added", name, adds=True)
        else:
            old, new = before[name], after[name]
            if old.bases != new.bases:
                bases = f"{', '.join(old.bases)} to {', '.join(new.bases)}"
                yield PythonChange(f"bases of `{name}` went from {bases}", name, breaking=True)
            yield from _methods(name, old.methods, new.methods, used.get(name, _BOTH))


def _methods(
    owner: str, before: dict[str, Method], after: dict[str, Method], used: frozenset[Direction]
) -> Iterator[PythonChange]:
    for name in sorted(before.keys() | after.keys()):
        if name not in after:
            yield PythonChange(f"method `{name}` of `{owner}` removed", name, breaking=True)
        elif name not in before:
            yield PythonChange(f"method `{name}` of `{owner}` added", name, adds=True)
        elif name == "__init__":
            yield from _keywords(owner, before[name].keywords, after[name].keywords, used)
        else:
            old, new = before[name], after[name]
            if old.returns != new.returns:
                yield PythonChange(f"`{name}` returns {new.returns}, no longer {old.returns}", name, breaking=True)
            if old.deprecated != new.deprecated:
                yield PythonChange(f"`{name}` is {'' if new.deprecated else 'no longer '}deprecated", name)
            yield from _keywords(name, old.keywords, new.keywords, frozenset({"input"}))


def _keywords(
    owner: str, before: dict[str, Keyword], after: dict[str, Keyword], used: frozenset[Direction]
) -> Iterator[PythonChange]:
    kind = "keyword" if "input" in used else "attribute"
    for name in sorted(before.keys() | after.keys()):
        what = f"{kind} `{name}` {{}} `{owner}`"
        if name not in after:
            yield PythonChange(f"{what.format('of')} removed", owner, name, breaking=True)
        elif name not in before:
            needed = after[name].required and "input" in used
            how = "required " if needed else ""
            yield PythonChange(f"{how}{what.format('on')} added", owner, name, breaking=needed, adds=not needed)
        elif before[name] != after[name]:
            yield _keyword(what.format("on"), owner, name, (before[name], after[name]), used)


def _keyword(
    what: str, owner: str, name: str, sides: tuple[Keyword, Keyword], used: frozenset[Direction]
) -> PythonChange:
    old, new = sides
    accepts = new.annotation >= old.annotation and (old.required or not new.required)
    gives = new.annotation <= old.annotation
    breaking = ("input" in used and not accepts) or ("output" in used and not gives)
    if old.required != new.required:
        how = "became required" if new.required else "became optional"
    else:
        how = f"is {_written(new)}, no longer {_written(old)}"
    return PythonChange(f"{what} {how}", owner, name, breaking=breaking, adds=not breaking and accepts)


def _written(keyword: Keyword) -> str:
    return " | ".join(sorted(keyword.annotation))
