"""A function that the vendor has replaced: checkers mark each call, the first one warns, the docstring says so."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

TOLD = "EchoNote1 is deprecated; call use_achievement_discount_1 in its place: https://docs.example/EchoNote1"

CODE = """\
from bubblehouse_loyalty import AsyncLoyaltyClient, LoyaltyClient

def old(loyalty: LoyaltyClient) -> str:
    return loyalty.echo_note_1(note="hello").author.name  # deprecated

async def old_in_asyncio(loyalty: AsyncLoyaltyClient) -> str:
    return (await loyalty.echo_note_1(note="hello")).author.name  # deprecated

def new(loyalty: LoyaltyClient) -> str:
    return loyalty.use_achievement_discount_1(achievement_bhid="x").code

def wrong(loyalty: LoyaltyClient) -> str:
    return loyalty.echo_note_1(note=5).nothing  # deprecated and wrong
"""

CALLS = """\
import asyncio
import inspect
import threading
import warnings
from bubblehouse.transport import Response
from bubblehouse_loyalty import AsyncLoyaltyClient, LoyaltyClient

class Transport:
    def send(self, request, *, timeout):
        return Response(200, (), b'{"notes": [], "price": "1.000000", "author": {"name": "Ada"}}')
    def close(self): ...

class AsyncTransport(Transport):
    async def send(self, request, *, timeout):
        return super().send(request, timeout=timeout)
    async def aclose(self): ...

loyalty = LoyaltyClient(shop="my-shop", token="a.b.c", transport=Transport())
asynchronous = AsyncLoyaltyClient(shop="my-shop", token="a.b.c", transport=AsyncTransport())

def blocking():
    for _ in range(3):
        assert loyalty.echo_note_1(note="hello").author.name == "Ada"  # BLOCKING

async def in_asyncio():
    for _ in range(3):
        call = asynchronous.echo_note_1(note="hello")  # ASYNC
        told = len(caught)
        assert (await call).author.name == "Ada"
        assert len(caught) == told  # the call warned, if anything did

def threads():
    several = [threading.Thread(target=loyalty.echo_note_1, kwargs={"note": "hello"}) for _ in range(16)]
    for thread in several: thread.start()
    for thread in several: thread.join()

assert inspect.signature(LoyaltyClient.echo_note_1).parameters["note"].kind is inspect.Parameter.KEYWORD_ONLY
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    try:
        loyalty.use_achievement_discount_1(achievement_bhid="x")  # another function
    except Exception as error:
        assert "code" in str(error), error
    assert caught == []
    RUN
for it in caught:
    print(it.category.__name__, it.filename == __file__, it.lineno, it.message)
"""


@pytest.fixture(scope="module")
def package(
    tmp_path_factory: pytest.TempPathFactory, small_contract: Mapping[str, Any], generate_small: Callable[..., int]
) -> Path:
    """A folder with a client, one of whose two functions is deprecated."""
    folder = tmp_path_factory.mktemp("deprecated")
    document = json.loads(json.dumps(small_contract))
    document["paths"]["/{shop}/EchoNote1"]["post"] |= {
        "deprecated": True,
        "x-bubblehouse-successor": "UseAchievementDiscount1",
    }
    assert generate_small(document, folder) == 0
    return folder / "out"


def run(package: Path, *arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    """Run Python with the generated package before the committed one."""
    return subprocess.run(
        [sys.executable, *arguments],
        env={"PYTHONPATH": str(package)},
        cwd=package,
        capture_output=True,
        text=True,
        check=False,
    )


def marked(code: str, mark: str) -> set[int]:
    return {number for number, line in enumerate(code.splitlines(), 1) if mark in line}


def test_mypy_reports_each_call(package: Path) -> None:
    (package / "code.py").write_text(CODE)
    options = ["--strict", "--no-incremental", "--config-file=", "--output=json", "--enable-error-code=deprecated"]
    done = run(package, "-m", "mypy", *options, "code.py")
    reports = [json.loads(line) for line in done.stdout.splitlines()]
    found = {it["line"] for it in reports if it["code"] == "deprecated" and TOLD in it["message"]}
    assert found == marked(CODE, "# deprecated"), done.stdout
    assert {it["line"] for it in reports if it["code"] != "deprecated"} == marked(CODE, "and wrong"), done.stdout


def test_pyright_reports_each_call(package: Path) -> None:
    (package / "code.py").write_text(CODE)
    (package / "pyrightconfig.json").write_text(
        json.dumps({"include": ["code.py"], "extraPaths": ["."], "strict": ["code.py"], "reportDeprecated": "warning"})
    )
    done = run(package, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable)
    reports = json.loads(done.stdout)["generalDiagnostics"]
    found = {it["range"]["start"]["line"] + 1 for it in reports if TOLD in it["message"]}
    assert found == marked(CODE, "# deprecated"), done.stdout
    others = {it["range"]["start"]["line"] + 1 for it in reports if TOLD not in it["message"]}
    assert others == marked(CODE, "and wrong"), done.stdout


@pytest.mark.parametrize(
    ("calls", "place"),
    [
        ("blocking()", "# BLOCKING"),
        ("asyncio.run(in_asyncio())", "# ASYNC"),
        ("blocking(); asyncio.run(in_asyncio())", "# BLOCKING"),  # one function, one warning
    ],
)
def test_the_first_call_of_the_process_warns_where_it_stands(package: Path, calls: str, place: str) -> None:
    program = CALLS.replace("RUN", calls)
    (package / "calls.py").write_text(program)
    done = run(package, "calls.py")
    (line,) = marked(program, place)
    assert done.stdout.splitlines() == [f"DeprecationWarning True {line} {TOLD}"], done.stderr


def test_many_threads_are_told_once(package: Path) -> None:
    (package / "calls.py").write_text(CALLS.replace("RUN", "threads()"))
    done = run(package, "calls.py")
    assert [line.partition(" ")[0] for line in done.stdout.splitlines()] == ["DeprecationWarning"], done.stderr


@pytest.mark.parametrize("cls", ["LoyaltyClient", "AsyncLoyaltyClient"])
def test_the_docstring_says_so(package: Path, cls: str) -> None:
    program = f"from bubblehouse_loyalty import {cls} as C; print(C.echo_note_1.__doc__)"
    paragraphs = run(package, "-c", program).stdout.split("\n\n")
    assert paragraphs[0].strip() == "Say a note back."
    assert " ".join(paragraphs[1].split()) == TOLD


def test_nothing_of_it_is_in_a_client_that_needs_none() -> None:
    code = (
        "import sys; from bubblehouse_loyalty import LoyaltyClient, AsyncLoyaltyClient;"
        "print('bubblehouse.deprecation' in sys.modules, 'typing_extensions' in sys.modules)"
    )
    assert run(Path.cwd(), "-c", code).stdout.split() == ["False", "False"]
