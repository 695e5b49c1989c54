"""Compares what packages offer, from the side of a caller."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from bubblehouse_diff.changes import Direction
from bubblehouse_diff.python_nodes import LITERAL, Class, Function, Parameter, Union, Value
from bubblehouse_diff.python_surface import Exported, Surface

_Used = frozenset[Direction]
_BOTH: Final[_Used] = frozenset({"input", "output"})
_INPUT: Final[_Used] = frozenset({"input"})
_CLIENT: Final = "LoyaltyClient"


@dataclass(frozen=True)
class PythonChange:
    """One change of what callers can import.

    Attributes:
        what: What happened, for people.
        owner: The class or the function.
        name: The argument or attribute in it; empty for the whole.
        breaking: Whether code that was right before isn't any more.
        adds: Whether callers can do more than before.
        called: Whether the owner is called: it is a function, and no class.
    """

    what: str
    owner: str
    name: str = ""
    breaking: bool = False
    adds: bool = False
    called: bool = False

    @property
    def code(self) -> str:
        """Owner and name, as code has them."""
        if self.called:
            return f"{self.owner}({self.name}=…)" if self.name else f"{self.owner}()"
        return f"{self.owner}.{self.name}" if self.name else self.owner


def compare_surfaces(before: Surface, after: Surface, used: Mapping[str, _Used]) -> Iterator[PythonChange]:
    """Yield the changes of what callers can import. What is the same in an asynchronous twin isn't named again.

    Args:
        before: What one side offers.
        after: What the other one does.
        used: By class: whether callers make its objects, get them, or both.
    """
    names = sorted(before.keys() | after.keys())
    changes = {name: list(_compare(name, before, after, used)) for name in names}
    for name in names:
        module, dot, last = name.rpartition(".")
        twin = f"{module}{dot}{last.removeprefix('Async')}"
        told = {_plain(change.what, twin) for change in changes.get(twin, ()) if twin != name}
        yield from (change for change in changes[name] if _plain(change.what, name) not in told)


def _plain(what: str, owner: str) -> str:
    """Return what happened, in words that are the same for both twins."""
    return what.replace(f"{owner}.", "").replace(owner, "").replace("awaitable ", "")


def _compare(name: str, before: Surface, after: Surface, used: Mapping[str, _Used]) -> Iterator[PythonChange]:
    if name not in after:
        yield PythonChange(f"{_kind(before[name])} `{name}` removed", name, breaking=True)
    elif name not in before:
        yield PythonChange(f"{_kind(after[name])} `{name}` added", name, adds=True)
    else:
        yield from _places(name, before[name], after[name])
        old, new = before[name].definition, after[name].definition
        if isinstance(old, Class) and isinstance(new, Class):
            yield from _classes(name, old, new, used.get(name, _BOTH))
        elif isinstance(old, Function) and isinstance(new, Function):
            yield from _functions(name, old, new)
        elif isinstance(old, Value) and isinstance(new, Value):
            yield from _types(name, old.type, new.type, used.get(name, _BOTH))
        else:
            what = f"`{name}` is a {_kind(after[name])} now, and was a {_kind(before[name])}"
            yield PythonChange(what, name, breaking=True)


def _kind(exported: Exported) -> str:
    definition = exported.definition
    if isinstance(definition, Value):
        return "name"
    if isinstance(definition, Class):
        return "class"
    return "fixture" if definition.fixture else "function"


def _places(name: str, before: Exported, after: Exported) -> Iterator[PythonChange]:
    for module in sorted(before.modules - after.modules):
        yield PythonChange(f"`{name}` can no longer be imported from `{module}`", name, breaking=True)
    for module in sorted(after.modules - before.modules):
        yield PythonChange(f"`{name}` can be imported from `{module}`, too", name, adds=True)


def _classes(owner: str, before: Class, after: Class, used: _Used) -> Iterator[PythonChange]:
    if before.bases != after.bases:
        bases = f"{_listed(before.bases)} to {_listed(after.bases)}"
        breaking = not set(before.bases) <= set(after.bases)
        yield PythonChange(f"bases of `{owner}` went from {bases}", owner, breaking=breaking)
    # Whoever implements a protocol lacks what is added to it.
    protocol = "Protocol" in after.bases
    told: set[str] = set()
    for name in sorted(before.methods.keys() | after.methods.keys()):
        label = name if owner == _CLIENT else f"{owner}.{name}"
        old, new = before.methods.get(name), after.methods.get(name)
        if new is None:
            yield PythonChange(f"method `{name}` of `{owner}` removed", label, breaking=True, called=True)
        elif old is None:
            what = f"method `{name}` of `{owner}` added"
            yield PythonChange(what, label, breaking=protocol, adds=not protocol, called=True)
        elif name == "__init__":
            changes = list(_parameters(owner, old.parameters, new.parameters, used, called=False))
            told = {change.name for change in changes}
            yield from changes
        else:
            yield from _functions(label, old, new)
    # What is given to the constructor is an attribute, too, and not named again.
    attributes = _attributes(owner, before.attributes, after.attributes, protocol=protocol)
    yield from (change for change in attributes if change.name not in told)


def _attributes(
    owner: str, before: Mapping[str, Union], after: Mapping[str, Union], *, protocol: bool
) -> Iterator[PythonChange]:
    for name in sorted(before.keys() | after.keys()):
        what = f"attribute `{name}` of `{owner}`"
        if name not in after:
            yield PythonChange(f"{what} removed", owner, name, breaking=True)
        elif name not in before:
            yield PythonChange(f"{what} added", owner, name, breaking=protocol, adds=not protocol)
        elif before[name] != after[name]:
            how = f"is {_written(after[name])}, no longer {_written(before[name])}"
            yield PythonChange(f"{what} {how}", owner, name, breaking=not _is_within(after[name], before[name]))


def _types(name: str, before: Union, after: Union, used: _Used) -> Iterator[PythonChange]:
    if before != after:
        breaking, adds = _judged(Parameter(before, required=True), Parameter(after, required=True), used)
        what = f"`{name}` is {_written(after)}, no longer {_written(before)}"
        yield PythonChange(what, name, breaking=breaking, adds=adds)


def _functions(name: str, before: Function, after: Function) -> Iterator[PythonChange]:
    if before.returns != after.returns:
        what = f"`{name}` returns {after.returns}, no longer {before.returns}"
        yield PythonChange(what, name, breaking=True, called=True)
    if before.deprecated != after.deprecated:
        yield PythonChange(f"`{name}` is {'' if after.deprecated else 'no longer '}deprecated", name, called=True)
    yield from _parameters(name, before.parameters, after.parameters, _INPUT, called=True)


def _parameters(
    owner: str, before: Mapping[str, Parameter], after: Mapping[str, Parameter], used: _Used, *, called: bool
) -> Iterator[PythonChange]:
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name), after.get(name)
        shown = new or old
        kind = "attribute" if "input" not in used else "keyword" if shown and shown.position is None else "argument"
        if new is None:
            yield PythonChange(f"{kind} `{name}` of `{owner}` removed", owner, name, breaking=True, called=called)
        elif old is None:
            needed = new.required and "input" in used
            what = f"{'required ' if needed else ''}{kind} `{name}` on `{owner}` added"
            yield PythonChange(what, owner, name, breaking=needed, adds=not needed, called=called)
        elif old != new:
            breaking, adds = _judged(old, new, used)
            what = f"{kind} `{name}` on `{owner}` {_how(old, new)}"
            yield PythonChange(what, owner, name, breaking=breaking, adds=adds, called=called)


def _judged(old: Parameter, new: Parameter, used: _Used) -> tuple[bool, bool]:
    """Return whether a change of an argument breaks callers, and whether it lets them do more."""
    stays = old.position is None or old.position == new.position
    accepts = stays and _is_within(old.annotation, new.annotation) and (old.required or not new.required)
    gives = _is_within(new.annotation, old.annotation)
    breaking = ("input" in used and not accepts) or ("output" in used and not gives)
    return breaking, not breaking and accepts


def _is_within(one: Union, other: Union) -> bool:
    if "str" in other:
        one = frozenset(member for member in one if not member.startswith((f"{LITERAL}'", f'{LITERAL}"')))
    return not other or one <= other  # no annotation allows everything


def _how(old: Parameter, new: Parameter) -> str:
    if old.required != new.required:
        return "became required" if new.required else "became optional"
    if old.annotation != new.annotation:
        return f"is {_written(new.annotation)}, no longer {_written(old.annotation)}"
    if new.position is None:
        return "has to be given by name"
    return "can be given without its name" if old.position is None else "has another place"


def _written(union: Union) -> str:
    choices = sorted(member[len(LITERAL) : -1] for member in union if member.startswith(LITERAL))
    literal = [f"{LITERAL}{', '.join(choices)}]"] if choices else []
    return " | ".join(literal + sorted(member for member in union if not member.startswith(LITERAL))) or "anything"


def _listed(bases: tuple[str, ...]) -> str:
    return ", ".join(bases) or "none"
