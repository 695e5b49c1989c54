"""Where a call is found, and where it isn't: versions, shops and names as they may stand in a URL. Data only."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tests.contract.proof.contract import Operation
from tests.contract.proof.wire import Wire

_FOUND: Final = (200, "")
_NO_VERSION: Final = (400, "invalid_global_api_version")
_NO_SHOP: Final = (401, "invalid_token")
_NO_FUNCTION: Final = (404, "unknown_function")


@dataclass(frozen=True, slots=True)
class Place:
    """A URL in place of a call's own.

    Attributes:
        name: What is different.
        url: Makes it.
        error: What comes of it: status and error id.
    """

    name: str
    url: Callable[[Wire, Operation], str]
    error: tuple[int, str]

    def __str__(self) -> str:
        return self.name


def _version(name: str, change: Callable[[str], str], error: tuple[int, str] = _NO_VERSION) -> Place:
    return Place(name, lambda wire, it: wire.url(it.function, version=change(wire.contract.version)), error)


def _shop(name: str, change: Callable[[str], str], error: tuple[int, str] = _NO_SHOP) -> Place:
    return Place(name, lambda wire, it: wire.url(it.function, shop=change(wire.target.shop)), error)


def _function(name: str, change: Callable[[str], str], error: tuple[int, str] = _NO_FUNCTION) -> Place:
    return Place(name, lambda wire, it: wire.url(change(it.function)), error)


PLACES: Final = (
    _version("the other version", lambda _: "v20230601", _FOUND),
    _version("a version of nobody", lambda _: "v1"),
    _version("a name in place of a version", lambda _: "latest"),
    _version("the version in upper case", str.upper),
    _version("the version without its letter", lambda it: it[1:]),
    _version("a longer version", lambda it: f"{it}1"),
    _version("an obsolete version", lambda _: "v20220101", (400, "obsolete_global_api_version")),
    _version("a version that is not enabled", lambda _: "v20300101", (400, "inaccessible_global_api_version")),
    _shop("another shop", lambda it: f"not-{it}"),
    _shop("the shop in upper case", str.upper),
    _shop("a longer shop", lambda it: f"{it}2"),
    _shop("the shop with a space", lambda it: f"{it}%20"),
    _shop("a customer of the shop, by an encoded slash", lambda it: f"{it}%2F1001"),
    _shop("a shop spelled in percents", lambda it: "".join(f"%{ord(letter):02X}" for letter in it), _FOUND),
    _shop("a customer of the shop", lambda it: f"{it}/1001", _NO_FUNCTION),
    _function("the name spelled in percents", lambda it: f"%{ord(it[0]):02x}{it[1:]}", _FOUND),
    _function("a slash behind", lambda it: f"{it}/"),
    _function("more behind", lambda it: f"{it}/x"),
    _function("a second slash before", lambda it: f"/{it}"),
    _function("lower case", str.lower),
    _function("upper case", str.upper),
    _function("another number", lambda it: f"{it[:-1]}9"),
    _function("no number", lambda it: it[:-1]),
    _function("a number behind the number", lambda it: f"{it}0"),
    _function("a NUL behind", lambda it: f"{it}%00"),
    _function("an encoded slash behind", lambda it: f"{it}%2F"),
    _function("an extension", lambda it: f"{it}.json"),
    _function("parameters of the path", lambda it: f"{it}%3Bv=1"),
)
