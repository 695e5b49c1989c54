"""The same seed is the same run: the same calls in the same order, to the byte, and the same reports but for times."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from tests.contract import verify

_TIMES = re.compile(r'"seconds": [0-9.e-]+')


_STORIES = "tests/contract/model/test_stories.py"
_TRAFFIC = "tests/contract/test_traffic.py::test_every_check_passes"


@pytest.fixture(params=[_STORIES, pytest.param(_TRAFFIC, marks=pytest.mark.deep)], autouse=True)
def _generated_calls_alone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "TESTS", (request.param,))
    monkeypatch.setattr(verify, "_regenerate", lambda: None)  # it knows of no seed


def _calls(seed: int, record: Path) -> list[Any]:
    little = ["--examples", "1", "--stories", "2"]
    assert verify.main(["--seed", str(seed), *little, "--record", str(record)]) == 0
    return [json.loads(line) for line in record.read_text(encoding="utf-8").splitlines()]


def _said(path: Path) -> Any:
    """Return figures without the times in them, and the port."""
    figures = json.loads(_TIMES.sub('"seconds": 0', path.read_text(encoding="utf-8")))
    assert figures["coverage"].pop("slowest")
    return figures | {"url": re.sub(r":\d+", "", figures["url"])}


def test_two_runs_send_the_same_bytes_and_none_of_them_is_a_secret(reports: Path, tmp_path: Path) -> None:
    said = []
    for name in ("first", "second"):
        calls = _calls(11, tmp_path / name)
        said.append(_said(reports / "contract.json"))
    text = (tmp_path / "first").read_text(encoding="utf-8")
    assert text == (tmp_path / "second").read_text(encoding="utf-8")
    assert said[0] == said[1]
    assert len(calls) > 100
    assert any(call["token"].get("kid") in {"demo-key-1", "model-shop"} for call in calls)
    assert not [secret for secret in ("eyJ", "bm90LWEtc2VjcmV0", "bW9kZWwt") if secret in text]
