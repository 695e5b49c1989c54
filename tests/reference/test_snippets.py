"""Every line of code on the page does what it says, in a shop that has what the contract's examples name."""

import base64
import json
import shlex
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

import jwt
import pytest
import yaml
from tests.reference.reading import SHIPPED, Seen

import bubblehouse_loyalty
from bubblehouse_loyalty import LoyaltyClient
from bubblehouse_mock.messages import Request
from bubblehouse_mock.mock import BubblehouseMock

SEEN = Seen(SHIPPED.read_text(encoding="utf-8"))
CURL, PYTHON = SEEN.snippets("curl"), SEEN.snippets("Python")
NAMED = {
    "demo-shop": "my-shop",
    '"1001"': '"1234"',
    "20b31881b3000205": "20b31881b3010001",  # a redemption that can be undone
    "20b31881b3000140": "20b31881b3010003",  # an achievement that the customer owns
}


@pytest.fixture
def mock() -> BubblehouseMock:
    """The demo shop, under the names of the contract's examples."""
    fixture = files("bubblehouse_mock").joinpath("demo.yaml").read_text(encoding="utf-8")
    for old, new in NAMED.items():
        assert old in fixture
        fixture = fixture.replace(old, new)
    return BubblehouseMock(fixture=yaml.safe_load(fixture), strict=True)


def test_there_are_as_many_as_the_contract_has_examples() -> None:
    contract = json.loads((SHIPPED.parent / "openapi.json").read_text(encoding="utf-8"))
    posts = [item["post"]["requestBody"]["content"]["application/json"] for item in contract["paths"].values()]
    assert len(PYTHON) == sum(len(it["examples"]) for it in posts)
    assert len(CURL) == len(PYTHON) + sum("get" in item for item in contract["paths"].values())


@pytest.mark.parametrize("source", PYTHON)
def test_python_runs(source: str, mock: BubblehouseMock, monkeypatch: pytest.MonkeyPatch) -> None:
    class InProcess(LoyaltyClient):
        @classmethod
        def from_env(cls, **_: object) -> "InProcess":
            key = mock.keys[0]
            return cls(shop=mock.shop, key_id=key.key_id, secret=key.secret, transport=mock.transport())

    monkeypatch.setattr(bubblehouse_loyalty, "LoyaltyClient", InProcess)
    names: dict[str, Any] = {}
    exec(compile(source, "reference.html", "exec"), names)  # noqa: S102 - ours
    assert type(names["answer"]).__module__.startswith("bubblehouse_loyalty.models.")


@pytest.mark.parametrize("line", CURL)
def test_what_curl_sends_is_answered(line: str, mock: BubblehouseMock) -> None:
    key = mock.keys[0]
    token = jwt.encode({"aud": "BH", "sub": "my-shop"}, base64.b64decode(key.secret), headers={"kid": key.key_id})
    program, *words = shlex.split(line.replace("\\\n", "").replace("$TOKEN", token))
    assert program == "curl"
    headers = [words[at + 1].partition(": ") for at, word in enumerate(words) if word == "-H"]
    bodies = [words[at + 1] for at, word in enumerate(words) if word == "-d"]
    url = urlsplit(words[-1])
    answer = mock.handle(
        Request(
            method="POST" if bodies else "GET",
            path=url.path.encode(),
            query=url.query.encode(),
            headers=tuple((name.lower(), value) for name, _, value in headers),
            body="".join(bodies).encode(),
        )
    )
    assert answer.status == 200, answer.body
