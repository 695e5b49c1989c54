"""What the comparison finds: one change at one place of the contract."""

import json
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

Direction = Literal["input", "output"]

_LONGEST: Final = 100


class Where(NamedTuple):
    """A place of the contract.

    Attributes:
        direction: Whether callers send it or the server does.
        subject: The operation or the schema.
        field: The property, parameter or response in it; empty for the whole.
    """

    direction: Direction
    subject: str
    field: str = ""

    def child(self, name: str) -> "Where":
        """Return the place of something within this one."""
        return self._replace(field=f"{self.field}.{name}" if self.field else name)


@dataclass(frozen=True)
class Change:
    """One change of the contract.

    Attributes:
        rule: The name of the rule that it falls under.
        subject: The operation, schema or other part of the contract.
        field: The property, parameter, response or error id in it; empty for the whole.
        before: What stood there, in short; empty where nothing did.
        after: What stands there.
        version: The global version that it is in; empty for the default one.
        is_new: Whether that version is new, so that nobody calls it yet.
    """

    rule: str
    subject: str
    field: str = ""
    before: str = ""
    after: str = ""
    version: str = ""
    is_new: bool = False

    @property
    def place(self) -> str:
        """Subject and field in one."""
        return f"{self.subject}.{self.field}" if self.field else self.subject


def at(where: Where, rule: str, before: object = None, after: object = None) -> Change:
    """Return a change at a place.

    Args:
        where: The place.
        rule: The rule's name.
        before: What stood there; None for nothing.
        after: What stands there; None for nothing.
    """
    return Change(rule, where.subject, where.field, shown(before), shown(after))


def shown(value: object) -> str:
    """Return a value of the contract in short, for people; nothing for None."""
    if value is None:
        return ""
    text = value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
