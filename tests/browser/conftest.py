"""Debian's Chromium, and a tab in it that must do nothing behind the test's back."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright
from tests.mounted import serving

from bubblehouse_mock.clock import Clock, FrozenClock
from bubblehouse_mock.mock import BubblehouseMock
from bubblehouse_mock.serving import server
from bubblehouse_mock.serving.asgi import App

_OPTIONS = (
    "--no-sandbox",  # its own needs rights that root in a container hasn't
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_TELL_VIOLATIONS = """
  document.addEventListener("securitypolicyviolation", (event) => console.error("policy", event.violatedDirective));
"""

expect.set_options(timeout=5_000)  # of milliseconds, on a slow machine


class Watch:
    """What goes on in a tab beside what a test looks at."""

    def __init__(self, tab: Page, allowed: str) -> None:
        self.tab = tab
        self.allowed = {allowed}
        self.problems: list[str] = []
        self.origins: set[str] = set()
        self.expected: list[str] = ["/api/"]  # Chromium's console tells each call that the API refused

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Listen while the context lasts, and leave the page at its end."""
        listeners: dict[Any, Callable[[Any], None]] = {
            "console": self._listen,
            "pageerror": lambda error: self.problems.append(str(error)),
            "request": self._note,
            "dialog": lambda dialog: self.problems.append(dialog.message),
        }
        for event, listener in listeners.items():
            self.tab.on(event, listener)
        yield
        self.tab.goto("about:blank")
        for event, listener in listeners.items():
            self.tab.remove_listener(event, listener)

    def _listen(self, message: ConsoleMessage) -> None:
        place = message.location["url"]
        if message.type in {"error", "warning"} and not any(part in place + message.text for part in self.expected):
            self.problems.append(f"{message.text} ({place})")

    def _note(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob"}:
            self.origins.add(f"{parts.scheme}://{parts.netloc}")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for a module, not for all: while Playwright runs, no other test could run an event loop of its own."""
    program = shutil.which("chromium")
    if program is None:
        if "CI" in os.environ:
            pytest.fail("there is no chromium; apt install chromium")
        pytest.skip("there is no chromium; apt install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=_OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def clock() -> Clock:
    """Noon in May."""
    return FrozenClock(datetime(2026, 5, 20, 12, tzinfo=UTC))


@pytest.fixture
def mock(clock: Clock) -> BubblehouseMock:
    """A fresh demo shop."""
    return BubblehouseMock(clock=clock, strict=True)


@pytest.fixture
def home(mock: BubblehouseMock) -> Iterator[str]:
    """Where the page of the demo shop is."""
    with server.running(mock) as base_url:
        yield base_url.removesuffix("api")


@pytest.fixture(scope="module")
def window(browser: Browser) -> Iterator[Page]:
    """The one tab of a module: for each, Chromium starts a process, which takes it longer than to show the page."""
    with browser.new_context(permissions=["clipboard-read", "clipboard-write"]) as context:
        window = context.new_page()
        window.add_init_script(_TELL_VIOLATIONS)
        yield window


@pytest.fixture
def watch(window: Page, home: str) -> Iterator[Watch]:
    """An empty tab, with nothing of an earlier one: each shop has an origin of its own.

    It may only talk to the shop, and nothing may go wrong in it.
    """
    window.set_viewport_size({"width": 1280, "height": 720})
    watch = Watch(window, home.removesuffix("/"))
    with watch.watching():
        yield watch
    assert watch.problems == []
    assert watch.origins <= watch.allowed
    assert window.context.cookies() == []


@pytest.fixture
def tab(watch: Watch) -> Page:
    """The tab itself."""
    return watch.tab


@pytest.fixture
def show(tab: Page, home: str) -> Callable[[str], None]:
    """Open a part of the page: `show("customers")`."""

    def show(part: str) -> None:
        tab.goto(f"{home}#{part}")
        expect(tab.locator("main")).to_have_attribute("data-shown", f"#{part}")

    return show


@pytest.fixture
def serve_app() -> Iterator[Callable[[App], str]]:
    """Serve an ASGI application at a port of its own, and return its origin."""
    with ExitStack() as stack:
        yield lambda app: stack.enter_context(serving(app))
