"""The mock's memory in a file: every change as a record in SQLite, kept before its answer goes out."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Final, cast

from bubblehouse_mock.clock import system_clock
from bubblehouse_mock.jsontext import text_of
from bubblehouse_mock.state import FixtureFile, FixtureSource, encode
from bubblehouse_mock.state.log import Changing, MemoryLog, Record
from bubblehouse_mock.storage import DatabaseError

_APPLICATION: Final = 0x4248_4D4B  # "BHMK", where SQLite has files say whose they are
_VERSION: Final = 1
_CHECKPOINT: Final = 10_000  # pages of 4 KiB that are written before the disk is waited for
_PATIENCE: Final = 30.0  # seconds for others to be done with what they write

_TABLES: Final = """
CREATE TABLE fixture (data TEXT NOT NULL);
CREATE TABLE record (
    number INTEGER PRIMARY KEY,
    shop TEXT NOT NULL, action TEXT NOT NULL, subject TEXT NOT NULL, data TEXT NOT NULL
);
CREATE TABLE journal (number INTEGER PRIMARY KEY, entry TEXT NOT NULL);
"""


class Database:
    """A log in a file. Several processes may share it: each does again what the others wrote, before it goes on.

    A change is kept once `changing` ends: killing the process loses nothing of it. That holds for the process, not for
    the power: SQLite leaves it to the operating system when the disk is written.

    Args:
        path: The file; it is made where there is none.
        fixture: What a new file starts from, and `reset` returns to; None for the demo shop, or for what the file has.

    Raises:
        DatabaseError: The file is none of the mock's, or can't be used, or began from another fixture.
        FixtureError: The fixture is not a shop.
    """

    def __init__(self, path: str | Path, fixture: FixtureSource = None) -> None:
        self.changing: Changing = self  # a transaction; within another one, a part of that
        self._path = Path(path)
        self._lock = RLock()
        self._depth = 0
        self._seen = 0
        self._replaying = False
        self._pending: list[Record] = []
        self._replay: Callable[[Record], None] = _unknown
        try:
            # Transactions are begun and ended here, not by the module; and one lock stands for its check of threads.
            self._connection = sqlite3.connect(
                self._path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False
            )
            with ExitStack() as refused:
                refused.callback(self._connection.close)
                self.fixture: FixtureFile = self._open(fixture)
                refused.pop_all()
        except sqlite3.Error as error:
            raise DatabaseError(f"{self._path} can't be used: {error}; give another file to --db") from None

    @property
    def connection(self) -> sqlite3.Connection:
        """The connection. Whatever is written within `changing` is kept with the rest."""
        return self._connection

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def follow(self, replay: Callable[[Record], None]) -> None:
        """Tell how to do again what was written down before, or by others."""
        self._replay = replay

    def restart(self) -> None:
        """Forget all records so far, since the next one stands for all of them."""
        if not self._replaying:
            self._connection.execute("DELETE FROM record")
            self._pending.clear()

    def record(self, shop: str, action: str, subject: str, value: object) -> None:
        """Take a change down, within `changing`."""
        if not self._replaying:
            self._pending.append(Record(shop, action, subject, encode(value)))

    def __enter__(self) -> None:
        self._lock.acquire()
        self._depth += 1
        if self._depth > 1:
            return
        try:
            self._begin()
        except BaseException:
            self._depth -= 1
            self._lock.release()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._depth -= 1
            if self._depth == 0:
                self._end(failed=kind is not None)
        finally:
            self._lock.release()

    def _open(self, fixture: FixtureSource) -> FixtureFile:
        execute = self._connection.execute
        if self._has_tables():
            self._check()  # before anything is changed in it
        execute("PRAGMA journal_mode = WAL")
        execute("PRAGMA synchronous = NORMAL")
        execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT}")
        given = None if fixture is None else FixtureFile(fixture)
        execute("BEGIN IMMEDIATE")
        try:
            if not self._has_tables():
                for statement in _TABLES.split(";\n"):
                    execute(statement)
                execute(f"PRAGMA application_id = {_APPLICATION}")
                execute(f"PRAGMA user_version = {_VERSION}")
                given = given or FixtureFile()
                given.shops(system_clock(), MemoryLog())  # what can't be a shop is not kept
                execute("INSERT INTO fixture VALUES (?)", [json.dumps(given.data)])
            found = self._found()
            execute("COMMIT")
        except BaseException:
            execute("ROLLBACK")
            raise
        if given is not None and given.data != found.data:
            raise DatabaseError(
                f"{self._path} began from another fixture; leave --fixture out to go on, or give a new file to --db"
            )
        return given or found

    def _has_tables(self) -> bool:
        return bool(self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])

    def _check(self) -> None:
        (application,) = self._connection.execute("PRAGMA application_id").fetchone()
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        if application != _APPLICATION:
            raise DatabaseError(f"{self._path} is a database of something else; give another file to --db")
        if version != _VERSION:
            raise DatabaseError(
                f"{self._path} is of version {version}, this mock's is {_VERSION}; give a new file to --db"
            )

    def _found(self) -> FixtureFile:
        (data,) = self._connection.execute("SELECT data FROM fixture").fetchone()
        return FixtureFile(cast("dict[str, object]", json.loads(data)))

    def _begin(self) -> None:
        # At once for writing: two that read first and wrote then would each have missed what the other did.
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            self._catch_up()
        except BaseException:
            self._undo()
            raise

    def _catch_up(self) -> None:
        self._replaying = True
        try:
            for number, record in self._unseen():
                self._replay(record)
                self._seen = number
        finally:
            self._replaying = False

    def _unseen(self) -> Iterator[tuple[int, Record]]:
        rows = self._connection.execute(
            "SELECT number, shop, action, subject, data FROM record WHERE number > ? ORDER BY number", [self._seen]
        )
        for number, shop, action, subject, data in rows:
            yield number, Record(shop, action, subject, json.loads(data))

    def _end(self, *, failed: bool) -> None:
        if failed and self._pending:
            self._undo()
            return
        try:
            # The numbers are given here: SQLite would start anew where all records were deleted, or else write down
            # how far it had come, which takes a third longer.
            numbered = enumerate(self._pending, self._seen + 1)
            rows = [(number, *record[:3], text_of(record.data)) for number, record in numbered]
            self._connection.executemany("INSERT INTO record VALUES (?, ?, ?, ?, ?)", rows)
            self._seen += len(rows)
            self._connection.execute("COMMIT")
        except BaseException:
            self._undo()
            raise
        self._pending.clear()

    def _undo(self) -> None:
        """Take back what the file has of this transaction, and have memory made anew from the rest."""
        self._pending.clear()
        self._seen = 0
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")


def _unknown(record: Record) -> None:
    raise TypeError(f"nobody follows the log; what becomes of {record.action!r}?")
