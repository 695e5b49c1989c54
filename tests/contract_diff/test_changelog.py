"""What the comparison writes into CHANGELOG.md, and that it leaves the rest alone."""

from pathlib import Path

import pytest
from tests.contract_diff.pairs import ROOT
from tests.contract_diff.repository import SPEC, Repository

from bubblehouse_diff.changelog import part_of, with_part
from bubblehouse_diff.cli import main
from bubblehouse_diff.failure import DiffError

NEW_INPUT = ("\n        no_coupon:\n", "\n        gift: {type: boolean, description: A gift.}\n        no_coupon:\n")
NEEDED = ("required: [pts]\n", "required: [pts, cart_subtotal]\n")

GIFT = "- Optional input `RedeemPoints1Input.gift` added.\n"
SUBTOTAL = "- **Breaking:** Input `RedeemPoints1Input.cart_subtotal` became required.\n"
BEGIN, END = "<!-- scripts/diff --changelog writes from here -->\n### API\n\n", "<!-- to here -->\n"
HEAD = "# Changelog\n\n## [Unreleased]\n\n"
WRITTEN = "### Added\n\n- A line that somebody wrote.\n\n"
RELEASED = "## [0.1.0] - 2026-05-20\n\n- The first.\n"


def _changelog(repository: Repository) -> str:
    return (repository.root / "CHANGELOG.md").read_text(encoding="utf-8")


@pytest.fixture
def released(small: Repository) -> Repository:
    """A repository with a release."""
    small.git("tag", "v0.1.0")
    return small


def _write(repository: Repository) -> None:
    assert main(["--changelog", "--root", str(repository.root)]) == 0


