"""The journal of a run over many customers: a file that only grows, so that a run can be stopped anywhere and resumed.

Each line is a JSON object. The first one tells whose journal it is. A `write` is on the disk before a customer's first
write is sent. An `end` follows once the customer's outcome was taken; ends stand in the order of the customers, so
those that are finished need no list. No line holds an id: `sum` is a hash of all ids up to that customer.
"""

import hashlib
import json
import os
import secrets
import sys
import threading
from collections.abc import Mapping
from io import BufferedReader
from pathlib import Path
from typing import Final, cast

from bubblehouse.errors import ConfigurationError

_ARGUMENT: Final = "journal"
_MARK: Final = b'{"bubblehouse_journal": 1,'
_LONGEST: Final = 4096  # bytes of a line
_SIZE: Final = 16  # bytes of a hash


class Journal:
    """An open journal, which nobody else can open meanwhile. Safe to share between threads.

    Attributes:
        finished: How many customers are finished, which are the first ones.
        failed: How many of those failed.
        begun: The functions that may have written in an earlier run, for customers whose end isn't known; by index.
        known: The place of the last customer that an earlier run is known to have had; -1 where it had none.
        origin: The hash of no ids at all.

    Args:
        path: The file; made where there is none.
        owner: Whose run it is. Another one can't go on with it.

    Raises:
        ConfigurationError: The file can't be opened, is in use, is no journal, or another owner's.
    """

    def __init__(self, path: Path, owner: str) -> None:
        self.finished: int = 0
        self.failed: int = 0
        self.begun: dict[int, str] = {}
        self.known: int = -1
        self.origin: str = ""
        self._expected: dict[int, str] = {}
        self._salt = b""
        self._lock = threading.Lock()
        self._broken: OSError | None = None
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o600)
        except OSError as error:
            raise ConfigurationError(_ARGUMENT, f"can't be opened: {error.strerror}") from None
        try:
            _claim(self._file)
            with open(self._file, "rb", closefd=False) as file:
                good = self._read(file, owner)
            os.ftruncate(self._file, good)  # what was being written when the last run ended
            if good == 0:
                self._start(path, owner)
        except BaseException as error:
            os.close(self._file)
            if isinstance(error, OSError):
                raise ConfigurationError(_ARGUMENT, f"can't be used: {error.strerror}") from None
            raise

    def next_checksum(self, checksum: str, customer_id: str) -> str:
        """Return the hash of some ids and one more.

        Args:
            checksum: The hash of those before.
            customer_id: The one more.
        """
        text = f"{checksum}/{customer_id}".encode("utf-8", "surrogatepass")
        return hashlib.blake2b(text, key=self._salt, digest_size=_SIZE).hexdigest()

    def expected(self, index: int) -> str | None:
        """Return the hash that an earlier run had in a place, where that is remembered.

        Args:
            index: The customer's place in the input.
        """
        return self._expected.get(index)

    def write(self, index: int, checksum: str, function: str) -> None:
        """Record that a customer's first write is about to be sent. When this returns, it is on the disk.

        Args:
            index: The customer's place in the input.
            checksum: The hash of all ids up to this one.
            function: The function that writes.

        Raises:
            OSError: It can't be recorded.
        """
        self._append({"write": index, "sum": checksum, "function": function}, durable=True)

    def end(self, index: int, checksum: str, *, ok: bool) -> None:
        """Record that a customer is finished.

        Args:
            index: The customer's place in the input; the one after the last that was finished.
            checksum: The hash of all ids up to this one.
            ok: Whether the call returned.

        Raises:
            OSError: It can't be recorded.
        """
        self._append({"end": index, "sum": checksum, "ok": ok}, durable=False)

    def close(self) -> None:
        """Give the file up. What was recorded stays; whoever comes late records nothing."""
        with self._lock:
            self._broken = self._broken or OSError("the journal is closed")
            os.close(self._file)

    def check(self) -> None:
        """Raise the error that has kept something from being recorded, if there was one.

        Raises:
            OSError: There was one.
        """
        if self._broken is not None:
            raise self._broken

    def _append(self, entry: Mapping[str, object], *, durable: bool) -> None:
        line = json.dumps(entry).encode() + b"\n"
        with self._lock:
            self.check()  # after half a line nothing may follow
            try:
                written = os.write(self._file, line)
                if durable:
                    os.fsync(self._file)
            except OSError as error:
                self._broken = error
                raise
            if written < len(line):
                self._broken = OSError("there is no room for the journal")
                raise self._broken

    def _start(self, path: Path, owner: str) -> None:
        self._salt = secrets.token_bytes(_SIZE)
        self.origin = self.next_checksum("", owner)
        entry = {"bubblehouse_journal": 1, "salt": self._salt.hex(), "sum": self.origin}
        self._append(entry, durable=True)
        _keep_name(path)

    def _read(self, file: BufferedReader, owner: str) -> int:
        """Take in what stands there, and return how many bytes of it are whole lines."""
        good = 0
        for number, line in enumerate(iter(lambda: file.readline(_LONGEST), b"")):
            if number == 0 and not (line.startswith(_MARK) or _MARK.startswith(line)):
                raise ConfigurationError(_ARGUMENT, "is a file of something else")
            if not line.endswith(b"\n") and len(line) < _LONGEST:
                break
            try:
                self._take(number, line, owner)
            except (ValueError, KeyError, TypeError, RecursionError) as error:
                if isinstance(error, ConfigurationError):
                    raise
                raise ConfigurationError(_ARGUMENT, f"is damaged: line {number + 1} can't be read") from None
            good += len(line)
        return good

    def _take(self, number: int, line: bytes, owner: str) -> None:
        entry = cast("dict[str, object]", json.loads(line))
        checksum = str(entry["sum"])
        if number == 0:
            self._salt = bytes.fromhex(str(entry["salt"]))
            self.origin = self.next_checksum("", owner)
            if self.origin != checksum:
                raise ConfigurationError(_ARGUMENT, "belongs to a run for another shop, or at another base_url")
            return
        if "write" in entry:
            index = _index(entry["write"])
            self.begun[index] = str(entry["function"])
        else:
            index = _index(entry["end"])
            if index != self.finished:
                raise ValueError(entry)
            self.begun.pop(index, None)
            self._expected.pop(index - 1, None)
            self.finished += 1
            self.failed += entry["ok"] is False
        self._expected[index] = checksum
        self.known = max(self.known, index)


if sys.platform == "win32":
    import msvcrt

    def _claim(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)

    def _keep_name(path: Path) -> None:
        """Do nothing: there, a name is as lasting as what it names."""

else:
    import fcntl

    def _claim(file: int) -> None:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConfigurationError(_ARGUMENT, "is in use by another run") from None

    def _keep_name(path: Path) -> None:
        """Put the file's name on the disk, which is its folder's to do."""
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _index(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError(value)
    return value
