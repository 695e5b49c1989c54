"""What a client is set up with, checked once: the API's constants from generated code, and the user's arguments."""

import re
from dataclasses import dataclass
from urllib.parse import quote

from bubblehouse import checks
from bubblehouse.errors import ConfigurationError


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """The constants of one API, given by its generated client.

    Attributes:
        base_url: Where it is, up to the global version.
        version: The global version that is called unless told otherwise.
        versions: Every global version that the contract knows.
        env_prefix: What the names of its environment variables begin with, without the underscore.
        user_agent: What calls say they come from.
    """

    base_url: str
    version: str
    versions: tuple[str, ...]
    env_prefix: str
    user_agent: str = "bubblehouse-python"


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """A client's checked settings. Nothing in it is secret.

    Attributes:
        shop: The shop's slug.
        base_url: Where the API is, up to the global version.
        api_version: The global version.
        timeout: Seconds for a whole call.
        max_retries: How often a call may be sent again.
        user_agent: What calls say they come from.
    """

    shop: str
    base_url: str
    api_version: str
    timeout: float
    max_retries: int
    user_agent: str

    def url(self, function: str) -> str:
        """Return the address of a function.

        Args:
            function: Its name with its version.
        """
        return f"{self.base_url}/{self.api_version}/{quote(self.shop, safe='')}/{function}"


def configure(
    api: Api,
    *,
    shop: str,
    base_url: str | None,
    api_version: str | None,
    timeout: float,
    max_retries: int,
    allow_http: bool,
) -> Config:
    """Check a client's arguments.

    Raises:
        ConfigurationError: One of them is wrong.
    """
    return Config(
        shop=checks.segment("shop", shop),
        base_url=checks.base_url(
            "base_url", api.base_url if base_url is None else base_url, allow_http=checks.flag("allow_http", allow_http)
        ),
        api_version=_version(api, api.version if api_version is None else api_version),
        timeout=checks.seconds("timeout", timeout),
        max_retries=checks.count("max_retries", max_retries),
        user_agent=api.user_agent,
    )


def _version(api: Api, value: str) -> str:
    # A version that the contract doesn't know may be newer than this package, and is the server's to judge. What
    # doesn't look like one is a slip.
    version = checks.text("api_version", value)
    if version not in api.versions and not re.fullmatch(r"v[0-9]+", version, re.ASCII):
        raise ConfigurationError("api_version", f"must look like {api.version}, not {version!r}")
    return version
