"""Wrong arguments are found at construction, and the error names the argument."""

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bubblehouse import checks
from bubblehouse.api import Api
from bubblehouse.config import configure
from bubblehouse.errors import ConfigurationError
from bubblehouse.transport import Response

if TYPE_CHECKING:
    from tests.unit.runtime.conftest import Bench

API = Api(base_url="https://b.test/api", version="v1", versions=("v1",), env_prefix="X")
SECRET = "c2VjcmV0IHNlY3JldCBzZWNyZXQ="


@pytest.mark.parametrize(
    ("argument", "value", "problem"),
    [
        ("shop", "", "must not be empty"),
        ("shop", "my/shop", "must not contain '/'"),
        ("shop", "..", "must be a name"),
        ("shop", "my\nshop", "control characters"),
        ("shop", " my-shop", "begin or end with a space"),
        ("shop", 7, "must be a string, not int"),
        ("key_id", "", "must not be empty"),
        ("key_id", None, "give key_id and secret, or a token"),
        ("secret", None, "give key_id and secret, or a token"),
        ("secret", "not base64", "must be base64"),
        ("customer", "", "must not be empty"),
        ("customer", "1/2", "must not contain '/'"),
        ("base_url", "", "must not be empty"),
        ("base_url", "app.example.test/api", "absolute URL"),
        ("base_url", "ftp://app.example.test/api", "absolute URL"),
        ("base_url", "https:///api", "absolute URL"),
        ("base_url", "https://bücher.test/api", "absolute URL"),
        ("base_url", "https://a.test\\@b.test/api", "must not hold a user name"),
        ("base_url", "https://a.test/a b", "absolute URL"),
        ("base_url", "https://a.test:port/api", "is not a URL"),
        ("base_url", "https://[::1/api", "is not a URL"),
        ("base_url", "https://user:hunter2@a.test/api", "must not hold a user name"),
        ("base_url", "https://a.test/api?x=1", "query or a fragment"),
        ("base_url", "https://a.test/api#x", "query or a fragment"),
        ("base_url", "http://a.test/api", "clear text"),
        ("base_url", "http://127.0.0.1.a.test/api", "clear text"),
        ("base_url", "http://localhost.a.test/api", "clear text"),
        ("base_url", "http://10.0.0.1/api", "clear text"),
        ("api_version", "", "must not be empty"),
        ("api_version", "latest", "must look like v2023061"),
        ("api_version", "v1/..", "must look like v2023061"),
        ("api_version", "v\u0661", "must look like v2023061"),
        ("timeout", 0, "above 0"),
        ("timeout", -1, "above 0"),
        ("timeout", float("nan"), "finite"),
        ("timeout", float("inf"), "finite"),
        ("timeout", 10**400, "at most"),
        ("timeout", 1e10, "at most"),
        ("token_ttl", 10**400, "at most"),
        ("allow_http", "false", "must be True or False, not str"),
        ("allow_http", None, "must be True or False"),
        ("base_url", "https://a.test/api/v2023061/", "leave out /v2023061"),
        ("key_id", " key-1", "space"),
        ("timeout", "30", "not str"),
        ("timeout", True, "not bool"),
        ("timeout", None, "not NoneType"),
        ("max_retries", -1, "0 or more"),
        ("max_retries", 1.5, "must be an int"),
        ("max_retries", True, "must be an int"),
        ("token_ttl", -300, "above 0"),
        ("token_ttl", 0, "above 0"),
        ("transport", object(), "which this client needs"),
    ],
)
def test_a_wrong_argument_is_named(bench: "Bench", argument: str, value: Any, problem: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        bench.client(**{argument: value})
    assert caught.value.argument == argument
    assert problem in caught.value.problem
    assert str(caught.value) == f"{argument}: {caught.value.problem}"
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("other", ["key_id", "secret", "customer"])
def test_a_ready_made_token_goes_alone(bench: "Bench", other: str) -> None:
    options: dict[str, Any] = {other: "eA=="}
    with pytest.raises(ConfigurationError, match=f"^{other}: does not go with token"):
        bench.client(token="a.b.c", **options)


def test_a_transport_of_the_other_kind_is_refused(bench: "Bench") -> None:
    other = type(bench)(not bench.is_async, bench.clock).script()
    with pytest.raises(ConfigurationError, match=r"^transport: "):
        bench.client(other)


@pytest.mark.parametrize(
    ("options", "url"),
    [
        ({}, "https://api.example.test/api/v2023061/my-shop/CustomerBalance3"),
        ({"api_version": "v20230601"}, "https://api.example.test/api/v20230601/my-shop/CustomerBalance3"),
        ({"api_version": "v2031010"}, "https://api.example.test/api/v2031010/my-shop/CustomerBalance3"),
        ({"base_url": "https://eu.example.test/x/"}, "https://eu.example.test/x/v2023061/my-shop/CustomerBalance3"),
        ({"base_url": "http://localhost:80/api"}, "http://localhost:80/api/v2023061/my-shop/CustomerBalance3"),
        ({"base_url": "http://127.5.5.5/api"}, "http://127.5.5.5/api/v2023061/my-shop/CustomerBalance3"),
        ({"base_url": "http://[::1]:8/api"}, "http://[::1]:8/api/v2023061/my-shop/CustomerBalance3"),
        (
            {"base_url": "http://mock.test/api", "allow_http": True},
            "http://mock.test/api/v2023061/my-shop/CustomerBalance3",
        ),
        ({"shop": "a?b#c%2F é"}, "https://api.example.test/api/v2023061/a%3Fb%23c%252F%20%C3%A9/CustomerBalance3"),
    ],
)
def test_where_calls_go(bench: "Bench", options: dict[str, Any], url: str) -> None:
    script = bench.script(Response(200, (), b'{"code": "x", "pts": 1}'))
    bench.call(bench.client(script, **options))
    assert script.requests[0].url == url


@given(st.text(max_size=30))
def test_a_shop_that_is_accepted_stays_one_segment_of_the_path(shop: str) -> None:
    try:
        checks.segment("shop", shop)
    except ConfigurationError:
        return
    config = configure(
        API,
        shop=shop,
        base_url="https://a.test/api",
        api_version="v1",
        timeout=1,
        max_retries=0,
        user_agent=None,
        headers={},
        log_bodies=False,
        allow_http=False,
    )
    parts = urlsplit(f"{config.root}/Call1")
    assert (parts.query, parts.fragment) == ("", "")
    segments = parts.path.split("/")
    assert [unquote(segment) for segment in segments] == ["", "api", "v1", shop, "Call1"]


# --- environment --------------------------------------------------------------------------------------------------


def test_everything_can_come_from_the_environment(bench: "Bench") -> None:
    script = bench.script(Response(200, (), b'{"code": "x", "pts": 1}'))
    kind: Any = type(bench.client())
    client = kind.from_env(
        transport=script,
        timing=bench.clock.timing,
        environ={
            "EXAMPLE_SHOP": "other-shop",
            "EXAMPLE_USER_AGENT": "my-shop/1.0",
            "EXAMPLE_RATE_LIMITS": "true",
            "EXAMPLE_LOG_BODIES": "false",
            "EXAMPLE_TOKEN": "a.b.c",
            "EXAMPLE_SECRET": "",
            "EXAMPLE_BASE_URL": "http://mock.test/api",
            "EXAMPLE_ALLOW_HTTP": "True",
            "EXAMPLE_API_VERSION": "v20230601",
            "EXAMPLE_TIMEOUT": "12.5",
            "EXAMPLE_MAX_RETRIES": "0",
            "EXAMPLE_TOKEN_TTL": "60",
        },
    )
    bench.call(client)
    assert script.requests[0].url == "http://mock.test/api/v20230601/other-shop/CustomerBalance3"
    assert ("Authorization", "Bearer a.b.c") in script.requests[0].headers
    assert dict(script.requests[0].headers)["User-Agent"].startswith("my-shop/1.0 example/1 Python/3.")
    assert script.timeouts == [12.5]


def test_the_environment_of_the_process_is_used(bench: "Bench", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXAMPLE_SHOP", "env-shop")
    monkeypatch.setenv("EXAMPLE_KEY_ID", "k")
    monkeypatch.setenv("EXAMPLE_SECRET", SECRET)
    assert "env-shop" in repr(type(bench.client()).from_env())


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({}, "EXAMPLE_SHOP: is not set"),
        ({"EXAMPLE_SHOP": "s"}, "EXAMPLE_KEY_ID: is missing"),
        ({"EXAMPLE_SHOP": "s", "EXAMPLE_KEY_ID": "k", "EXAMPLE_SECRET": "no!"}, "EXAMPLE_SECRET: must be base64"),
        ({"EXAMPLE_SHOP": "s", "EXAMPLE_TOKEN": "t", "EXAMPLE_TIMEOUT": "soon"}, "EXAMPLE_TIMEOUT: must be a number"),
        ({"EXAMPLE_SHOP": "s", "EXAMPLE_TOKEN": "t", "EXAMPLE_TIMEOUT": "inf"}, "EXAMPLE_TIMEOUT: must be a finite"),
        (
            {"EXAMPLE_SHOP": "s", "EXAMPLE_TOKEN": "t", "EXAMPLE_MAX_RETRIES": "1.5"},
            "EXAMPLE_MAX_RETRIES: must be a whole",
        ),
        (
            {"EXAMPLE_SHOP": "s", "EXAMPLE_TOKEN": "t", "EXAMPLE_ALLOW_HTTP": "maybe"},
            "EXAMPLE_ALLOW_HTTP: must be true or",
        ),
    ],
)
def test_a_wrong_variable_is_named(bench: "Bench", variables: dict[str, str], named: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        type(bench.client()).from_env(environ=variables)
    assert str(caught.value).startswith(named)
