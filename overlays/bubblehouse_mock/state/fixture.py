"""Fixture files: shops in YAML or JSON."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Final, TypeAlias, cast

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
        self._name = "fixture"
        self._text = ""
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
        except MalformedJsonError as error:
            raise FixtureError(f"{self._name} is not JSON as expected: {error}") from None
        except UnicodeDecodeError:
            raise FixtureError(f"{self._name} is not YAML: it is not UTF-8") from None
        if len(content) <= _MOST_SEARCHED:
            self._text = content.decode("utf-8")

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
        reader = YamlReader(text)
        try:
            return reader.read()
        except FixtureError as error:
            raise self._at(reader.line, error) from None
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark is not None else reader.line
            raise self._at(line, f"it is not YAML: {error.problem}") from None
        except yaml.YAMLError as error:  # a character that YAML doesn't have
            raise self._at(reader.line, f"it is not YAML: {error}") from None

    def _located(self, error: FixtureError) -> FixtureError:
        """Return an error with the line of what it is about; JSON is read as YAML to that end."""
        reader = YamlReader(self._text)
        with suppress(FixtureError, yaml.YAMLError):  # a few notations of JSON are none of YAML's
            reader.read()
        place = error.place
        while place and place not in reader.lines:  # what an alias stands for is where the alias is
            place = place[: max(place.rfind("."), place.rfind("["), 0)]
        return self._at(reader.lines.get(place), error)

    def _at(self, line: int | None, problem: object) -> FixtureError:
        return FixtureError(f"{self._name}:{line}: {problem}" if line else f"{self._name}: {problem}")


def _object(data: object) -> Mapping[str, object]:
    """Return data as an object; an empty one where it is none."""
    return cast("Mapping[str, object]", data) if isinstance(data, Mapping) else {}
