"""Fixture files: a shop in YAML."""

from collections.abc import Iterator
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import TypeAlias, cast

import yaml

from bubblehouse_mock.state.decoding import FixtureError, decode
from bubblehouse_mock.state.shop import Fixture, Shop

FixtureSource: TypeAlias = "str | Path | dict[str, object] | None"
"""A YAML file, its data, or None for the demo shop."""


class FixtureFile:
    """A shop's starting state, read once and made real as often as needed.

    Args:
        source: Where it comes from.

    Raises:
        FixtureError: It can't be read, or it isn't YAML, or a key stands twice in one object.
    """

    def __init__(self, source: FixtureSource = None) -> None:
        self._name = "fixture"
        self._tree: yaml.Node | None = None
        if isinstance(source, dict):
            self._data: object = source
            return
        place = files("bubblehouse_mock").joinpath("demo.yaml") if source is None else Path(source)
        self._name = str(place)
        try:
            self._data = self._read(place.read_text(encoding="utf-8"))
        except OSError as error:
            raise FixtureError(f"{self._name} can't be read: {error.strerror}") from None
        except RecursionError:
            raise FixtureError(f"{self._name} is nested too deeply, or holds itself") from None
        except FixtureError:
            raise
        except (ValueError, yaml.YAMLError) as error:  # not UTF-8, or an integer of thousands of digits
            raise FixtureError(f"{self._name} is not YAML: {error}") from None

    def shop(self, now: datetime) -> Shop:
        """Make a fresh shop of it.

        Args:
            now: What relative times are relative to, aware.

        Raises:
            FixtureError: The data don't fit; the message names file, line, place and reason.
        """
        try:
            return Shop(decode(Fixture, self._data, now=now))
        except FixtureError as error:
            raise self._located(error) from None

    def _read(self, text: str) -> object:
        loader = _LOADER(text)
        # JSON's view of YAML: a date is a string.
        loader.yaml_implicit_resolvers = {
            first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
            for first, resolvers in loader.yaml_implicit_resolvers.items()
        }
        try:
            self._tree = loader.get_single_node()
            if self._tree is None:
                return None
            places = [place for place, _ in _places(self._tree)]
            if len(set(places)) != len(places):
                twice = next(place for index, place in enumerate(places) if place in places[:index])
                raise self._located(FixtureError("this key stands twice", twice))
            return cast("object", loader.construct_document(self._tree))  # pyright: ignore[reportUnknownMemberType] - yaml's stub

        finally:
            loader.dispose()

    def _located(self, error: FixtureError) -> FixtureError:
        line = dict(_places(self._tree)).get(error.place) if self._tree is not None else None
        return FixtureError(f"{self._name}:{line}: {error}" if line else f"{self._name}: {error}")


def _places(node: yaml.Node, place: str = "") -> Iterator[tuple[str, int]]:
    """Yield every place of a YAML tree with its line, counted from 1."""
    yield place, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _places(value, f"{place}.{key.value}" if place else str(key.value))
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _places(item, f"{place}[{index}]")


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
