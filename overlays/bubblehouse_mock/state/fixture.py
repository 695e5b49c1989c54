"""Fixture files: shops in YAML or JSON."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias, cast

import yaml

from bubblehouse_mock.jsontext import MalformedJsonError, parse
from bubblehouse_mock.state.decoding import FixtureError, decode
from bubblehouse_mock.state.log import Log
from bubblehouse_mock.state.reading import YamlReader
from bubblehouse_mock.state.shop import Fixture, Shop

FixtureSource: TypeAlias = "str | Path | Mapping[str, object] | None"
"""A file in YAML, or in JSON where its name ends in `.json`; its data; or None for the demo shop."""

_MOST_SEARCHED: Final = 2**23  # bytes; beyond, to find an error's line would take longer than anybody wants to wait


class FixtureFile:
    """Shops' starting state, read once and made real as often as needed.

    Args:
        source: Where it comes from.

    Raises:
        FixtureError: It can't be read, or it isn't YAML or JSON, or a key stands twice in one object.
    """

    def __init__(self, source: FixtureSource = None) -> None:
        if isinstance(source, Mapping):
            self._content = _Content("fixture", "", source)
        else:
            self._content = _demo() if source is None else _read(Path(source))

    @property
    def data(self) -> object:
        """What it says."""
        return self._content.data

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

    def _located(self, error: FixtureError) -> FixtureError:
        """Return an error with the line of what it is about; JSON is read as YAML to that end."""
        reader = YamlReader(self._content.text)
        with suppress(FixtureError, yaml.YAMLError):  # a few notations of JSON are none of YAML's
            reader.read()
        place = error.place
        while place and place not in reader.lines:  # what an alias stands for is where the alias is
            place = place[: max(place.rfind("."), place.rfind("["), 0)]
        return _at(self._content.name, reader.lines.get(place), error)


class _Content(NamedTuple):
    """A fixture as it stands: where, its text unless it is long, and what that says. Nobody changes it."""

    name: str
    text: str
    data: object


@cache
def _demo() -> _Content:
    """Return the demo shop. It is read once: tests make thousands of mocks."""
    return _read(files("bubblehouse_mock").joinpath("demo.yaml"))


def _read(place: Traversable) -> _Content:
    name = str(place)
    try:
        content = place.read_bytes()
        data = parse(content) if name.endswith(".json") else _read_yaml(name, content.decode("utf-8"))
    except OSError as error:
        raise FixtureError(f"{name} can't be read: {error.strerror}") from None
    except MalformedJsonError as error:
        raise FixtureError(f"{name} is not JSON as expected: {error}") from None
    except UnicodeDecodeError:
        raise FixtureError(f"{name} is not YAML: it is not UTF-8") from None
    return _Content(name, content.decode("utf-8") if len(content) <= _MOST_SEARCHED else "", data)


def _read_yaml(name: str, text: str) -> object:
    reader = YamlReader(text)
    try:
        return reader.read()
    except FixtureError as error:
        raise _at(name, reader.line, error) from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark is not None else reader.line
        raise _at(name, line, f"it is not YAML: {error.problem}") from None
    except yaml.YAMLError as error:  # a character that YAML doesn't have
        raise _at(name, reader.line, f"it is not YAML: {error}") from None


def _at(name: str, line: int | None, problem: object) -> FixtureError:
    return FixtureError(f"{name}:{line}: {problem}" if line else f"{name}: {problem}")


def _object(data: object) -> Mapping[str, object]:
    """Return data as an object; an empty one where it is none."""
    return cast("Mapping[str, object]", data) if isinstance(data, Mapping) else {}
