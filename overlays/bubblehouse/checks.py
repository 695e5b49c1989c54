"""What the arguments of a client may be. Each check returns the value to use, or raises a ConfigurationError."""

import base64
import binascii
import ipaddress
import re
from collections.abc import Callable, Mapping
from typing import Final, cast
from urllib.parse import SplitResult, urlsplit

from bubblehouse.errors import ConfigurationError

_LONGEST: Final = 10**9
"""Seconds. Some thirty years; beyond it, operating systems can't wait."""

_HEADER_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_OUR_HEADERS: Final = frozenset(
    {"accept", "accept-encoding", "authorization", "connection", "content-encoding", "content-length", "content-type"}
    | {"host", "keep-alive", "proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade", "user-agent"}
)
"""What the client says itself, or HTTP needs for itself."""


def text(argument: str, value: object) -> str:
    """Check for a string that has something in it, and nothing invisible. The value is never shown.

    Args:
        argument: The argument's name.
        value: What was given.

    Raises:
        ConfigurationError: It is something else.
    """
    if not isinstance(value, str):
        raise ConfigurationError(argument, f"must be a string, not {type(value).__name__}")
    if not value:
        raise ConfigurationError(argument, "must not be empty")
    if not value.isprintable():
        raise ConfigurationError(argument, "must not contain control characters or invisible ones")
    return value


def identifier(argument: str, value: object) -> str:
    """Check a shop's or a customer's id, which become the parts of a token's `sub`: `shop/customer`.

    Args:
        argument: The argument's name.
        value: What was given.

    Raises:
        ConfigurationError: It is no string, is empty, or could make another subject of the one that was meant.
    """
    name = text(argument, value)
    if "/" in name:
        raise ConfigurationError(argument, f"must not contain '/': {name!r} would name somebody else")
    if name != name.strip():
        raise ConfigurationError(argument, f"must not begin or end with a space: {name!r}")
    return name


def segment(argument: str, value: object) -> str:
    """Check an identifier that is a part of a URL's path, too.

    Args:
        argument: The argument's name.
        value: What was given.

    Raises:
        ConfigurationError: It is no identifier, or one that has a meaning of its own in a path.
    """
    name = identifier(argument, value)
    if name in {".", ".."}:
        raise ConfigurationError(argument, f"must be a name, not {name!r}")
    return name


def token(argument: str, value: object) -> str:
    """Check a ready-made token: it has to fit in a header. The value is never shown.

    Args:
        argument: The argument's name.
        value: What was given.

    Raises:
        ConfigurationError: It is no string of visible ASCII.
    """
    given = text(argument, value)
    if not given.isascii() or " " in given:
        raise ConfigurationError(argument, "must be a token alone, without 'Bearer', spaces or line breaks")
    return given


