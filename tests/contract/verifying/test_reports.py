"""What the reports say of failures: how to see them again, what code hosts are told, and no secret in any of it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.contract.proof import contract as contracts
from tests.contract.proof import page, sarif
from tests.contract.proof.control import served
from tests.contract.proof.coverage import demands
from tests.contract.proof.coverage.allowances import ALLOWANCES
from tests.contract.proof.coverage.collector import Collector
from tests.contract.proof.coverage.criteria import measured
from tests.contract.proof.coverage.figures import Coverage, Criterion, Excused
from tests.contract.proof.figures import CheckFailure, ModelRun, Run, TestFailure, Traffic
from tests.contract.proof.provoke import DRIVERS, Kitchen
from tests.contract.proof.recipes import RECIPES
from tests.contract.proof.reproduce import reproduction
from tests.contract.proof.scene import stage
from tests.contract.proof.watch.exchange import Exchange
from tests.contract.proof.watch.secrets import scrub
from tests.contract.proof.watch.tap import tapped
from tests.contract.verifying.conftest import CREDENTIALS, ROOT

from bubblehouse.errors import APIError
from bubblehouse_mock import BubblehouseMock, running

_CONTRACT = contracts.load()
_SEEN_AGAIN = ("insufficient_points", "invalid_request", "method_not_allowed", "request_too_large")
_KNOWN = {"ruleId", "ruleIndex", "level", "message", "locations", "partialFingerprints"}


@contextmanager
def _watched() -> Iterator[tuple[Kitchen, list[Exchange], Collector]]:
    """Open a mock whose calls are written down."""
    calls: list[Exchange] = []
    with running(BubblehouseMock(strict=True)) as url, served(url, None, allow_writes=True) as target:
        collector = Collector(_CONTRACT, target)

        @contextmanager
        def passage(exchange: Exchange) -> Iterator[None]:
            yield
            calls.append(exchange)
            collector(exchange)

        with tapped(url, passage):
            yield Kitchen(target, _CONTRACT, stage(target, _CONTRACT.version)), calls, collector


def _cause(kitchen: Kitchen, *ids: str) -> None:
    for error_id in ids:
        call = kitchen.prepare(RECIPES[error_id][0], _CONTRACT.operations["RedeemPoints1"], "CustomerToken")
        with pytest.raises(APIError):
            DRIVERS["sync"](call)


@pytest.mark.parametrize("error_id", _SEEN_AGAIN)
@pytest.mark.parametrize("way", ["curl", "python"])
def test_a_failure_can_be_seen_again(error_id: str, way: str, tmp_path: Path) -> None:
    with _watched() as (kitchen, calls, _):
        _cause(kitchen, error_id)
        again = reproduction(calls[-1])
        assert again.answer.endswith(error_id)
        script = f"{again.token}\n{again.curl}" if way == "curl" else f"{again.token}\n{sys.executable} snippet.py"
        (tmp_path / "snippet.py").write_text(again.python, encoding="utf-8")
        (tmp_path / ".venv").symlink_to(ROOT / ".venv")
        done = subprocess.run(
            ["bash", "-ec", script],  # noqa: S607 - whichever bash its reader has
            cwd=tmp_path,
            env=os.environ | CREDENTIALS,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
    assert f'"{error_id}"' in done.stdout
    assert again.answer.partition(" ")[0] in done.stdout
    told = again.token + again.curl + again.python
    assert not [secret for secret in ("eyJ", CREDENTIALS["BUBBLEHOUSE_SECRET"]) if secret in told]


def test_coverage_says_what_was_reached_and_what_was_not() -> None:
    with _watched() as (kitchen, _, collector):
        _cause(kitchen, "insufficient_points", "invalid_request")
    coverage = measured(collector)
    missed = {it.name: it.missed for it in coverage.criteria}
    assert coverage.level == 0
    assert missed["paths"] == ["/Unredeem1", "/UseAchievementDiscount1", "/CustomerBalance3"]
    assert "RedeemPoints1 422" not in missed["status codes"]
    assert "RedeemPoints1 429" in missed["status codes"]
    assert "RedeemPoints1 422 insufficient_points" not in missed["error ids"]
    assert "RedeemPoints1 pts: minimum 1, broken" in missed["request keywords kept and broken"]
    assert "RedeemPoints1 pts: minimum 1, kept" not in missed["request keywords kept and broken"]
    assert [(it.id, it.kind, it.count) for it in coverage.answers] == [
        ("invalid_request", "CustomerToken", 1),
        ("insufficient_points", "CustomerToken", 1),
    ]


def test_what_is_not_covered_is_demanded_and_so_is_an_end_to_needless_excuses() -> None:
    name, excuses = "response properties", ALLOWANCES["response properties"]
    needed = [Excused(it, reason, 1) for it, reason in excuses.items()]
    assert [*demands.unmet(Coverage(criteria=[Criterion(6, name, 2, 2, [], needed)]))] == []
    told = [*demands.unmet(Coverage(criteria=[Criterion(6, name, 1, 2, ["RedeemPoints1 200 code"], needed[1:])]))]
    assert ["RedeemPoints1 200 code" in told[0], needed[0].allowance in told[1]] == [True, True]
    assert len(told) == 2


def test_a_flow_is_followed_where_its_value_is_carried_over() -> None:
    with _watched() as (kitchen, _, collector):
        redeemed: Any = DRIVERS["sync"](kitchen.successful("RedeemPoints1", "ShopToken"))
        assert collector.flows.followed["RedeemPoints1.undo → Unredeem1"] == 0
        undo = kitchen.successful("Unredeem1", "ShopToken", arguments={"change_bhid": redeemed.change_bhid})
        DRIVERS["async"](undo)
        assert collector.flows.followed["RedeemPoints1.undo → Unredeem1"] == 1


def _failed() -> Run:
    call = Exchange("POST", "http://shop.test/api/v1/shop/RedeemPoints1", (("Authorization", "Bearer x"),), b"{}", 500)
    tests = [
        TestFailure("tests/contract/test_it.py::test_that[ShopToken-sync]", "assert 1 == 2", 12, [reproduction(call)]),
        TestFailure("tests/contract/test_it.py::test_that[ShopToken-async]", "assert <b>1</b> == 2", 12),
    ]
    traffic = Traffic(failures=[CheckFailure("Unredeem1", "not_a_server_error", "Server error", "500", "curl …")])
    model = ModelRun(stories=2, steps=9, moves={"points → code": 3, "code → undone": 0})
    return Run(passed=1, failures=tests, traffic=traffic, model=model, versions={"bubblehouse-loyalty": "0.1.0"})


@pytest.mark.parametrize("run", [_failed(), Run(passed=1), Run(broken="stopped")], ids=["failed", "passed", "broken"])
def test_code_hosts_are_told_of_failures(run: Run, tmp_path: Path) -> None:
    sarif.write(run, tmp_path / "it.sarif")
    log = json.loads((tmp_path / "it.sarif").read_text(encoding="utf-8"))
    assert (log.keys(), log["version"]) == ({"$schema", "version", "runs"}, "2.1.0")
    (told,) = log["runs"]
    rules = [rule["id"] for rule in told["tool"]["driver"]["rules"]]
    assert len(rules) == len(set(rules))
    generated = run.traffic.failures if run.traffic else []
    assert len(told["results"]) == len(run.failures) + len(generated) + bool(run.broken)
    assert told["invocations"] == [{"executionSuccessful": not run.broken}]
    for result in told["results"]:
        assert result.keys() == _KNOWN
        assert rules[result["ruleIndex"]] == result["ruleId"]
        assert (result["level"], bool(result["message"]["text"])) == ("error", True)
        (place,) = (location["physicalLocation"] for location in result["locations"])
        assert place["region"]["startLine"] >= 1
        assert not place["artifactLocation"]["uri"].startswith(("/", "file:"))
    known = [result["partialFingerprints"]["failure/v1"] for result in told["results"]]
    assert len(known) == len(set(known))


def test_the_page_shows_failures_moves_and_no_markup_of_others(tmp_path: Path) -> None:
    page.write(_failed(), tmp_path / "it.html")
    html = (tmp_path / "it.html").read_text(encoding="utf-8")
    assert "curl -sS -i -X POST" in html
    assert "urllib.request.Request" in html
    assert "1 of 2 moves of the ledger" in html
    assert "code → undone" in html
    assert "<b>1</b>" not in html
    assert "&lt;b&gt;1&lt;/b&gt;" in html
    assert "http" not in html.replace("http://shop.test", "").replace("https://doi.org", "")


def test_a_token_is_taken_out_however_it_is_written() -> None:
    token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJkZW1vIn0.c2lnbmF0dXJl"
    for text in (token, token.replace(".", "%2E"), f"Bearer {token}", f'{{"token": "{token}"}}', token[:-12]):
        assert "eyJ" not in scrub(text)
