"""One call of a run, as it went over the wire."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jwt

_BEARER = "bearer "


@dataclass(slots=True)
class Exchange:
    """One request, and what became of it.

    Attributes:
        method: The verb.
        url: The whole URL.
        headers: What was sent.
        content: What was sent.
        status: What was answered; None where nothing was.
        answered: The answer's headers.
        answer: The answer's content.
        seconds: How long it took.
        sender: The test that sent it.
        problem: Why nothing was answered.
    """

    method: str
    url: str
    headers: Sequence[tuple[str, str]]
    content: bytes
    status: int | None = None
    answered: Sequence[tuple[str, str]] = ()
    answer: bytes = b""
    seconds: float = 0.0
    sender: str = ""
    problem: str = ""

    @property
    def function(self) -> str:
        """The function that is called: the path's last part."""
        return urlsplit(self.url).path.rpartition("/")[2]

    @property
    def token(self) -> str:
        """The token that was sent; empty where there was none."""
        value = header(self.headers, "authorization")
        return value[len(_BEARER) :].strip() if value.lower().startswith(_BEARER) else ""

    @property
    def error_id(self) -> str:
        """The id of an error's body; empty where there is none."""
        body = self.answer_json
        return str(body.get("id", "")) if self.status != 200 and isinstance(body, dict) else ""

    @property
    def media_type(self) -> str:
        """What the content says it is."""
        return header(self.headers, "content-type").partition(";")[0].strip().lower()

    @property
    def answer_media_type(self) -> str:
        """What the answer says it is."""
        return header(self.answered, "content-type").partition(";")[0].strip().lower()

    @property
    def json(self) -> Any:
        """The content, decoded; None where it is no JSON."""
        return decoded(self.content)

    @property
    def answer_json(self) -> Any:
        """The answer, decoded; None where it is no JSON."""
        return decoded(self.answer)

    @property
    def query(self) -> dict[str, str]:
        """Arguments in the URL; of those that come twice, the last."""
        return dict(parse_qsl(urlsplit(self.url).query, keep_blank_values=True))

    @property
    def claims(self) -> dict[str, Any]:
        """What the token says, unverified; empty where it is none."""
        try:
            return dict(jwt.decode(self.token, options={"verify_signature": False}))
        except jwt.PyJWTError:
            return {}

    @property
    def token_header(self) -> dict[str, Any]:
        """What the token's header says; empty where it is none."""
        try:
            return dict(jwt.get_unverified_header(self.token))
        except jwt.PyJWTError:
            return {}


def header(headers: Sequence[tuple[str, str]], name: str) -> str:
    """Return the first value of a header; empty where it isn't there.

    Args:
        headers: The headers.
        name: Its name in lower case.
    """
    return next((value for key, value in headers if key.lower() == name), "")


def decoded(content: bytes) -> Any:
    """Return what JSON says; None where it is none."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None
