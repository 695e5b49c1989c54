"""All that the mock remembers: shops, the time, and what is forced to go wrong."""

from datetime import datetime, timedelta
from typing import cast

from bubblehouse_mock.clock import AdjustableClock, Clock
from bubblehouse_mock.contract import Contract
from bubblehouse_mock.faults import Faults
from bubblehouse_mock.jsontext import JsonObject, JsonValue
from bubblehouse_mock.state import FixtureFile, Shop, encode, time_text
from bubblehouse_mock.state.log import Changing, Record
from bubblehouse_mock.state.replay import replay
from bubblehouse_mock.storage import Storage


class World:
    """The shops and what they have in common.

    Args:
        contract: What they serve.
        storage: What keeps them, and what they begin from.
        clock: Where the time comes from.

    Raises:
        FixtureError: The fixture is not a shop.
    """

    def __init__(self, contract: Contract, storage: Storage, clock: Clock) -> None:
        self._log, self.journal, self._fixture = storage
        self.clock: AdjustableClock = AdjustableClock(clock)
        self.faults: Faults = Faults(contract, self._log)
        self.shops: dict[str, Shop] = {}
        self._log.follow(self._replay)
        with self.changing():
            if not self.shops:
                self.reset()

    def changing(self) -> Changing:
        """Return the context in which to read or change more than one thing while calls come in."""
        return self._log.changing

    def reset(self) -> None:
        """Start over from the fixture: the time is the other clock's again, and nothing is forced to go wrong."""
        with self.changing():
            self.clock.follow()
            now = self.clock()
            self._begin(self._fixture, now)
            self._log.restart()
            self._record("reset", {"at": time_text(now)})

    def load(self, fixture: FixtureFile) -> None:
        """Go on from another state. The time stays what it is; `reset` still leads back to where it all began.

        Raises:
            FixtureError: It is no state; then nothing has changed.
        """
        with self.changing():
            self._begin(fixture, self.clock())
            self._log.restart()
            self._record("clock", self.clock.setting())
            self._record("state", self.state())

    def close(self) -> None:
        """Let go of the file that keeps them, where there is one."""
        self._log.close()

    def state(self) -> JsonObject:
        """Return all shops, in the form of a fixture."""
        with self.changing():
            shops = [encode(shop.fixture()) for shop in self.shops.values()]
            return cast("JsonObject", shops[0]) if len(shops) == 1 else {"shops": shops}

    def freeze(self, moment: datetime | None = None) -> None:
        """Stop the clock; as `AdjustableClock.freeze`."""
        with self.changing():
            self.clock.freeze(moment)
            self._record("clock", self.clock.setting())

    def advance(self, by: timedelta) -> None:
        """Put the clock forward; as `AdjustableClock.advance`."""
        with self.changing():
            self.clock.advance(by)
            self._record("clock", self.clock.setting())

    def run(self) -> None:
        """Let the clock run on."""
        with self.changing():
            self.clock.run()
            self._record("clock", self.clock.setting())

    def _begin(self, fixture: FixtureFile, now: datetime) -> None:
        self.shops = {shop.slug: shop for shop in fixture.shops(now, self._log)}
        self.faults.clear()

    def _record(self, action: str, data: JsonValue) -> None:
        self._log.record("", action, "", data)

    def _replay(self, record: Record) -> None:
        """Do again what another one did."""
        if record.shop:
            replay(self.shops[record.shop], record)
            return
        data = cast("JsonObject", record.data)
        match record.action:
            case "reset":
                self.clock.follow()
                self._begin(self._fixture, datetime.fromisoformat(str(data["at"])))
            case "state":
                self._begin(FixtureFile(data), self.clock())
            case "clock":
                self.clock.set(data)
            case _:
                self.faults.replay(record)
