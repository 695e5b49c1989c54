"""Plays a story: does one thing after another to server and model, and compares them; and plays parts of it again."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from tests.contract.model import coverage, world
from tests.contract.model.drivers import Came, Clients
from tests.contract.model.judge import Judge
from tests.contract.model.levers import Levers
from tests.contract.model.reference.call import Call
from tests.contract.model.reference.people import Owned, Person
from tests.contract.model.story import DivergenceError, Story, diverged
from tests.contract.proof.figures import ModelRun

Json = dict[str, Any]

_MADE_BY_THE_SERVER: Final = ("change_bhid", "code")


@dataclass(slots=True)
class Stage:
    """What all stories have in common.

    Attributes:
        levers: The shop's side.
        clients: The callers.
        judge: Compares.
        figures: Where everything is counted.
        latest: The story that was played last.
    """

    levers: Levers
    clients: Clients
    judge: Judge
    figures: ModelRun = field(default_factory=coverage.known)
    latest: "Player | None" = None


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that was done.

    Attributes:
        number: Its place in the story in which it was first done.
        unit: What it can't be torn from is of the same unit.
        name: The player's method.
        arguments: Its arguments. Ids that the server made stand in them as what made them: `12.code`.
    """

    number: int
    unit: int
    name: str
    arguments: Json


