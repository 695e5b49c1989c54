"""The page at `/` as it is served: its files, under which policy, and to whom. tests/browser has what it does."""

import base64
import hashlib
import http.client
import json
import re
from importlib.resources import files
from typing import Any

import pytest

from bubblehouse_mock.control import Access
from bubblehouse_mock.messages import Request, Response
from bubblehouse_mock.mock import BubblehouseMock
from bubblehouse_mock.page import PLACES


def ask(mock: BubblehouseMock, path: str, method: str = "GET", **given: Access | None) -> Response:
    return mock.handle(Request(method=method, path=path.encode()), **given)


class TestFiles:
    def test_all_that_the_page_needs_is_there(self, mock: BubblehouseMock) -> None:
        assert len(PLACES) > 10
        for place in PLACES:
            answer = ask(mock, place.decode())
            assert answer.status == 200
            headers = dict(answer.all_headers)
            assert headers["content-security-policy"] == (
                "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
                "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
            )
            assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "no-referrer")
            assert headers["cache-control"] == "no-store"

    def test_nothing_else_is(self, mock: BubblehouseMock) -> None:
        for name in ("", "index.html", "__init__.py", "../demo.yaml", "%2e%2e/demo.yaml", "nothing.js"):
            assert ask(mock, f"/__mock__/page/{name}").status == 404
        assert ask(mock, "//").status == 404

    @pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
    def test_other_verbs(self, mock: BubblehouseMock, method: str) -> None:
        answer = ask(mock, "/", method)
        assert (answer.status, dict(answer.all_headers)["allow"]) == (405, "GET, HEAD")

    def test_there_is_none_without_a_control_plane(self, mock: BubblehouseMock) -> None:
        for place in PLACES:
            assert ask(mock, place.decode(), control=None).status == 404

    def test_it_is_no_secret_but_the_contract_is_asked_for_with_a_token(self, mock: BubblehouseMock) -> None:
        guarded = Access("swordfish")
        assert ask(mock, "/", control=guarded).status == 200
        assert ask(mock, "/__mock__/contract.json", control=guarded).status == 401
        answer = ask(mock, "/__mock__/contract.json")
        assert json.loads(answer.body) == mock.control.contract()

    def test_head(self, address: tuple[str, int]) -> None:
        connection = http.client.HTTPConnection(*address, timeout=5)
        for place in ("/", "/__mock__/page/page.css"):
            lengths = set()
            for method in ("GET", "HEAD"):
                connection.request(method, place)
                answer = connection.getresponse()
                body = answer.read()
                assert (answer.status, not body) == (200, method == "HEAD")
                lengths.add(answer.headers["content-length"])
            assert len(lengths) == 1
        connection.close()


class TestReference:
    def test_it_is_the_file_of_the_client_and_may_have_its_own_style(self, mock: BubblehouseMock) -> None:
        answer = ask(mock, "/reference")
        page = files("bubblehouse_loyalty").joinpath("reference.html").read_bytes()
        assert (answer.status, answer.body) == (200, page)
        (style,) = re.findall(rb"<style>(.*?)</style>", page, re.DOTALL)
        allowed = base64.b64encode(hashlib.sha256(style).digest()).decode()
        assert dict(answer.all_headers)["content-security-policy"] == (
            f"default-src 'none'; style-src 'sha256-{allowed}'; img-src data:; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )

    def test_there_is_none_of_another_contract(self, document: dict[str, Any]) -> None:
        answer = ask(BubblehouseMock(contract=document), "/reference")
        assert answer.status == 404
        assert b"scripts/docs --spec" in answer.body

    def test_other_verbs_and_nobody(self, mock: BubblehouseMock) -> None:
        assert ask(mock, "/reference", "POST").status == 405
        assert ask(mock, "/reference", control=None).status == 404


@pytest.mark.parametrize(
    ("place", "grounds", "words"),
    [
        (
            "/__mock__/page/page.css",
            ("ground", "surface", "sunken"),
            ("text", "muted", "accent", "good", "warn", "bad"),
        ),
        ("/reference", ("paper", "card"), ("ink", "faint", "accent", "good", "warn", "bad")),
        ("/reference", ("warn-soft",), ("ink", "warn")),
    ],
)
def test_words_stand_out_from_the_ground(
    mock: BubblehouseMock, place: str, grounds: tuple[str, ...], words: tuple[str, ...]
) -> None:
    schemes = schemes_of(mock, place)
    assert len(schemes) == 2  # light, and dark
    for colours in schemes:
        for ground in grounds:
            for word in words:
                assert contrast(colours[word], colours[ground]) >= 4.5, (word, ground, colours)  # WCAG 2.2, AA


def test_words_stand_out_from_the_accent(mock: BubblehouseMock) -> None:
    for colours in schemes_of(mock, "/__mock__/page/page.css"):
        assert contrast(colours["on-accent"], colours["accent"]) >= 4.5


def schemes_of(mock: BubblehouseMock, place: str) -> list[dict[str, str]]:
    """Return the colours of a page by name, for each scheme."""
    sheet = ask(mock, place).body.decode()
    roots = re.findall(r":root {(.*?)}", sheet, re.DOTALL)
    return [dict(re.findall(r"--([\w-]+): (#\w{6}|#\w{3});", it)) for it in roots]


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, as WCAG has it."""
    lights = sorted(_light(it) for it in (one, other))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def _light(colour: str) -> float:
    colour = colour if len(colour) == 7 else "#" + "".join(char * 2 for char in colour[1:])
    parts = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    red, green, blue = (it / 12.92 if it <= 0.04045 else ((it + 0.055) / 1.055) ** 2.4 for it in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
