"""Writes a draft as the contract is written: small objects on one line, lists below their key."""

import textwrap
from collections.abc import Mapping, Sequence
from typing import Final

import yaml

from bubblehouse_docs.draft_schemas import Json

_WIDTH: Final = 120
_SMALL: Final = 2
_SHORT: Final = 90


class _Dumper(yaml.SafeDumper):
    """Indents lists, repeats instead of referring to anchors, and keeps small objects on one line."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - PyYAML's
        super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - PyYAML's
        return True

    def represent_object(self, data: Mapping[str, Json]) -> yaml.Node:
        return self.represent_mapping("tag:yaml.org,2002:map", data, flow_style=_is_small(data))

    def represent_array(self, data: Sequence[Json]) -> yaml.Node:
        flow = all(isinstance(item, str) for item in data)
        node = self.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=flow)
        for item in node.value:
            if isinstance(item, yaml.MappingNode) and item.value:
                item.flow_style = False
        return node


_Dumper.add_representer(dict, _Dumper.represent_object)
_Dumper.add_representer(list, _Dumper.represent_array)


def dump(document: dict[str, Json], comments: Sequence[str]) -> str:
    """Return a document as YAML.

    Args:
        document: The document.
        comments: Paragraphs for its top. What isn't printable in them is replaced.
    """
    top = [line for text in comments for line in textwrap.wrap(printable(text), _WIDTH - 2)]
    body = yaml.dump(document, Dumper=_Dumper, sort_keys=False, width=_WIDTH, allow_unicode=True)
    return "".join(f"# {line}\n" for line in top) + body


def printable(text: str) -> str:
    """Return a text without what would steer a terminal or begin a new line."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)


def _is_small(value: Mapping[str, Json]) -> bool:
    return (
        len(value) <= _SMALL
        and len(str(value)) < _SHORT
        and not any(isinstance(part, Mapping | list) and part for part in value.values())
    )