class Player:
    """Plays one story.

    Args:
        stage: Where.
    """

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.ledger = stage.levers.begin()
        self.story = Story()
        self.actions: list[Action] = []
        self._made: dict[str, str] = {}
        self._makers: dict[str, str] = {}
        self._now_playing = 0
        self._unit: int | None = None
        stage.latest = self

    # ---- doing ----

    def do(self, name: str, **arguments: Any) -> Any:
        """Do something for the first time, and remember it."""
        number = len(self.actions)
        unit = number if self._unit is None else self._unit
        self.actions.append(Action(number, unit, name, {key: self._traced(it) for key, it in arguments.items()}))
        return self._play(number, name, arguments)

    def together(self, several: Callable[[], None]) -> None:
        """Do several things that are one."""
        self._unit = len(self.actions)
        try:
            several()
        finally:
            self._unit = None

    def again(self, actions: Sequence[Action]) -> None:
        """Do what was done in another story, but what isn't possible in this one.

        Raises:
            DivergenceError: Server and model disagree.
        """
        for action in actions:
            try:
                arguments = {key: self._found(it) for key, it in action.arguments.items()}
            except KeyError:
                continue  # what made that id wasn't done
            self._play(action.number, action.name, arguments)

    def _play(self, number: int, name: str, arguments: Json) -> Any:
        self._now_playing = number
        return getattr(self, f"_{name}")(**arguments)

    def _traced(self, value: Any) -> Any:
        if isinstance(value, Call) and "change_bhid" in value.arguments:
            return replace(value, arguments={"change_bhid": self._traced(value.arguments["change_bhid"])})
        return self._makers.get(value, value) if isinstance(value, str) else value

    def _found(self, value: Any) -> Any:
        if isinstance(value, Call) and "change_bhid" in value.arguments:
            return replace(value, arguments={"change_bhid": self._found(value.arguments["change_bhid"])})
        if isinstance(value, str) and "." in value and value.partition(".")[0].isdecimal():
            return self._made[value]
        return value

    def _note(self, what: str, value: str) -> None:
        maker = f"{self._now_playing}.{what}"
        self._made[maker] = value
        self._makers[value] = maker

    # ---- what can be done ----

    def _ask(self, call: Call, driver: str) -> Came:
        """Call server and model, and compare."""
        expected = self.ledger.answer(call)
        try:
            came = self.stage.clients.make(driver, call)
        except Exception as error:
            # Whatever it is: what the client says of an answer that it can't read, or a server in process that broke.
            self._tell(lambda: self.story.call(call, driver))
            problem = f"{type(error).__name__}: {error}"
            raise diverged(self.story, call, expected, problem, ["it was not answered as it should be"]) from error
        wrong = list(self.stage.judge.compare(call, expected, came))
        if wrong:
            self._tell(lambda: self.story.call(call, driver))
            raise diverged(self.story, call, expected, str(came), wrong)
        self._tell(lambda: f"{self.story.call(call, driver)} → {self.story.came(call, came)}")
        coverage.note(self.stage.figures, call.function, expected, came.body["id"] if came.raised else None)
        if expected.answer is not None:
            expected.learn(came.body)
            for name in _MADE_BY_THE_SERVER:
                if value := came.body.get(name):
                    self._note(name, value)
        return came

    def _pass_time(self, to: datetime) -> None:
        if to < self.ledger.shop.now:
            return
        self._count(*self.stage.levers.advance(to))
        self._tell(lambda: f"time passes until {to:%Y-%m-%d %H:%M:%S}")

    def _configure(self, patch: Json) -> None:
        settings = self.ledger.shop.settings.values | patch
        most = settings["maximum_redemption"]
        if most is not None and max([*(settings["redemption_buckets"] or ()), settings["minimum_redemption"]]) > most:
            return  # the shop would be refused such settings
        self.stage.levers.configure(patch)
        self._tell(lambda: f"the shop sets {patch}")

    def _limit_calls(self, *, on: bool) -> None:
        self.stage.levers.limit_calls(on=on)
        self._tell(lambda: "one call a day and no more" if on else "as many calls as anybody likes")

    def _be_busy(self, *, busy: bool) -> None:
        self.ledger.shop.busy = busy

    def _earn(self, who: str, pts: int, waits: timedelta | None) -> None:
        person = self._person(who)
        available_at = None if waits is None else self.ledger.shop.now + waits
        bhid, move = self.stage.levers.grant(person, pts, available_at)
        self._count(move)
        self._note("bhid", bhid)
        later = "" if waits is None else f", to be spent in {waits}"
        self._tell(lambda: f"{person.name} earns {pts} points{later}: {self.story.name(bhid, 'change')}")

    def _expire(self, who: str, pts: int) -> None:
        person = self._person(who)
        if pts > person.available(self.ledger.shop.now):
            return
        bhid, move = self.stage.levers.expire(person, pts)
        self._count(move)
        self._note("bhid", bhid)
        self._tell(lambda: f"{pts} points of {person.name} expire: {self.story.name(bhid, 'change')}")

    def _turn_code(self, who: str, code: str) -> None:
        """Use a code, or take that back."""
        person = self._person(who)
        redemption = next(it for it in person.redemptions.values() if it.coupon and it.coupon.code == code)
        if redemption.fate or redemption.coupon is None:
            return
        before = redemption.state
        status = "unused" if before == "used code" else "used"
        self.stage.levers.set_code(redemption.coupon, status)
        self._tell(lambda: f"{self.story.named(code)} of {person.name} is {status}")
        self._count(f"shop: {before} → {'code' if before == 'used code' else 'used code'}")

    def _give_achievement(self, who: str, owned: Owned) -> None:
        person = self._person(who)
        self._count(self.stage.levers.give_achievement(person, replace(owned)))
        uses = "any number of uses" if owned.remaining is None else f"{owned.remaining} uses"
        until = "" if owned.expires_at is None else f" until {owned.expires_at:%Y-%m-%d %H:%M:%S}"
        self._tell(
            lambda: (
                f"{person.name} gets achievement {owned.achievement} with {uses}, "
                f"from {owned.obtained_at:%Y-%m-%d %H:%M:%S}{until}"
            )
        )

    def _revoke(self, *, revoked: bool) -> None:
        self.stage.levers.revoke(world.SPARE_KEY.id, revoked=revoked)
        self._tell(lambda: f"the spare key is {'revoked' if revoked else 'good again'}")

    def _person(self, who: str) -> Person:
        return next(it for it in self.ledger.shop.people if it.ids["bhid"] == who)

    def _tell(self, line: Callable[[], str]) -> None:
        self.stage.figures.steps += 1
        self.story.tell(self.ledger.shop.now, line)

    def _count(self, *moves: str) -> None:
        for move in moves:
            coverage.count_move(self.stage.figures, move)


def shortened(stage: Stage, error: DivergenceError, patience: float) -> DivergenceError:
    """Find a short story that ends like the one that was played last: leave out whatever it doesn't need.

    That is delta debugging on what was done. Hypothesis shrinks what it drew, and where a draw depends on all those
    before it, as here, whatever it leaves out makes another story of the rest.

    Args:
        stage: Where the story was played.
        error: How it ended.
        patience: Seconds for it.
    """
    played, enough_at = stage.latest, time.monotonic() + patience
    if played is None:
        return error
    actions, size = played.actions, len(played.actions)
    while size := size // 2:
        start = 0
        while start < len(actions) and time.monotonic() < enough_at:
            units = {it.unit for it in actions[start : start + size]}
            rest = [it for it in actions if it.unit not in units]
            ended = _replayed(stage, rest)
            if ended is not None and ended.kind == error.kind:
                actions, error = rest, ended
            else:
                start += size
    return error


def _replayed(stage: Stage, actions: Sequence[Action]) -> DivergenceError | None:
    try:
        Player(stage).again(actions)
    except DivergenceError as error:
        return error
    return None
