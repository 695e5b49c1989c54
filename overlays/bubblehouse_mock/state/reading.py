"""YAML as a notation of JSON: what JSON can't say is refused, and each place is known by its line."""

import math
from typing import Any, Final

import yaml

from bubblehouse_mock.jsontext import MAX_DEPTH, JsonObject, JsonValue
from bubblehouse_mock.state.decoding import FixtureError

MOST_REPEATED: Final = 1_000_000
"""How much aliases may repeat, counted in values: a few hundred bytes can say far more, once aliases hold aliases."""

_TAG: Final = "tag:yaml.org,2002:"
_TEXT, _MERGE = f"{_TAG}str", f"{_TAG}merge"
_SCALARS: Final = {f"{_TAG}{name}" for name in ("null", "bool", "int", "float")}
_UNLIKE_JSON: Final = {f"{_TAG}timestamp", f"{_TAG}value"}  # plain dates and equals signs are text
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class YamlReader:
    """Reads one YAML document, once.

    It goes by the parser's events. A tree of nodes would take many times the memory, and to compose one there is no
    limit of depth but the end of the stack.

    Attributes:
        lines: The line of each place that was read, counted from 1.
        line: The line where reading stands.

    Args:
        text: The document.
    """

    def __init__(self, text: str) -> None:
        self.lines: dict[str, int] = {}
        self.line = 1
        self._loader: Any = _LOADER(text)
        self._loader.yaml_implicit_resolvers = {
            first: [(tag, pattern) for tag, pattern in resolvers if tag not in _UNLIKE_JSON]
            for first, resolvers in self._loader.yaml_implicit_resolvers.items()
        }
        self._anchors: dict[str, tuple[JsonValue, int]] = {}
        self._read = 0
        self._repeated = 0

    def read(self) -> JsonValue:
        """Return the document; None where there is none.

        Raises:
            FixtureError: It says what JSON can't, a key stands twice, it is nested too deeply, or aliases multiply.
            yaml.YAMLError: It isn't YAML.
        """
        try:
            self._next()
            if isinstance(self._next(), yaml.StreamEndEvent):
                return None
            value = self._value(self._next(), "", 0)
            self._next()
            if not isinstance(self._next(), yaml.StreamEndEvent):
                raise FixtureError("there is a second document after it")
            return value
        finally:
            self._loader.dispose()

    def _next(self) -> Any:
        event = self._loader.get_event()
        self.line = event.start_mark.line + 1
        return event

    def _value(self, event: Any, place: str, depth: int) -> JsonValue:
        self.lines.setdefault(place, self.line)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(str(event.anchor), place)
        self._anchors.pop(event.anchor, None)  # an alias inside would be the value itself
        before = self._read
        self._read += 1
        if isinstance(event, yaml.ScalarEvent):
            value = self._scalar(event, place)[1]
        else:
            if depth >= MAX_DEPTH:
                raise FixtureError(f"it is nested deeper than {MAX_DEPTH} levels", place)
            _refuse(event.tag, {f"{_TAG}map", f"{_TAG}seq"}, place)
            is_list = isinstance(event, yaml.SequenceStartEvent)
            value = self._list(place, depth) if is_list else self._object(place, depth)
        if event.anchor is not None:
            self._anchors[event.anchor] = value, self._read - before
        return value

    def _alias(self, name: str, place: str) -> JsonValue:
        if name not in self._anchors:
            raise FixtureError(f"*{name} stands for nothing that was complete before", place)
        value, weight = self._anchors[name]
        self._read += weight
        self._repeated += weight
        if self._repeated > MOST_REPEATED:
            raise FixtureError(f"up to here, aliases repeat more than {MOST_REPEATED:,} values", place)
        return value

    def _list(self, place: str, depth: int) -> JsonValue:
        found: list[JsonValue] = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            found.append(self._value(event, f"{place}[{len(found)}]", depth + 1))
        return found

    def _object(self, place: str, depth: int) -> JsonValue:
        found: JsonObject = {}
        merged: JsonObject = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            key = self._key(event, place)
            if key is None:
                merged = self._merged(self._value(self._next(), _inside(place, "<<"), depth + 1), place)
                continue
            here = _inside(place, key)
            if key in found:
                raise FixtureError("this key stands twice", here)
            self.lines[here] = self.line
            found[key] = self._value(self._next(), here, depth + 1)
        return {**merged, **found}

    def _key(self, event: Any, place: str) -> str | None:
        """Return a key; None where its value is to be merged in."""
        if not isinstance(event, yaml.ScalarEvent):
            raise FixtureError("a key that isn't text is nothing that JSON has", place)
        tag, key = self._scalar(event, place)
        if tag == _MERGE:
            return None
        if not isinstance(key, str):
            raise FixtureError(f"the key {event.value!r:.60} is not text; quotes make it so", place)
        return key

    def _merged(self, value: JsonValue, place: str) -> JsonObject:
        found: JsonObject = {}
        for one in reversed(value if isinstance(value, list) else [value]):
            if not isinstance(one, dict):
                raise FixtureError("only objects can be merged in", _inside(place, "<<"))
            found.update(one)
        return found

    def _scalar(self, event: Any, place: str) -> tuple[str, JsonValue]:
        tag = event.tag
        if tag in {None, "!"}:
            tag = self._loader.resolve(yaml.ScalarNode, event.value, event.implicit)
        if tag in {_TEXT, _MERGE}:
            return tag, event.value
        _refuse(tag, _SCALARS, place)
        try:
            value = self._loader.yaml_constructors[tag](self._loader, yaml.ScalarNode(tag, event.value))
        except (KeyError, ValueError):
            raise FixtureError(f"{event.value!r:.60} can't be read as {tag.removeprefix(_TAG)}", place) from None
        if isinstance(value, float) and not math.isfinite(value):
            raise FixtureError(f"{event.value} is nothing that JSON has", place)
        return tag, value


def _inside(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key


def _refuse(tag: str | None, known: set[str], place: str) -> None:
    if tag not in {None, "!", *known}:
        raise FixtureError(f"{tag.rpartition(':')[2] if tag else ''} is nothing that JSON has", place)