def test_it_is_written_once_and_rewritten_after(released: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    released.edit(SPEC, *NEW_INPUT)
    _write(released)
    assert _changelog(released) == f"{HEAD}{WRITTEN}{BEGIN}{GIFT}{END}\n{RELEASED}"
    assert capsys.readouterr().out == "CHANGELOG.md has now 1 line of what changed since v0.1.0\n"
    _write(released)
    assert _changelog(released) == f"{HEAD}{WRITTEN}{BEGIN}{GIFT}{END}\n{RELEASED}"
    assert capsys.readouterr().out == "CHANGELOG.md is up to date, with 1 line of what changed since v0.1.0\n"
    released.edit("CHANGELOG.md", END, f"{END}\n### Fixed\n\n- By hand.\n")
    released.edit(SPEC, *NEEDED)
    _write(released)
    assert _changelog(released) == (
        f"{HEAD}{WRITTEN}{BEGIN}{SUBTOTAL}{GIFT}{END}\n### Fixed\n\n- By hand.\n\n{RELEASED}"
    )
    released.git("checkout", "--", SPEC)
    _write(released)
    assert _changelog(released) == f"{HEAD}{WRITTEN}### Fixed\n\n- By hand.\n\n{RELEASED}"


def test_it_goes_with_the_section_of_the_version_that_comes(released: Repository) -> None:
    released.edit(SPEC, *NEW_INPUT)
    _write(released)
    released.edit("CHANGELOG.md", "## [Unreleased]\n", "## [Unreleased]\n\n## [0.2.0] - 2026-06-01\n")
    released.edit("pyproject.toml", "0.1.0", "0.2.0")
    assert main(["--root", str(released.root)]) == 0
    released.edit(SPEC, *NEEDED)
    assert main(["--root", str(released.root)]) == 1
    _write(released)
    section = f"## [0.2.0] - 2026-06-01\n\n{WRITTEN}"
    assert _changelog(released) == f"{HEAD}{section}{BEGIN}{SUBTOTAL}{GIFT}{END}\n{RELEASED}"
    released.commit()
    released.git("tag", "v0.2.0")
    released.edit(SPEC, "Spend points and get", "Spends points and gets")
    released.edit("pyproject.toml", "0.2.0", "0.2.1")
    _write(released)
    assert _changelog(released) == f"{HEAD}{section}{BEGIN}{SUBTOTAL}{GIFT}{END}\n{RELEASED}"
    assert main(["--root", str(released.root)]) == 0


def test_the_lines_are_printed_alone(small: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    small.edit(SPEC, *NEW_INPUT)
    assert main(["HEAD", "--markdown", "--root", str(small.root)]) == 0
    assert capsys.readouterr().out == GIFT


def test_a_line_says_what_it_is_in_python(
    unchanged: Repository, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (ROOT / SPEC).read_text(encoding="utf-8").replace(*NEW_INPUT).replace(*NEEDED)
    file = tmp_path / "new.yaml"
    file.write_text(text.replace("'403': {$ref", "'409': {$ref"), encoding="utf-8")
    assert main(["HEAD", str(file), "--markdown", "--root", str(unchanged.root)]) == 0
    lines = capsys.readouterr().out.splitlines()
    breaking = [line.startswith("- **Breaking:** ") for line in lines]
    assert breaking == sorted(breaking, reverse=True)
    assert (
        "- **Breaking:** Input `RedeemPoints1Input.cart_subtotal` became required → `redeem_points_1(cart_subtotal=…)`."
    ) in lines
    assert "- Optional input `RedeemPoints1Input.gift` added → `redeem_points_1(gift=…)`." in lines
    # What happened to four functions in the same way is one line.
    (moved,) = (line for line in lines if "moved from" in line)
    name = "customer_identity_does_not_match_token"
    functions = ("CustomerBalance3", "CustomerBalance3Get", "RedeemPoints1", "Unredeem1", "UseAchievementDiscount1")
    assert all(f"`{function}.{name}`" in moved for function in functions)
    assert moved.endswith(" moved from `403` to `409` → `CustomerIdentityDoesNotMatchTokenError`.")
    assert max(len(line) for line in lines) < 400


def test_a_new_function_is_one_line_and_its_types_another(
    unchanged: Repository, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = (ROOT / SPEC).read_text(encoding="utf-8").splitlines(keepends=True)
    for head in ("  /{shop}/Unredeem1:\n", "    Unredeem1Input:\n", "    Unredeem1Output:\n"):
        start, indent = lines.index(head), len(head) - len(head.lstrip())
        end = next(
            at
            for at in range(start + 1, len(lines))
            if lines[at].strip() and not lines[at].startswith(" " * (indent + 1))
        )
        lines[start:start] = [line.replace("Unredeem1", "Unredeem2") for line in lines[start:end]]
    file = tmp_path / "new.yaml"
    file.write_text("".join(lines), encoding="utf-8")
    assert main(["HEAD", str(file), "--markdown", "--root", str(unchanged.root)]) == 0
    assert capsys.readouterr().out == (
        "- Function `Unredeem2` added → `unredeem_2()`.\n- Type `Unredeem2Input`, `Unredeem2Output` added.\n"
    )


def test_it_is_about_the_last_release_alone(unchanged: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["HEAD", "--changelog", "--root", str(unchanged.root)])
    assert ended.value.code == 2
    assert "--changelog tells what changed since the last release; leave the sides out" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("changelog", "told"),
    [
        (f"# Changelog\n\n{RELEASED}", "has no section [Unreleased]; put it back, first of all"),
        (f"{HEAD}{BEGIN}{GIFT}\n{RELEASED}", "without the line <!-- to here -->; put that back after the part"),
    ],
)
def test_a_changelog_that_is_damaged_is_left_alone(
    changelog: str, told: str, released: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    (released.root / "CHANGELOG.md").write_text(changelog, encoding="utf-8")
    released.edit(SPEC, *NEW_INPUT)
    assert main(["--changelog", "--root", str(released.root)]) == 2
    assert told in capsys.readouterr().err
    assert _changelog(released) == changelog


@pytest.mark.parametrize("changelog", ["## [Unreleased]\n", "## [Unreleased]\n\n- By hand.\n", f"{HEAD}{RELEASED}"])
def test_what_is_written_is_read_and_taken_away_again(changelog: str) -> None:
    written = with_part(changelog, None, GIFT)
    assert part_of(written, None) == GIFT
    assert part_of(changelog, None) == ""
    assert with_part(written, None, GIFT) == written
    assert with_part(written, None, "") == changelog


def test_a_part_of_another_version_is_another_part() -> None:
    with pytest.raises(DiffError, match="has no section"):
        part_of(RELEASED, "0.2.0")
    released = with_part(RELEASED, "0.1.0", GIFT)
    assert part_of(f"{HEAD}{released}", None) == ""
    assert part_of(f"{HEAD}{released}", "0.1.0") == GIFT
