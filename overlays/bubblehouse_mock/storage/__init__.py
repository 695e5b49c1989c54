"""Where a world is kept: in memory, or in a file."""

from pathlib import Path
from typing import NamedTuple

from bubblehouse_mock.journal import Journal, MemoryJournal
from bubblehouse_mock.state import FixtureFile, FixtureSource
from bubblehouse_mock.state.log import Log, MemoryLog

__all__ = ["DatabaseError", "Storage", "open_storage"]


class DatabaseError(ValueError):
    """A file can't be the mock's memory; the message says why, and what to do."""


class Storage(NamedTuple):
    """What keeps a world.

    Attributes:
        log: Where its changes are written down.
        journal: Where its calls are remembered.
        fixture: What it began from.
    """

    log: Log
    journal: Journal
    fixture: FixtureFile


def open_storage(fixture: FixtureSource, db: str | Path | None) -> Storage:
    """Open what keeps a world.

    Args:
        fixture: What the world starts from; None for the demo shop, or for what the file has.
        db: The file; None for memory.

    Raises:
        DatabaseError: The file can't be used.
        FixtureError: The fixture can't be read.
    """
    if db is None:
        return Storage(MemoryLog(), MemoryJournal(), FixtureFile(fixture))
    from bubblehouse_mock.storage.database import Database  # noqa: PLC0415 - SQLite is only loaded where it is used
    from bubblehouse_mock.storage.journal import DatabaseJournal  # noqa: PLC0415 - as above

    database = Database(db, fixture)
    return Storage(database, DatabaseJournal(database), database.fixture)
