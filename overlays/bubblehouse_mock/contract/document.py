"""The OpenAPI document as a tree: where it comes from, how references are followed, schemas that can be run."""

from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TypeAlias

import jsonschema_rs

from bubblehouse_mock.contract.closed import close, close_inside
from bubblehouse_mock.jsontext import JsonObject, JsonValue, MalformedJsonError, parse, pointer

ContractSource: TypeAlias = "str | Path | JsonObject | None"
"""A file, a document that is already loaded, or None for the contract of the installed client."""


class ContractError(ValueError):
    """The contract can't be served; the message says what to mend in it."""


class Document:
    """A resolved OpenAPI document.

    Args:
        source: Where it comes from.

    Raises:
        ContractError: It can't be read, or it isn't an OpenAPI document.
    """

    def __init__(self, source: ContractSource = None) -> None:
        self.root: JsonObject
        self._folder: Traversable | None
        self._folder, self.root = (None, source) if isinstance(source, dict) else _read(source)
        if not isinstance(self.root.get("paths"), dict):
            raise ContractError("the contract has no `paths`: give a resolved OpenAPI document in JSON")

    def node(self, value: JsonValue) -> JsonObject:
        """Return an object of the document, with a reference followed to its end; {} where there is none.

        Raises:
            ContractError: The reference leads nowhere.
        """
        while isinstance(value, dict) and isinstance(reference := value.get("$ref"), str):
            value = self._at(reference)
        return value if isinstance(value, dict) else {}

    def walk(self, value: JsonValue, *names: str) -> JsonObject:
        """Return the object that is found by names from another one, with references followed; {} where there is none.

        Raises:
            ContractError: A reference leads nowhere.
        """
        found = self.node(value)
        for name in names:
            found = self.node(found.get(name))
        return found

    def validator(self, schema: JsonObject, *, closed: bool = False) -> jsonschema_rs.Validator:
        """Compile a schema of the document.

        Args:
            schema: The schema.
            closed: Whether objects may have only the properties that are described.

        Raises:
            ContractError: It isn't valid.
        """
        components = self.walk(self.root, "components")
        if closed:
            schema, components = close(schema, self.node), {**components, "schemas": self._closed_inside}
        whole = {"allOf": [schema], "components": components}
        try:
            return jsonschema_rs.Draft202012Validator(whole, validate_formats=True, offline=True)
        except (ValueError, jsonschema_rs.ReferencingError) as error:
            raise ContractError(f"the contract has a schema that can't be used: {error}") from None

    @cached_property
    def _closed_inside(self) -> JsonObject:
        schemas = self.walk(self.root, "components", "schemas")
        return {name: close_inside(it, self.node) for name, it in schemas.items() if isinstance(it, dict)}

    def beside(self, name: str) -> JsonObject | None:
        """Return another document, or None where there is none.

        Args:
            name: Its file's name, relative to where this document's file is.

        Raises:
            ContractError: It can't be read.
        """
        place = None if self._folder is None else self._folder.joinpath(name)
        return None if place is None or not place.is_file() else _parsed(place, "")

    def _at(self, reference: str) -> JsonValue:
        try:
            return pointer(self.root, reference.removeprefix("#"))
        except KeyError:
            raise ContractError(f"the contract refers to {reference}, which is not there") from None


def _read(source: str | Path | None) -> tuple[Traversable, JsonObject]:
    """Return the folder of a document, and the document."""
    if source is not None:
        return Path(source).parent, _parsed(Path(source), "")
    folder = files("bubblehouse_loyalty")
    return folder, _parsed(folder.joinpath("openapi.json"), "; run ./scripts/regenerate, or name a contract")


def _parsed(place: Traversable, hint: str) -> JsonObject:
    try:
        document = parse(place.read_bytes())
    except OSError as error:
        raise ContractError(f"the contract can't be read: {place}: {error.strerror}{hint}") from None
    except MalformedJsonError as error:
        raise ContractError(f"the contract {place} is not JSON: {error}") from None
    if not isinstance(document, dict):
        raise ContractError(f"the contract {place} is not a JSON object")
    return document
