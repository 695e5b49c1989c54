"""Where changes are written down, and what keeps them whole: nothing and a lock, unless there is a database."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from threading import RLock
from typing import NamedTuple, Protocol, TypeAlias

from bubblehouse_mock.jsontext import JsonValue


class Record(NamedTuple):
    """One change, as it is written down. Repeating all of them in their order makes the same state again.

    Attributes:
        shop: The shop that changed; "" for what is common to all shops.
        action: What happened; `replay` has the list.
        subject: To whom or what: a customer's bhid or a code; "" where the shop says it.
        data: The rest.
    """

    shop: str
    action: str
    subject: str
    data: JsonValue


Changing: TypeAlias = AbstractContextManager[object]
"""While it lasts, nobody else changes anything. What was changed is kept when it ends, whole or not at all."""


class Log(Protocol):
    """Takes down what changes.

    Attributes:
        changing: The context in which everything is changed, and read where more than one thing is read. It may be
            entered again within itself.
    """

    changing: Changing

    def follow(self, replay: Callable[[Record], None]) -> None:
        """Tell how to do again what was written down before, or by others. It is done whenever `changing` begins."""
        ...

    def restart(self) -> None:
        """Forget what was written down: the next record stands for all of it."""
        ...

    def record(self, shop: str, action: str, subject: str, value: object) -> None:
        """Take one change down, within `changing`.

        Args:
            shop: As `Record.shop`.
            action: As `Record.action`.
            subject: As `Record.subject`.
            value: State, or plain JSON.
        """
        ...

    def close(self) -> None:
        """Let go of whatever it is written in."""
        ...


class MemoryLog:
    """Forgets: what is in memory is all there is. `changing` is a lock."""

    def __init__(self) -> None:
        self.changing: Changing = RLock()

    def follow(self, replay: Callable[[Record], None]) -> None:
        """Do nothing: nobody else writes here."""

    def restart(self) -> None:
        """Do nothing."""

    def record(self, shop: str, action: str, subject: str, value: object) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""
