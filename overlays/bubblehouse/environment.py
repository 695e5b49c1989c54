"""A client's arguments from environment variables."""

from collections.abc import Callable, Mapping
from typing import Final

from bubblehouse.errors import ConfigurationError


def _boolean(text: str) -> bool:
    return {"true": True, "1": True, "false": False, "0": False}[text.lower()]


_PARSERS: Final[Mapping[str, tuple[Callable[[str], object], str]]] = {
    "shop": (str, "text"),
    "key_id": (str, "text"),
    "secret": (str, "text"),
    "token": (str, "text"),
    "customer": (str, "text"),
    "base_url": (str, "text"),
    "api_version": (str, "text"),
    "timeout": (float, "a number of seconds"),
    "max_retries": (int, "a whole number"),
    "token_ttl": (float, "a number of seconds"),
    "rate_limits": (_boolean, "true or false"),
    "user_agent": (str, "text"),
    "log_bodies": (_boolean, "true or false"),
    "allow_http": (_boolean, "true or false"),
}


def arguments(prefix: str, environ: Mapping[str, str]) -> dict[str, object]:
    """Return the arguments that the variables give. One that is empty counts as not set.

    Args:
        prefix: What the variables' names begin with, without the underscore.
        environ: The variables.

    Raises:
        ConfigurationError: A variable is no number where one belongs, or the shop isn't set.
    """
    found: dict[str, object] = {}
    for argument, (parse, noun) in _PARSERS.items():
        given = environ.get(variable(prefix, argument))
        if not given:
            continue
        try:
            found[argument] = parse(given)
        except (ValueError, KeyError):
            raise ConfigurationError(argument, f"must be {noun}, not {given!r}") from None
    if "shop" not in found:
        raise ConfigurationError("shop", "is not set")
    return found


def variable(prefix: str, argument: str) -> str:
    """Name the variable of an argument.

    Args:
        prefix: What the variables' names begin with, without the underscore.
        argument: The argument.
    """
    return f"{prefix}_{argument.upper()}"
