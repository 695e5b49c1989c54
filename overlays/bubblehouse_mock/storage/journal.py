"""The last calls, in the file that has the rest."""

import json
from typing import cast

from bubblehouse_mock.journal import KEPT, Entry, Exchange, shortened, shown
from bubblehouse_mock.state import NEVER, decode, encode
from bubblehouse_mock.storage.database import Database


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
        done = execute("INSERT INTO journal (entry) VALUES ('')")
        number = cast("int", done.lastrowid)
        entry = json.dumps(encode(shown(number, shortened(exchange))), separators=(",", ":"))
        execute("UPDATE journal SET entry = ? WHERE number = ?", [entry, number])
        execute("DELETE FROM journal WHERE number <= ?", [number - KEPT])

    def entries(self, after: int, limit: int) -> list[Entry]:
        """Return calls, oldest first; see `Journal`."""
        with self._database.changing():
            rows = self._database.connection.execute(
                "SELECT entry FROM journal WHERE number > ? ORDER BY number DESC LIMIT ?", [after, limit]
            ).fetchall()
        return [decode(Entry, json.loads(entry), now=NEVER) for (entry,) in reversed(rows)]

    def clear(self) -> None:
        """Forget all calls."""
        with self._database.changing():
            self._database.connection.execute("DELETE FROM journal")
