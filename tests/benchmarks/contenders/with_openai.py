"""openai: its own way to call what it has no method for."""

from collections.abc import Awaitable, Callable

from openai import AsyncOpenAI, OpenAI

_INPUT = {"customer": {"shopid": "1001"}}


def sync(url: str) -> Callable[[], object]:
    """Return the call."""
    client = OpenAI(api_key="k" * 200, base_url=url)
    return lambda: client.post("/CustomerBalance3", body=_INPUT, cast_to=dict[str, object])["pts_available"]


def asynchronous(url: str) -> Callable[[], Awaitable[object]]:
    """Return the call."""
    client = AsyncOpenAI(api_key="k" * 200, base_url=url)

    async def call() -> object:
        return (await client.post("/CustomerBalance3", body=_INPUT, cast_to=dict[str, object]))["pts_available"]

    return call
