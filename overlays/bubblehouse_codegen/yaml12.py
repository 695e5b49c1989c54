"""YAML 1.2, as OpenAPI has it: `no` is a text, so is a date, 010 is ten, and a key stands once."""

import re
from typing import TYPE_CHECKING, Any, Final

import yaml

if TYPE_CHECKING:
    from yaml import SafeLoader as _Base
else:
    # The one in C is ten times as fast, where PyYAML was built with it.
    _Base = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_TAG: Final = "tag:yaml.org,2002:"
_PLAIN: Final = {
    "null": ("~|null|Null|NULL|", [*"~nN", ""]),
    "bool": ("true|True|TRUE|false|False|FALSE", [*"tTfF"]),
    "int": ("[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", [*"-+0123456789"]),
    "float": (
        r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
        [*"-+.0123456789"],
    ),
    "merge": ("<<", ["<"]),
}
"""What a text without quotes may be, and how it begins: the core schema of YAML 1.2, and the key that merges."""


class _Loader(_Base):
    """PyYAML goes by YAML 1.1, and takes the last one of two equal keys."""

    yaml_implicit_resolvers: Any = {}  # noqa: RUF012 - PyYAML's registry of the class; it is filled below

    def get_single_node(self) -> yaml.Node | None:
        node = super().get_single_node()
        _refuse_twins(node)
        return node

    def construct_whole(self, node: yaml.ScalarNode) -> int:
        """Read a whole number; PyYAML would take a zero in front for octal."""
        text = str(node.value)
        return int(text, 0 if text[:2] in {"0o", "0x"} else 10)

    def construct_text(self, node: yaml.ScalarNode) -> str:
        """Read a text."""
        return str(node.value)


def _refuse_twins(top: yaml.Node | None) -> None:
    waiting, known = [top], {id(top)}
    while waiting:
        node = waiting.pop()
        inner: list[yaml.Node] = []
        if isinstance(node, yaml.MappingNode):
            inner = [part for pair in node.value for part in pair]
            seen: set[tuple[str, str]] = set()
            for key in inner[::2]:
                name = (str(key.tag), str(key.value))
                if name in seen:
                    raise yaml.constructor.ConstructorError(
                        "while reading an object", node.start_mark, f"found duplicate key {key.value!r}", key.start_mark
                    )
                seen.add(name)
        elif isinstance(node, yaml.SequenceNode):
            inner = list(node.value)
        # An alias leads to what was seen before, or back to where it stands.
        waiting += [one for one in inner if id(one) not in known]
        known |= {id(one) for one in inner}


for _name, (_pattern, _beginnings) in _PLAIN.items():
    _Loader.add_implicit_resolver(  # pyright: ignore[reportUnknownMemberType] - its types are partial
        _TAG + _name, re.compile(f"^(?:{_pattern})$"), _beginnings
    )
_Loader.add_constructor(f"{_TAG}int", _Loader.construct_whole)
_Loader.add_constructor(f"{_TAG}timestamp", _Loader.construct_text)


def yaml_value(text: str) -> object:
    """Return what a YAML document says.

    Args:
        text: The document.

    Raises:
        yaml.YAMLError: It isn't YAML, or an object names a key twice.
    """
    return yaml.load(text, _Loader)  # noqa: S506 - a safe one
