"""Reads classes and functions as callers see them: what can be given, and what comes back."""

import ast
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final, NamedTuple

LITERAL: Final = "Literal["
"""How one choice of a `Literal` begins, as a member of a type."""

_SPOKEN: Final = {"__init__", "__call__", "__enter__", "__exit__", "__aenter__", "__aexit__"}
"""Methods that callers call without naming them."""

Union = frozenset[str]
"""A type as written, one member of a union and one choice of a `Literal` each; empty where nothing is written."""


class Parameter(NamedTuple):
    """An argument.

    Attributes:
        annotation: Its type.
        required: Whether it has to be given.
        position: Its place among those that can be given without their name; None where the name is needed.
    """

    annotation: Union
    required: bool
    position: int | None = None


class Function(NamedTuple):
    """A function or a method.

    Attributes:
        parameters: Its arguments by name.
        returns: The type of its result, as written.
        deprecated: Whether it is marked as deprecated.
        fixture: Whether it is one of pytest's, whose arguments are no callers'.
    """

    parameters: dict[str, Parameter]
    returns: str
    deprecated: bool
    fixture: bool = False


class Class(NamedTuple):
    """A class, with what it has from bases that callers can't import.

    Attributes:
        bases: The classes that it comes from.
        methods: Its public methods by name, and those that are called without it.
        attributes: The types of its public attributes.
    """

    bases: tuple[str, ...]
    methods: dict[str, Function]
    attributes: dict[str, Union]


class Value(NamedTuple):
    """Something else: a name for a type, or a constant.

    Attributes:
        type: The type that it is a name for; empty for a constant.
    """

    type: Union = frozenset()


def function_of(node: ast.FunctionDef | ast.AsyncFunctionDef, *, bound: bool = False) -> Function:
    """Read a function.

    Args:
        node: Its definition.
        bound: Whether the first argument is given by Python.
    """
    told = {ast.unparse(decorator).partition("(")[0].rpartition(".")[2] for decorator in node.decorator_list}
    fixture = "fixture" in told
    returns = _text(node.returns)
    if isinstance(node, ast.AsyncFunctionDef):
        returns = f"awaitable {returns}"
    return Function(
        {} if fixture else dict(_parameters(node.args, bound=bound)), returns, "deprecated" in told, fixture
    )


def value_of(node: ast.Assign | ast.AnnAssign) -> Value:
    """Read what is assigned to a name."""
    if isinstance(node, ast.AnnAssign):
        is_type = "TypeAlias" in ast.unparse(node.annotation)
    else:
        is_type = isinstance(node.value, ast.Name | ast.Attribute | ast.Subscript | ast.BinOp)
    return Value(_union(node.value)) if is_type else Value()


def class_of(node: ast.ClassDef, hidden: Callable[[str], Class | None]) -> Class:
    """Read a class.

    Args:
        node: Its definition.
        hidden: Returns the class of a base that callers can't import, or None where they can.
    """
    bases: list[str] = []
    methods: dict[str, Function] = {}
    attributes: dict[str, Union] = {}
    names = [ast.unparse(base.value if isinstance(base, ast.Subscript) else base) for base in node.bases]
    for name in (name for name in names if name != "Generic"):
        inner = hidden(name)
        bases += inner.bases if inner else [name]
        if inner:
            methods = {**inner.methods, **methods}
            attributes = {**inner.attributes, **attributes}
    fields, own_methods, own_attributes = _body(node)
    made = _made_of(node, bases, fields)
    methods |= {"__init__": Function(made, "", deprecated=False)} if made else {}
    return Class(tuple(bases), {**methods, **own_methods}, {**attributes, **own_attributes})


@lru_cache(maxsize=1024)  # a node that both sides have is the same one
def _body(node: ast.ClassDef) -> tuple[dict[str, Parameter], dict[str, Function], dict[str, Union]]:
    """Return the fields, methods and attributes that stand in the body of a class."""
    fields = dict(_fields(node))
    methods: dict[str, Function] = {}
    attributes: dict[str, Union] = {}
    for one in node.body:
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef) and _is_public(one.name):
            if any("property" in ast.unparse(decorator) for decorator in one.decorator_list):
                attributes[one.name] = _union(one.returns)
            else:
                methods[one.name] = function_of(one, bound=True)
    attributes |= {**{name: parameter.annotation for name, parameter in fields.items()}, **dict(_set_up(node))}
    return fields, methods, attributes


def _is_public(name: str) -> bool:
    return name in _SPOKEN or not name.startswith("_")


def _parameters(arguments: ast.arguments, *, bound: bool) -> Iterator[tuple[str, Parameter]]:
    listed = [*arguments.posonlyargs, *arguments.args]
    first = len(listed) - len(arguments.defaults)
    for position, one in enumerate(listed[bound:]):
        yield one.arg, Parameter(_union(one.annotation), position + bound < first, position)
    for one, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        yield one.arg, Parameter(_union(one.annotation), default is None)
    for stars, rest in (("*", arguments.vararg), ("**", arguments.kwarg)):
        if rest:
            yield f"{stars}{rest.arg}", Parameter(_union(rest.annotation), required=False)


def _fields(node: ast.ClassDef) -> Iterator[tuple[str, Parameter]]:
    """Yield what stands in the body of a class, as arguments of a constructor that is made of it."""
    position = 0
    for one in node.body:
        if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name):
            if _is_public(one.target.id):
                yield one.target.id, Parameter(_union(one.annotation), not _has_default(one.value), position)
            position += 1
        elif isinstance(one, ast.Assign):
            names = (target.id for target in one.targets if isinstance(target, ast.Name))
            yield from ((name, Parameter(frozenset(), required=False)) for name in names if _is_public(name))


def _has_default(value: ast.expr | None) -> bool:
    if isinstance(value, ast.Call) and ast.unparse(value.func) == "field":  # of a dataclass
        return any((keyword.arg or "").startswith("default") for keyword in value.keywords)
    return value is not None


def _made_of(node: ast.ClassDef, bases: list[str], fields: dict[str, Parameter]) -> dict[str, Parameter]:
    """Return the arguments of a constructor that Python makes of the body, where it makes one."""
    if "TypedDict" in bases:
        partial = any(one.arg == "total" and ast.unparse(one.value) == "False" for one in node.keywords)
        return {name: one._replace(required=not partial, position=None) for name, one in fields.items()}
    if "NamedTuple" in bases or any("dataclass" in ast.unparse(decorator) for decorator in node.decorator_list):
        return fields
    return {}


def _set_up(node: ast.ClassDef) -> Iterator[tuple[str, Union]]:
    """Yield the public attributes that the constructor sets."""
    constructor = next((one for one in node.body if isinstance(one, ast.FunctionDef) and one.name == "__init__"), None)
    for one in ast.walk(constructor) if constructor else ():
        targets = one.targets if isinstance(one, ast.Assign) else [one.target] if isinstance(one, ast.AnnAssign) else []
        for target in targets:
            if isinstance(target, ast.Attribute) and ast.unparse(target.value) == "self" and _is_public(target.attr):
                yield target.attr, _union(one.annotation if isinstance(one, ast.AnnAssign) else None)


def _union(node: ast.expr | None) -> Union:
    if isinstance(node, ast.BinOp):
        return _union(node.left) | _union(node.right)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return _union(ast.parse(node.value, mode="eval").body)
    if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "Literal":
        choices = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        return frozenset(f"{LITERAL}{ast.unparse(choice)}]" for choice in choices)
    return frozenset({ast.unparse(node)} if node else ())


def _text(node: ast.expr | None) -> str:
    return " | ".join(sorted(_union(node)))
