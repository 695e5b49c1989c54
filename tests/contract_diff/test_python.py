"""What callers can import: a change of it is told, with whether it breaks them, and what they can't see is not."""

import json
import shutil
from pathlib import Path
from typing import Any, Final, NamedTuple, cast

import pytest
import yaml
from tests.contract_diff.pairs import ROOT
from tests.contract_diff.repository import METHOD, Repository

from bubblehouse_diff.cli import main
from bubblehouse_diff.failure import DiffError
from bubblehouse_diff.python_changes import compare_surfaces
from bubblehouse_diff.python_surface import PACKAGES, read_surface

ERRORS: Final = "generated/bubblehouse_loyalty/errors.py"
PACKAGE: Final = "generated/bubblehouse_loyalty/__init__.py"
BASE: Final = "overlays/bubblehouse/base.py"
CLIENT: Final = "overlays/bubblehouse/client.py"
FOLDERS: Final = {
    name: next(path for path in (ROOT / "overlays" / name, ROOT / "generated" / name) if path.is_dir())
    for name in PACKAGES
}
BEFORE: Final = read_surface(FOLDERS)


class Edit(NamedTuple):
    """One change of a file."""

    file: str
    old: str
    new: str
    what: str = ""
    breaking: bool = False


ROWS: Final = [
    Edit(**row)
    for row in cast(
        "list[dict[str, Any]]", yaml.safe_load(Path(__file__).with_name("python.yaml").read_text(encoding="utf-8"))
    )
]


def _told(place: Path, *edits: Edit) -> dict[str, bool]:
    """Return what is said of edits, and whether that breaks callers."""
    folders = dict(FOLDERS)
    for edit in edits:
        top, package, *rest = edit.file.split("/")
        if folders[package] == ROOT / top / package:
            folders[package] = place / package
            shutil.copytree(ROOT / top / package, place / package, ignore=shutil.ignore_patterns("__pycache__"))
        path = folders[package].joinpath(*rest)
        text = path.read_text(encoding="utf-8")
        assert edit.old in text
        path.write_text(text.replace(edit.old, edit.new, 1), encoding="utf-8")
    return {change.what: change.breaking for change in compare_surfaces(BEFORE, read_surface(folders), {})}


def test_there_is_something_in_each_package() -> None:
    modules = {module.partition(".")[0] for exported in BEFORE.values() for module in exported.modules}
    assert modules == set(PACKAGES)
    assert {
        "LoyaltyClient",
        "InsufficientPointsError",
        "UNSET",
        "bubblehouse.transport.Httpx2Transport",
    } <= BEFORE.keys()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.what)
def test_a_change_is_told(row: Edit, tmp_path: Path) -> None:
    assert _told(tmp_path, row).get(row.what) is row.breaking


def test_what_is_given_to_a_constructor_is_told_once(tmp_path: Path) -> None:
    identity = "generated/bubblehouse_loyalty/models/customer_identity_1.py"
    assert _told(
        tmp_path,
        Edit(identity, "    email: str | Unset\n", "    phone: str | Unset\n"),
        Edit(identity, "        email: str | Unset = UNSET,", "        phone: str | Unset = UNSET,"),
        Edit(identity, "        self.email = email\n", "        self.phone = phone\n"),
    ) == {
        "keyword `email` of `CustomerIdentity1` removed": True,
        "keyword `phone` on `CustomerIdentity1` added": False,
    }


def test_a_name_that_one_of_two_modules_gives_up(tmp_path: Path) -> None:
    assert _told(
        tmp_path,
        Edit("overlays/bubblehouse/__init__.py", '    "RateLimit",\n', ""),
        Edit(PACKAGE, '    "CallOptions",\n', ""),
        Edit("overlays/bubblehouse_mock/__init__.py", ', "running"]', "]"),
    ) == {
        "`RateLimit` can no longer be imported from `bubblehouse`": True,
        "class `CallOptions` removed": True,
        "class `bubblehouse.CallOptions` added": False,
        "function `bubblehouse_mock.running` removed": True,
    }


def test_an_asynchronous_twin_is_named_where_it_differs(tmp_path: Path) -> None:
    httpx = "overlays/bubblehouse/transport/_httpx.py"
    assert _told(
        tmp_path,
        Edit(BASE, "timeout: float = 30.0", "timeout: float = 30.0, dry_run: bool = False"),
        Edit(BASE, "def for_customer(self", "def of_customer(self"),
        Edit(CLIENT, "async def aclose(self)", "async def aclose(self, *, wait: bool)"),
        *(Edit(METHOD, ") -> Unredeem1Output:", ") -> JsonObject:") for _ in range(2)),
        Edit(httpx, "(_Transport[AsyncHttpxClient]):", "(_Transport[AsyncHttpxClient], ValueError):"),
    ) == {
        "keyword `dry_run` on `LoyaltyClient` added": False,
        "method `for_customer` of `LoyaltyClient` removed": True,
        "method `of_customer` of `LoyaltyClient` added": False,
        "required keyword `wait` on `AsyncLoyaltyClient.aclose` added": True,
        "`unredeem_1` returns JsonObject, no longer Unredeem1Output": True,
        "bases of `bubblehouse.transport.AsyncHttpxTransport` went from none to ValueError": False,
    }


def test_what_callers_cant_see_is_no_change(tmp_path: Path) -> None:
    plugin = "overlays/bubblehouse_pytest/plugin.py"
    assert (
        _told(
            tmp_path,
            Edit(BASE, "class BaseClient(Generic", "class _Client(Generic"),
            Edit(BASE, "def _minted(", "def _made("),
            Edit(CLIENT, "import EMPTY, BaseClient\n", "import EMPTY, _Client as BaseClient\n"),
            Edit(CLIENT, '-> "Generator[Outcome[ResultT]]"', "-> Generator[Outcome[ResultT]]"),
            Edit("overlays/bubblehouse/pacing.py", "class Pacing", "class Pace"),
            Edit(
                plugin,
                "def bubblehouse_mock(bubblehouse_clock",
                "def bubblehouse_mock(tmp_path: str, bubblehouse_clock",
            ),
        )
        == {}
    )


def test_a_module_that_cant_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(DiffError, match=r"the module bubblehouse\.base can't be read: invalid syntax"):
        _told(tmp_path, Edit(BASE, "class BaseClient", "class class"))


def test_the_command_tells_what_changed_in_python_alone(small: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    small.edit(METHOD, "no_coupon: bool | Unset = UNSET", "no_coupon: bool")
    small.edit(ERRORS, '"RequestTooLargeError"', '"TooLargeError"')
    small.edit(ERRORS, "class RequestTooLargeError", "class TooLargeError")
    main(["HEAD", "--json", "--root", str(small.root)])
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert {one["what"]: one["breaking"] for one in report["python"]} == {
        "keyword `no_coupon` on `redeem_points_1` became required": True,
        "class `RequestTooLargeError` removed": True,
        "class `TooLargeError` added": False,
    }
