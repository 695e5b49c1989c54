"""What a client is set up with, checked once."""

import re
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, NamedTuple, TypedDict
from urllib.parse import quote

from bubblehouse import checks
from bubblehouse.api import Api
from bubblehouse.errors import ConfigurationError

if TYPE_CHECKING:
    from bubblehouse.dialect import Dialect


class CallOptions(TypedDict, total=False):
    """What a call, or a client made by `with_options`, may do in its own way.

    Attributes:
        timeout: Seconds for the whole call, above 0: token, attempts, waiting and reading.
        max_retries: How often the call may be sent again, from 0 up.
        headers: Headers to send, by name. They come on top of those that the client has.
    """

    timeout: float
    max_retries: int
    headers: Mapping[str, str]


NO_OPTIONS: Final[CallOptions] = {}


class Config(NamedTuple):
    """A client's checked settings. Nothing in it is secret.

    Attributes:
        shop: The shop's slug.
        base_url: Where the API is, up to the global version.
        root: Where its functions are: base URL, global version and shop.
        timeout: Seconds for a whole call.
        max_retries: How often a call may be sent again.
        headers: What is sent with every request, beside the token. A value may be a gateway's key, so they are in no
            repr.
        log_bodies: Whether bodies are logged.
        dialect: How the global version differs from what generated code says, or None where it doesn't.
    """

    shop: str
    base_url: str
    root: str
    timeout: float
    max_retries: int
    headers: Mapping[str, str]
    log_bodies: bool
    dialect: "Dialect | None"

    def __repr__(self) -> str:
        return f"Config(shop={self.shop!r}, root={self.root!r}, …)"

    def changed(self, options: CallOptions) -> "Config":
        """Return these settings with a call's options in place.

        Args:
            options: The options, each checked here.

        Raises:
            ConfigurationError: One of them is wrong.
            TypeError: There is no such option.
        """
        if unknown := options.keys() - CallOptions.__annotations__.keys():
            raise TypeError(
                f"unexpected keyword argument {min(unknown)!r}; the options of a call are "
                f"{', '.join(CallOptions.__annotations__)}"
            )
        return self._replace(
            timeout=checks.seconds("timeout", options.get("timeout", self.timeout)),
            max_retries=checks.count("max_retries", options.get("max_retries", self.max_retries)),
            headers={**self.headers, **checks.headers("headers", options.get("headers", {}))},
        )


def configure(
    api: Api,
    *,
    shop: str,
    base_url: str | None,
    api_version: str | None,
    timeout: float,
    max_retries: int,
    user_agent: str | None,
    headers: Mapping[str, str],
    log_bodies: bool,
    allow_http: bool,
) -> Config:
    """Check a client's arguments.

    Raises:
        ConfigurationError: One of them is wrong.
    """
    slug = checks.segment("shop", shop)
    base = checks.base_url(
        "base_url", api.base_url if base_url is None else base_url, allow_http=checks.flag("allow_http", allow_http)
    )
    version = _version(api, api.version if api_version is None else api_version)
    return Config(
        shop=slug,
        base_url=base,
        root=f"{base}/{version}/{quote(slug, safe='')}",
        timeout=checks.seconds("timeout", timeout),
        max_retries=checks.count("max_retries", max_retries),
        headers={
            "Content-Type": "application/json",
            "Accept": "application/json",
            "User-Agent": _user_agent(api, user_agent),
            **checks.headers("headers", headers),
        },
        log_bodies=checks.flag("log_bodies", log_bodies),
        dialect=api.dialect(version),
    )


def _version(api: Api, value: str) -> str:
    # A version that the contract doesn't know may be newer than this package, and is the server's to judge. What
    # doesn't look like one is a slip.
    version = checks.text("api_version", value)
    if version not in api.versions and not re.fullmatch(r"v[0-9]+", version, re.ASCII):
        raise ConfigurationError("api_version", f"must look like {api.version}, not {version!r}")
    return version


def _user_agent(api: Api, given: str | None) -> str:
    ours = f"{api.user_agent} Python/{sys.version_info.major}.{sys.version_info.minor}"
    return ours if given is None else f"{checks.header_value('user_agent', given)} {ours}"
