"""The story of a run: who did what, in lines that a person can read."""

import json
from collections.abc import Callable
from datetime import datetime

from tests.contract.model.drivers import Came
from tests.contract.model.reference.call import Call, Token
from tests.contract.model.reference.expected import STATUS, Expected


class DivergenceError(AssertionError):
    """Server and model disagree.

    Args:
        told: The story up to there.
        kind: What is the same in all stories that end alike.
    """

    def __init__(self, told: str, kind: tuple[str, ...]) -> None:
        super().__init__(told)
        self.kind = kind


class Story:
    """Lines, in the order in which things happened. They are put into words when somebody reads them: hardly ever.

    Ids that the server made up are told as names, which are the same in every run.
    """

    def __init__(self) -> None:
        self._told: list[tuple[datetime, Callable[[], str]]] = []
        self._names: dict[str, str] = {}

    def tell(self, now: datetime, line: Callable[[], str]) -> None:
        """Add a line.

        Args:
            now: What the shop's clock shows.
            line: Says what happened.
        """
        self._told.append((now, line))

    def call(self, call: Call, driver: str) -> str:
        """Tell of a call, without what came of it."""
        parts = [f"{name} {value}" for name, value in call.arguments.items() if value is not True]
        parts += [name for name, value in call.arguments.items() if value is True]
        if call.customer is not None:
            parts.append(f"customer {json.dumps(call.customer)}")
        parts += [it for it in (call.version, call.verb if call.verb != "POST" else "", call.flaw, driver) if it]
        return self.named(f"{_token(call.token)}: {call.function}, {', '.join(parts)}")

    def came(self, call: Call, came: Came) -> str:
        """Tell what came of a call, and name what is new in it."""
        if came.raised or not isinstance(came.body, dict):
            return str(came)
        for key, kind in (("change_bhid", "redemption"), ("code", "code")):
            if value := came.body.get(key):
                self.name(value, kind)
        if call.function == "CustomerBalance3":
            return f"{came.body.get('pts_available')} points, {came.body.get('pts_pending')} pending"
        return self.named(json.dumps(came.body))

    def name(self, value: str, kind: str) -> str:
        """Give a name to an id."""
        count = sum(it.startswith(kind) for it in self._names.values())
        return self._names.setdefault(value, f"{kind} #{count + 1}")

    def named(self, text: str) -> str:
        """Put names in place of ids in a text."""
        for value, name in self._names.items():
            text = text.replace(value, name)
        return text

    def __str__(self) -> str:
        lines = (f"{number:3}. {now:%Y-%m-%d %H:%M:%S}  {line()}" for number, (now, line) in enumerate(self._told, 1))
        return "\n".join(lines)


def _token(token: Token) -> str:
    of = "the shop" if token.holder is None else token.holder
    parts = [f"{token.kind} of {of}"]
    if token.email:
        parts.append(f"also {token.email}")
    if token.flaw:
        parts.append(token.flaw)
    if token.key_id.endswith("spare"):
        parts.append("the spare key")
    if token.issued_at is not None:
        parts.append(f"from {token.issued_at:%Y-%m-%d %H:%M:%S}")
    if token.expires_at is not None:
        parts.append(f"until {token.expires_at:%Y-%m-%d %H:%M:%S}")
    return ", ".join(parts)


def expectation(expected: Expected) -> str:
    """Tell what was expected of a call."""
    if expected.answer is None:
        return " or ".join(f"{STATUS[it]} {it}" for it in expected.refused)
    parts = [f"{name} {value}" for name, value in expected.answer.items() if isinstance(value, (int, str, bool))]
    return f"200 {', '.join(parts)}"


def diverged(story: Story, call: Call, expected: Expected, came: str, differences: list[str]) -> DivergenceError:
    """Return the error that ends a story.

    Args:
        story: What happened up to there; its last line is the step that went wrong.
        call: That step.
        expected: What the model expected of it.
        came: What came.
        differences: Where they differ, in words.
    """
    parts = ["server and model disagree at the last step:", str(story)]
    parts += [f"     expected: {story.named(expectation(expected))}", f"     came:     {story.named(came):.300}"]
    parts += [f"     - {story.named(it)}" for it in differences]
    kind = (call.function, *(it.partition(":")[0] for it in differences[:1]), *expected.refused)
    return DivergenceError("\n".join(parts), kind)
