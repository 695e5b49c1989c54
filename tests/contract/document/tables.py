"""Reads the tables of `documented/` (what the docs say) and `assumed/` (what is our choice), row by row as claims.

`documented/` was written from the docs pages, not from the contract: types, kinds and token kinds stand there in the
words of the page, and are put into the contract's words here. A `-` stands for a revision that can't be told.

- fields.csv: `contract` has the form that the contract gives where the page's type can't stand (questions 18 and 19 of
  spec/SOURCES.md); what is not known to be nullable must not be nullable in the contract.
- errors.csv: `message` is that of the printed example body, `*` for our own choice; `body printed` says which pages
  print a body at all.
- types.csv: `form` is the type, then the limits that the schema may state.
- names.csv: what is known to exist by its name alone.
"""

import csv
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.contract.document.comparison import ANYTHING

Cells = Mapping[str, str]
Claims = dict[str, str]

DOCS = "https://app.bubblehouse.com/apidocs"

_URL = re.compile(r"https://app\.bubblehouse\.com/api/(?P<version>v\d+)/<shop>/(?P<function>\w+)")
_KINDS = {"Write": "write", "Write API call": "write", "Read-Only": "read", "Read API call": "read"}
_SCOPES = {"Specific Errors": "operation", "API-wide Errors": "api", "Global Errors": "global"}
_TYPES = {"bubbleflake": "Bubbleflake", "time": "Time", "date": "Date", "permyriad": "Permyriad", "ID": "string"}
_PRESENCE = {
    "required": "required",
    "optional": "optional",
    "conditional": "optional",
    "required if using a shop token": "optional",
}
# `not_found` alone would be the name of a whole status.
_CLASS_NAMES = {"not_found": "ChangeNotFoundError"}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table.

    Attributes:
        label: Table, page, revision and subject; the id of its test.
        claims: What the contract must state for it.
    """

    label: str
    claims: Claims


@dataclass(frozen=True, slots=True)
class Value:
    """A JSON value that a type takes or refuses.

    Attributes:
        label: Page, type and value; the id of its test.
        type: Name of the component schema, or a path to a part of it.
        value: The value, decoded.
        valid: Whether the type takes it.
    """

    label: str
    type: str
    value: object
    valid: bool


def read_rows(folder: Path) -> list[Row]:
    """Read all tables of a folder; a folder need not have all of them."""
    tables: dict[str, Callable[[Cells], Claims]] = {
        "operations": _operation,
        "fields": _field,
        "errors": _error,
        "types": _type,
        "names": _name,
        "conventions": _convention,
    }
    return [
        Row(f"{table}:{cells['page']}:{cells['revision']}:{_subject(cells)}", claims(cells))
        for table, claims in tables.items()
        for cells in _read(folder / f"{table}.csv")
    ]


def read_values(folder: Path) -> list[Value]:
    """Read the table of values."""
    return [
        Value(
            f"{cells['page']}:{cells['revision']}:{cells['type']}:{cells['value']}",
            cells["type"],
            json.loads(cells["value"]),
            {"yes": True, "no": False}[cells["valid"]],
        )
        for cells in _read(folder / "values.csv")
    ]


def merge(rows: Iterable[Row]) -> Claims:
    """Put the claims of many rows together.

    Raises:
        ValueError: Two rows contradict each other.
    """
    merged: Claims = {}
    for row in rows:
        for key, value in row.claims.items():
            if merged.setdefault(key, value) != value:
                raise ValueError(f"{row.label}: {key} is {value} here and {merged[key]} in another row")
    return merged


def class_name(error_id: str) -> str:
    """Return the name of the schema of an error id."""
    return _CLASS_NAMES.get(error_id) or "".join(part.capitalize() for part in error_id.split("_")) + "Error"


def _read(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def _subject(cells: Cells) -> str:
    keys = ("function", "status", "id", "owner", "field", "what", "name", "claim")
    return ".".join(cells[key] for key in keys if key in cells)


def _verbs(cells: Cells) -> list[str]:
    return cells["method"].split(" or ")


def _operation(cells: Cells) -> Claims:
    url = _URL.fullmatch(cells["url"])
    if url is None or url["function"] != cells["function"]:
        raise ValueError(f"not the URL of {cells['function']}: {cells['url']}")
    claims = {f"version {url['version']}": "known"}
    for verb in _verbs(cells):
        twin = verb == "GET" and "POST" in _verbs(cells)
        label = f"{cells['function']} {verb}"
        claims |= {
            f"{label} id": cells["function"] + ("Get" if twin else ""),
            f"{label} kind": _KINDS[cells["kind"]],
            f"{label} url": cells["url"].replace(url["version"], "{version}").replace("<shop>", "{shop}"),
            f"{label} documentation": DOCS + cells["page"],
            f"{label} path.shop": "string",
            f"{label} path.shop minLength": "1",
            f"{label} path.shop presence": "required",
            f"{label} 200": f"application/json {cells['output']}",
            f"{label} default": "application/json Error",
        }
        for token in cells["authentication"].split("; "):
            claims[f"{label} takes {token.title().replace(' ', '')}"] = "accepted"
        if verb == "POST":
            claims |= {f"{label} body": f"application/json {cells['input']}", f"{label} body presence": "required"}
    return claims


def _field(cells: Cells) -> Claims:
    where = f"{cells['owner']}.{cells['field']}"
    claims = {where: cells["contract"] or _form(cells), f"{where} presence": _PRESENCE[cells["presence"]]}
    if cells["presence"] == "required if using a shop token":
        claims[f"{where} needed with ShopToken"] = "stated"
    return claims | _limits(where, cells["bound"])


def _form(cells: Cells) -> str:
    array = "array of " if cells["type"].startswith("array of ") else ""
    item = cells["type"].removeprefix(array)
    if item == "monetary":
        item = "MonetaryInput" if "Input" in cells["owner"] else "Monetary"
    nullable = {"yes": " or null", "no": "", "unknown": ""}[cells["nullable"]]
    return array + _TYPES.get(item, item) + nullable


def _error(cells: Cells) -> Claims:
    scope, name = _SCOPES[cells["table"]], class_name(cells["id"])
    body = {"id": cells["id"]}
    if cells["message"]:
        body["message"] = cells["message"]
    example = ANYTHING if cells["message"] == ANYTHING else json.dumps(body, sort_keys=True)
    claims = {
        f"error {name}": f"{cells['id']}, {scope}",
        f"error {name} type": "object",
        f"error {name} requires": "id",
        f"error {name}.id": f'string const "{cells["id"]}"',
        f"error {name}.message": "string",
        f"error {name} example": example,
    }
    for verb in _verbs(cells):
        if verb == "-":  # no function answers it
            continue
        label = f"{cells['function']} {verb} {cells['status']}"
        claims |= {
            label: "application/json errors",
            f"{label} {cells['id']}": scope,
            f"{label} {cells['id']} example": example,
        }
    return claims


def _type(cells: Cells) -> Claims:
    form, _, limits = cells["form"].partition(" with ")
    where = f"schema {cells['name']}"
    return {where: form} | _limits(where, limits)


def _limits(where: str, text: str) -> Claims:
    limits = (limit.partition(" ") for limit in text.split("; ") if limit)
    return {f"{where} {keyword}": value or "stated" for keyword, _, value in limits}


def _name(cells: Cells) -> Claims:
    return {f"{cells['owner']} also has {cells['what']} {cells['name']}": "by name"}


def _convention(cells: Cells) -> Claims:
    return {cells["claim"]: cells["value"]}
