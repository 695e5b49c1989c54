"""mistralai, made by Speakeasy: a file's particulars are read."""

from collections.abc import Awaitable, Callable

from mistralai.client import Mistral


def sync(url: str) -> Callable[[], object]:
    """Return the call."""
    files = Mistral(api_key="k" * 200, server_url=url).files
    return lambda: files.retrieve(file_id="file").size_bytes


def asynchronous(url: str) -> Callable[[], Awaitable[object]]:
    """Return the call."""
    files = Mistral(api_key="k" * 200, server_url=url).files

    async def call() -> object:
        return (await files.retrieve_async(file_id="file")).size_bytes

    return call
