"""A run over many customers that was stopped goes on where its journal says, and repeats no write."""

import errno
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from tests.unit.runtime.runs import REFUSED, Runs, numbers

from bubblehouse import errors
from bubblehouse.journal import Journal
from bubblehouse.transport import TransportError


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "run.journal"


def test_what_is_finished_is_left_out(runs: Runs, journal: Path) -> None:
    server = runs.server(_2=REFUSED)
    told: list[Any] = []
    assert len(runs.run(runs.client(server), numbers(30), runs.spend, journal=journal)) == 30
    assert runs.run(runs.client(server), numbers(30), runs.spend, journal=journal) == []
    more = runs.run(
        runs.client(server), numbers(32), runs.spend, journal=str(journal), progress=lambda *it: told.append(it)
    )
    assert [it.index for it in more] == [30, 31]
    assert told == [(31, 1, 32), (32, 1, 32)]
    assert server.writes == dict.fromkeys(numbers(32), 1)


def test_what_was_taken_is_finished_and_what_was_only_sent_is_unknown(runs: Runs, journal: Path) -> None:
    server = runs.server()
    first = runs.run(runs.client(server), numbers(100), runs.spend, journal=journal, stop=lambda it: it.index == 20)
    assert len(first) == 21
    sent = dict(server.writes)
    second = runs.run(runs.client(server), numbers(100), runs.spend, journal=journal)
    assert [it.index for it in second] == list(range(20, 100))  # 20 was handed over, and nobody came for the next
    for outcome in second:
        if outcome.customer_id in sent:
            error = outcome.error
            assert isinstance(error, errors.OutcomeUnknownError)
            assert (error.operation, error.attempts) == ("SpendPoints1", 0)
            assert not error.likely_applied
            assert "may or may not have been applied" in str(error)
        else:
            assert outcome.error is None
    assert server.writes == dict.fromkeys(numbers(100), 1)
    assert runs.run(runs.client(server), numbers(100), runs.spend, journal=journal) == []


def test_what_only_read_is_called_for_again(runs: Runs, journal: Path) -> None:
    server = runs.server()
    runs.run(runs.client(server), numbers(50), runs.read, journal=journal, stop=lambda it: it.index == 20)
    again = runs.run(runs.client(server), numbers(50), runs.read, journal=journal)
    assert [(it.index, it.error) for it in again] == [(index, None) for index in range(20, 50)]
    assert b"write" not in journal.read_bytes()


def test_a_write_is_recorded_before_it_is_sent_and_once(runs: Runs, journal: Path) -> None:
    """Also where it is sent again, because it certainly wasn't applied."""
    recorded: list[bytes] = []

    def refuse_connection() -> Exception:
        recorded.append(journal.read_bytes())
        return TransportError("refused", sent=False)

    def call(client: Any) -> Any:
        return runs.read(client), runs.spend(client)

    async def acall(client: Any) -> Any:
        return await runs.read(client), await runs.spend(client)

    server = runs.server(_0=refuse_connection)
    runs.run(runs.client(server), ["0"], acall if runs.bench.is_async else call, journal=journal)
    assert [it.count(b'"write"') for it in recorded] == [0, 0, 0]  # the read alone failed
    recorded.clear()
    server = runs.server(_1=refuse_connection)
    runs.run(runs.client(server), ["0", "1"], runs.spend, journal=journal)
    assert [it.count(b'"write": 1') for it in recorded] == [1, 1, 1]
    assert b'"function": "SpendPoints1"' in recorded[0]


@pytest.mark.parametrize("finished", [0, 20])
@pytest.mark.parametrize("concurrency", [1, 8])
def test_another_list_is_refused_before_anything_is_sent(
    runs: Runs, journal: Path, finished: int, concurrency: int
) -> None:
    ids = numbers(100)
    record(journal, ids, finished, begun={finished, finished + 1, finished + 5})
    before = journal.read_bytes()
    differing = {0, finished - 1, finished, finished + 1, finished + 3, finished + 5} - {-1}
    others = [[*ids[:index], "x", *ids[index + 1 :]] for index in differing]
    others += [["x", *ids], ids[1:], [], ids[:finished], ids[: finished + 5]]
    for other in others:
        server = runs.server()
        with pytest.raises(errors.ConfigurationError, match="journal: belongs to a run over another list of customers"):
            runs.run(runs.client(server), other, runs.spend, journal=journal, concurrency=concurrency)
        assert (server.writes, runs.taken) == ({}, [])
        assert journal.read_bytes() == before
    server = runs.server()
    taken = runs.run(runs.client(server), [*ids[: finished + 6], "x"], runs.spend, journal=journal)
    assert [it.index for it in taken] == [finished + step for step in range(7)]
    assert [it.error is None for it in taken] == [False, False, True, True, True, False, True]


def record(journal: Path, ids: list[str], finished: int, begun: set[int]) -> None:
    """Write the journal of a run that was stopped."""
    made = Journal(journal, "https://api.example.test/api my-shop")
    checksum = made.origin
    for index, customer_id in enumerate(ids[: max(begun) + 1]):
        checksum = made.next_checksum(checksum, customer_id)
        if index in begun:
            made.write(index, checksum, "SpendPoints1")
        if index < finished:
            made.end(index, checksum, ok=True)
    made.close()


def test_the_journal_of_another_shop_is_refused(runs: Runs, journal: Path) -> None:
    runs.run(runs.client(runs.server()), numbers(5), runs.spend, journal=journal)
    for options in ({"shop": "other"}, {"base_url": "https://staging.example.test/api"}):
        with pytest.raises(errors.ConfigurationError, match="another shop"):
            runs.run(runs.client(runs.server(), **options), numbers(5), runs.spend, journal=journal)


def test_what_cannot_be_recorded_is_not_sent(runs: Runs, journal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = runs.server()
    runs.run(runs.client(server), numbers(3), runs.spend, journal=journal)

    def fail(_file: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space left"):
        runs.run(runs.client(server), numbers(50), runs.spend, journal=journal)
    assert runs.taken == []
    assert set(server.writes) == set(numbers(3))


def test_each_stop_and_start_loses_nothing_and_repeats_no_write(runs: Runs, journal: Path) -> None:
    server = runs.server(_13=REFUSED)
    seen: dict[int, list[Any]] = {}

    def take(every: int) -> Callable[[Any], bool]:
        def stop(outcome: Any) -> bool:
            seen.setdefault(outcome.index, []).append(outcome)
            return bool(outcome.index % every == every - 1)

        return stop

    for every in (7, 11, 5, 17, 1000):
        runs.run(
            runs.client(server), _strings(60), runs.spend, journal=journal, concurrency=every % 4 + 1, stop=take(every)
        )
    assert set(seen) == set(range(60))
    assert max(server.writes.values()) == 1
    for index in range(60):
        first = seen[index][0]
        applied = str(index) in server.writes
        assert applied
        assert first.error is None or isinstance(first.error, errors.OutcomeUnknownError | errors.OperationError)


def _strings(count: int) -> Iterable[str]:
    return (str(number) for number in range(count))
