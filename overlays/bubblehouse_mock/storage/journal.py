"""The last calls, in the file that has the rest."""

import json
from typing import Final, cast

from bubblehouse_mock.journal import KEPT, Entry, Exchange, shorten, shown
from bubblehouse_mock.jsontext import text_of
from bubblehouse_mock.state import NEVER, decode, encode
from bubblehouse_mock.storage.database import Database

_SWEPT: Final = 100  # so many calls come before the oldest are deleted


class DatabaseJournal:
    """Remembers calls in a file, so that all processes that share it know the same ones.

    Args:
        database: The file.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, exchange: Exchange) -> None:
        """Remember a call."""
        execute = self._database.connection.execute
        shorten(exchange)
        entry = text_of(encode(shown(0, exchange)))
        number = cast("int", execute("INSERT INTO journal (entry) VALUES (?)", [entry]).lastrowid)
        if not number % _SWEPT:
            execute("DELETE FROM journal WHERE number <= ?", [number - KEPT])

    def entries(self, after: int, limit: int) -> list[Entry]:
        """Return calls, oldest first; see `Journal`."""
        rows = self._database.connection.execute(
            "SELECT number, entry FROM journal WHERE number > ? AND entry <> '' ORDER BY number DESC LIMIT ?",
            [after, min(limit, KEPT)],
        ).fetchall()
        return [decode(Entry, {**json.loads(entry), "number": number}, now=NEVER) for number, entry in reversed(rows)]

    def clear(self) -> None:
        """Forget all calls. An empty entry stays, so that SQLite doesn't give the numbers again."""
        execute = self._database.connection.execute
        execute("DELETE FROM journal WHERE number < (SELECT max(number) FROM journal)")
        execute("UPDATE journal SET entry = ''")
