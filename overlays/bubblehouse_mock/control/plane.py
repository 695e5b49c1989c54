"""The control plane's actions: look at the shops, change them, start over. No part of the API that is mocked."""

from collections.abc import Callable
from itertools import islice

from bubblehouse_mock.contract import Contract
from bubblehouse_mock.control import views
from bubblehouse_mock.control.shops import FIRST, ShopActions
from bubblehouse_mock.faults import Fault
from bubblehouse_mock.journal import Entry
from bubblehouse_mock.jsontext import JsonObject
from bubblehouse_mock.stages import versions
from bubblehouse_mock.state import (
    FixtureError,
    FixtureFile,
    Shop,
    decode,
    to_yaml,
)
from bubblehouse_mock.world import World


class ControlPlane(ShopActions):
    """Looks at the shops, changes them and starts over. What it does to one shop is described at `ShopActions`.

    Args:
        world: The shops.
        contract: What they serve.
        base_url: Tells where the API can be reached, `http://127.0.0.1:8080/api` for one.
    """

    def __init__(self, world: World, contract: Contract, base_url: Callable[[], str]) -> None:
        super().__init__(world)
        self._contract = contract
        self._base_url = base_url

    def config(self) -> views.Config:
        """Tell what a client needs to know to call the mock."""
        with self._world.changing():
            return views.Config(
                base_url=self._base_url(), shops=[self._config(it) for it in self._world.shops.values()]
            )

    def contract(self) -> JsonObject:
        """Return the contract that is served, a resolved OpenAPI document."""
        return self._contract.document.root

    def state(self) -> JsonObject:
        """Return all that the shops remember, in the form of a fixture."""
        return self._world.state()

    def export(self) -> str:
        """Return all that the shops remember, as a fixture file in YAML."""
        with self._world.changing():
            return to_yaml([shop.fixture() for shop in self._world.shops.values()])

    def load(self, data: JsonObject) -> views.Config:
        """Go on from another state, given as a fixture, and return the configuration. `reset` leads back as ever.

        Raises:
            FixtureError: The data don't fit; then nothing has changed.
        """
        self._world.load(FixtureFile(data))
        return self.config()

    def reset(self) -> views.Config:
        """Start over from the fixture, and return the configuration.

        The clock goes by the computer's time again, nothing is forced to go wrong, and the journal is empty.
        """
        with self._world.changing():
            self._world.reset()
            self._world.journal.clear()
            return self.config()

    def clock(self) -> views.Time:
        """Tell the time in the shops."""
        with self._world.changing():
            return views.Time(now=self._world.clock(), frozen=self._world.clock.frozen)

    def freeze_clock(self, data: JsonObject | None = None) -> views.Time:
        """Stop the clock, here or at a later moment.

        Raises:
            FixtureError: The data don't fit, or the moment has passed.
        """
        with self._world.changing():
            wish = decode(views.Freeze, data or {}, now=self._world.clock())
            _on_time(lambda: self._world.freeze(wish.at))
            return self.clock()

    def advance_clock(self, data: JsonObject) -> views.Time:
        """Put the clock forward: tokens expire, pending points can be spent, limits begin anew.

        Raises:
            FixtureError: The data don't fit, or the moment has passed.
        """
        with self._world.changing():
            now = self._world.clock()
            wish = decode(views.Advance, data, now=now)
            _on_time(lambda: self._world.advance(wish.to - now))
            return self.clock()

    def run_clock(self) -> views.Time:
        """Let the clock go on from what it shows."""
        with self._world.changing():
            self._world.run()
            return self.clock()

    def faults(self) -> list[views.Pending]:
        """List what is still to go wrong, each with how many calls it will still meet."""
        return [views.Pending(fault=fault, left=left) for fault, left in self._world.faults.pending]

    def add_fault(self, data: JsonObject) -> list[views.Pending]:
        """Force something to go wrong with the next calls, and list what is still to go wrong.

        Raises:
            FaultError: No call could ever meet it.
            FixtureError: The data don't fit.
        """
        self._world.faults.add(decode(Fault, data, now=self._world.clock()))
        return self.faults()

    def clear_faults(self) -> list[views.Pending]:
        """Let nothing go wrong any more."""
        self._world.faults.clear()
        return self.faults()

    def journal(self, after: int = 0, limit: int = FIRST) -> list[Entry]:
        """List the last calls of the API, oldest first. Their tokens are left out.

        Args:
            after: The number of the last one that is known already; 0 for none.
            limit: How many at most.
        """
        with self._world.changing():
            return self._world.journal.entries(after, limit)

    def clear_journal(self) -> list[Entry]:
        """Forget the calls so far."""
        with self._world.changing():
            self._world.journal.clear()
        return []

    def _config(self, shop: Shop) -> views.ShopConfig:
        return views.ShopConfig(
            shop=shop.slug,
            keys=list(shop.keys.values()),
            customers=[self._summary(it) for it in islice(shop.customers.values(), FIRST)],
            versions=views.Versions(
                enabled=versions.enabled(self._contract, shop.settings),
                obsolete=list(shop.settings.obsolete_versions),
                inaccessible=list(shop.settings.inaccessible_versions),
            ),
        )


def _on_time(move: Callable[[], None]) -> None:
    try:
        move()
    except ValueError as error:
        raise FixtureError(str(error)) from None