def secret(argument: str, value: object) -> bytes:
    """Decode a key's secret. The value is never shown.

    Args:
        argument: The argument's name.
        value: Base64, as the vendor's console shows it.

    Raises:
        ConfigurationError: It is not base64, or nothing, or a key of another kind: what is public can't sign.
    """
    given = text(argument, value)
    try:
        decoded = base64.b64decode(given.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise ConfigurationError(argument, "must be base64, exactly as the API console shows it") from None
    if not decoded:
        raise ConfigurationError(argument, "must not be empty once decoded")
    if decoded.startswith(b"-----BEGIN"):
        raise ConfigurationError(argument, "is a PEM file in base64, not what the API console shows")
    return decoded


def seconds(argument: str, value: object) -> float:
    """Check a length of time.

    Args:
        argument: The argument's name.
        value: What was given.

    Raises:
        ConfigurationError: It is no number above zero, or more than some thirty years.
    """
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise ConfigurationError(argument, f"must be a number of seconds, not {type(value).__name__}")
    if not 0 < value <= _LONGEST:
        shown = "more" if value > _LONGEST else value
        raise ConfigurationError(
            argument, f"must be a finite number of seconds, above 0 and at most 10**9, not {shown}"
        )
    return float(value)


def flag(argument: str, value: object) -> bool:
    """Check a switch.

    Args:
        argument: The argument's name.
        value: What was given.

    Raises:
        ConfigurationError: It is neither True nor False. A string like "false" would count as true.
    """
    if not isinstance(value, bool):
        raise ConfigurationError(argument, f"must be True or False, not {type(value).__name__}")
    return value


def count(argument: str, value: object) -> int:
    """Check a number of times.

    Args:
        argument: The argument's name.
        value: What was given.

    Raises:
        ConfigurationError: It is no whole number from zero up.
    """
    if not isinstance(value, int) or isinstance(value, bool):
        raise ConfigurationError(argument, f"must be an int, not {type(value).__name__}")
    if value < 0:
        raise ConfigurationError(argument, f"must be 0 or more, not {value}")
    return value


def header_value(argument: str, value: object) -> str:
    """Check what is to stand in a header. The value is never shown.

    Args:
        argument: The argument's name.
        value: What was given.

    Raises:
        ConfigurationError: It is no string of visible ASCII, or one that begins or ends with a space.
    """
    given = text(argument, value)
    if not given.isascii() or given != given.strip():
        raise ConfigurationError(argument, "must be ASCII, without a space at its ends")
    return given


def headers(argument: str, value: object) -> dict[str, str]:
    """Check headers that come on top of the client's own. Their names are returned in lower case.

    Args:
        argument: The argument's name.
        value: What was given.

    Raises:
        ConfigurationError: They are no mapping of names to values, one isn't valid, or is the client's own to set.
    """
    if not isinstance(value, Mapping):
        raise ConfigurationError(argument, f"must be a mapping of names to values, not {type(value).__name__}")
    found: dict[str, str] = {}
    for name, said in cast("Mapping[object, object]", value).items():
        if not isinstance(name, str) or not _HEADER_NAME.fullmatch(name):
            raise ConfigurationError(argument, f"has {name!r}, which is not a header's name")
        if name.lower() in _OUR_HEADERS:
            raise ConfigurationError(argument, f"must not have {name}, which the client sets itself")
        found[name.lower()] = header_value(f"{argument}[{name!r}]", said)
    return found


def function(argument: str, value: object) -> str:
    """Check the name of a function of the API, which is the last part of a URL's path.

    Args:
        argument: The argument's name.
        value: What was given.

    Raises:
        ConfigurationError: It is no name.
    """
    name = text(argument, value)
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name, re.ASCII):
        raise ConfigurationError(argument, f"must be a function's name with its version, like Name1, not {name!r}")
    return name


def base_url(argument: str, value: object, *, allow_http: bool) -> str:
    """Check where the API is: an absolute URL up to the version, without a slash at its end.

    Args:
        argument: The argument's name.
        value: What was given.
        allow_http: Whether tokens may travel in clear text to another host than this one.

    Raises:
        ConfigurationError: It is no such URL, or clear text to another host without leave. A URL that may hold a
            password is not shown.
    """
    given = text(argument, value)
    try:
        parts = urlsplit(given)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ConfigurationError(argument, "is not a URL") from None
    if "@" in parts.netloc:
        raise ConfigurationError(argument, "must not hold a user name or a password")
    if parts.scheme not in {"https", "http"} or not host or not given.isascii() or " " in given or "\\" in given:
        raise ConfigurationError(argument, f"must be an absolute URL like https://host/api, not {given!r}")
    if "?" in given or "#" in given:
        raise ConfigurationError(argument, f"must not have a query or a fragment: {given!r}")
    if parts.scheme == "http" and not allow_http and not is_loopback(host):
        raise ConfigurationError(
            argument,
            f"would send tokens in clear text: use https, or allow_http=True if {host} can be trusted with them",
        )
    last = parts.path.rstrip("/").rpartition("/")[2]
    if re.fullmatch(r"v[0-9]{4,}", last):
        raise ConfigurationError(argument, f"must end before the version, which is api_version: leave out /{last}")
    return SplitResult(parts.scheme, parts.netloc, parts.path.rstrip("/"), "", "").geturl()


def is_async(function: Callable[..., object]) -> bool:
    """Tell whether what a callable returns is to be awaited, as far as can be told without calling it.

    Args:
        function: A function, or an object that can be called.
    """
    from inspect import iscoroutinefunction  # noqa: PLC0415 - slow to import, and few give a callable

    return iscoroutinefunction(function) or iscoroutinefunction(getattr(function, "__call__", None))  # noqa: B004 - not whether it can be called, but how


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address is this machine.

    Args:
        host: As in a URL, without brackets.
    """
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
