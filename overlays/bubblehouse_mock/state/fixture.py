"""Fixture files: shops in YAML or JSON."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Final, TypeAlias, cast

import yaml

from bubblehouse_mock.jsontext import MalformedJsonError, parse
from bubblehouse_mock.state.decoding import FixtureError, decode
from bubblehouse_mock.state.log import Log
from bubblehouse_mock.state.shop import Fixture, Shop

FixtureSource: TypeAlias = "str | Path | Mapping[str, object] | None"
"""A file in YAML, or in JSON where its name ends in `.json`; its data; or None for the demo shop."""

_MOST_NODES: Final = 5_000_000  # a few hundred bytes can say more than that, once aliases refer to aliases


class FixtureFile:
    """Shops' starting state, read once and made real as often as needed.

    Args:
        source: Where it comes from.

    Raises:
        FixtureError: It can't be read, or it isn't YAML or JSON, or a key stands twice in one object.
    """

    def __init__(self, source: FixtureSource = None) -> None:
        self._name = "fixture"
        self._tree: yaml.Node | None = None
        if isinstance(source, Mapping):
            self.data: object = source
            return
        place = files("bubblehouse_mock").joinpath("demo.yaml") if source is None else Path(source)
        self._name = str(place)
        try:
            content = place.read_bytes()
            self.data = parse(content) if self._name.endswith(".json") else self._read(content.decode("utf-8"))
        except OSError as error:
            raise FixtureError(f"{self._name} can't be read: {error.strerror}") from None
        except RecursionError:
            raise FixtureError(f"{self._name} is nested too deeply, or holds itself") from None
        except MalformedJsonError as error:
            raise FixtureError(f"{self._name} is not JSON as expected: {error}") from None
        except FixtureError:
            raise
        except (ValueError, yaml.YAMLError) as error:  # not UTF-8, or an integer of thousands of digits
            raise FixtureError(f"{self._name} is not YAML: {error}") from None

    def shops(self, now: datetime, log: Log) -> list[Shop]:
        """Make fresh shops of it.

        Args:
            now: What relative times are relative to, aware.
            log: Where their changes are written down.

        Raises:
            FixtureError: The data don't fit; the message names file, line, place and reason.
        """
        try:
            return list(self._made(now, log))
        except FixtureError as error:
            raise self._located(error) from None

    def _made(self, now: datetime, log: Log) -> Iterator[Shop]:
        given = _object(self.data)
        if "shops" not in given:
            yield Shop(decode(Fixture, self.data, now=now), log)
            return
        for name in given:
            if name != "shops":
                raise FixtureError(f"there is no {name!r:.60} beside `shops`; what belongs to a shop stands inside")
        several = given["shops"]
        if not isinstance(several, list) or not several:
            raise FixtureError("it is not a list of one shop or more", "shops")
        slugs: set[str] = set()
        for index, one in enumerate(cast("list[object]", several)):
            try:
                shop = Shop(decode(Fixture, one, now=now), log)
            except FixtureError as error:
                raise error.within(f"[{index}]").within("shops") from None
            if shop.slug in slugs:
                raise FixtureError(f"another shop is called {shop.slug!r}", f"shops[{index}].shop")
            slugs.add(shop.slug)
            yield shop

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
            self._check(self._tree)
            return cast("object", loader.construct_document(self._tree))  # pyright: ignore[reportUnknownMemberType] - yaml's stub
        finally:
            loader.dispose()

    def _check(self, tree: yaml.Node) -> None:
        weights: dict[int, int] = {}

        def weigh(node: yaml.Node) -> int:
            """Return how much there is once all aliases are written out; each node is looked at once."""
            known = weights.get(id(node))
            if known == 0:
                raise RecursionError
            if known is not None:
                return known
            weights[id(node)] = 0  # while its children are looked at: one of them may be itself
            keys: set[str] = set()
            for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
                if key.value in keys:
                    line = key.start_mark.line + 1
                    raise FixtureError(f"{self._name}:{line}: {key.value}: this key stands twice")
                keys.add(key.value)
            if node.tag not in _JSON_TAGS:
                line = node.start_mark.line + 1
                raise FixtureError(f"{self._name}:{line}: {node.tag.rpartition(':')[2]} is nothing that JSON has")
            weights[id(node)] = 1 + sum(weigh(child) for child in _children(node))
            return weights[id(node)]

        if weigh(tree) >= _MOST_NODES:
            raise FixtureError(f"{self._name} is too large, with its aliases written out; make it a .json file")

    def _located(self, error: FixtureError) -> FixtureError:
        line = None
        if self._tree is not None:
            line = next((node.start_mark.line + 1 for place, node in _places(self._tree) if place == error.place), None)
        return FixtureError(f"{self._name}:{line}: {error}" if line else f"{self._name}: {error}")


def _object(data: object) -> Mapping[str, object]:
    """Return data as an object; an empty one where it is none."""
    return cast("Mapping[str, object]", data) if isinstance(data, Mapping) else {}


def _children(node: yaml.Node) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        yield from (value for _, value in node.value)
    elif isinstance(node, yaml.SequenceNode):
        yield from node.value


def _places(node: yaml.Node, place: str = "") -> Iterator[tuple[str, yaml.Node]]:
    """Yield every place of a YAML tree."""
    yield place, node
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _places(value, f"{place}.{key.value}" if place else str(key.value))
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _places(item, f"{place}[{index}]")


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_JSON_TAGS: Final = {f"tag:yaml.org,2002:{name}" for name in ("null", "bool", "int", "float", "str", "seq", "map")}
