"""githubkit: a label is made. Its HTTP cache is off; one connection pool is kept, which takes a `with` block."""

from collections.abc import Awaitable, Callable

from githubkit import GitHub


def _github(url: str) -> GitHub[object]:
    return GitHub("k" * 200, base_url=url, http_cache=False)


def sync(url: str) -> Callable[[], object]:
    """Return the call."""
    github = _github(url)
    github.__enter__()
    return lambda: github.rest.issues.create_label("shop", "demo", name="bug").parsed_data.id


def asynchronous(url: str) -> Callable[[], Awaitable[object]]:
    """Return the call."""
    github = _github(url)
    entered = False

    async def call() -> object:
        nonlocal entered
        if not entered:
            entered = True
            await github.__aenter__()
        return (await github.rest.issues.async_create_label("shop", "demo", name="bug")).parsed_data.id

    return call
