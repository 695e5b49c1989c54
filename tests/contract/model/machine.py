"""The state machine: it does one thing after another to server and model, and compares them at every step."""

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar, Final

from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from tests.contract.model import coverage, draws, world
from tests.contract.model.drivers import Came, Clients
from tests.contract.model.judge import Judge
from tests.contract.model.levers import Levers
from tests.contract.model.reference.call import Call, Token
from tests.contract.model.reference.expected import Json
from tests.contract.model.reference.people import Owned, Person
from tests.contract.model.story import DivergenceError, Story, diverged
from tests.contract.proof.figures import DRIVER_NAMES, ModelRun

_FLAGS: Final = ("include_unused_rewards", "include_full_program", "include_referrals")
_EVERYTHING: Final = dict.fromkeys(_FLAGS, True)
_POINTS_AND_CODES: Final = {_FLAGS[0]: True}
_FEW_CALLS: Final = 3


@dataclass(slots=True)
class Stage:
    """What all stories have in common.

    Attributes:
        levers: The shop's side.
        clients: The callers.
        judge: Compares.
        figures: Where everything is counted.
        shortest: The shortest story so far in which server and model disagree.
        patience: Seconds for looking for a shorter one.
    """

    levers: Levers
    clients: Clients
    judge: Judge
    figures: ModelRun = field(default_factory=coverage.known)
    shortest: DivergenceError | None = None
    patience: float = 0.0
    _enough_at: float = 0.0

    def disagree(self, error: DivergenceError) -> DivergenceError:
        """Take in a story in which server and model disagree, and return it."""
        if self.shortest is None:
            self._enough_at = time.monotonic() + self.patience
        if self.shortest is None or error.steps <= self.shortest.steps:
            self.shortest = error
        return error

    @property
    def has_enough(self) -> bool:
        """Whether no shorter story is to be looked for any more."""
        return self.shortest is not None and time.monotonic() >= self._enough_at


class Machine(RuleBasedStateMachine):
    """One story."""

    stage: ClassVar[Stage]

    def __init__(self) -> None:
        super().__init__()
        if self.stage.has_enough:
            reject()
        self.ledger = self.stage.levers.begin()
        self.story = Story()
        self._tokens: list[Token] = []
        self._free_from = self.ledger.shop.now
        self._over = False
        self.stage.figures.stories += 1

    # ---- calls ----

    @initialize(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        """Make the shop one of its own kind."""
        for patch in draws.patches(data.draw):
            self._configure(patch)

    @rule(data=st.data())
    def redeem(self, data: st.DataObject) -> None:
        person = self._somebody(data)
        arguments = draws.redemption(data.draw, self.ledger, person, allowed=True)
        self._write("RedeemPoints1", person, arguments, data)

    @rule(data=st.data())
    def redeem_once_more(self, data: st.DataObject) -> None:
        """Again, so that there are redemptions enough."""
        self.redeem(data)

    @rule(data=st.data())
    def redeem_at_the_edges(self, data: st.DataObject) -> None:
        for _ in range(2 * _FEW_CALLS):
            if data.draw(st.booleans()):
                self._configure(draws.redemption_patch(data.draw))
            person = self._somebody(data)
            arguments = draws.redemption(data.draw, self.ledger, person, allowed=False)
            self._write("RedeemPoints1", person, arguments, data)

    @rule(data=st.data())
    def unredeem(self, data: st.DataObject) -> None:
        for _ in range(_FEW_CALLS):
            who = [it for it in self.ledger.shop.people if it.redemptions]
            person = draws.one_of(data.draw, who)
            change = draws.change(data.draw, self.ledger, person)
            self._write("Unredeem1", person, {"change_bhid": change}, data)

    @rule(data=st.data())
    def use_achievement(self, data: st.DataObject) -> None:
        person = self._somebody(data)
        achievement = draws.achievement(data.draw, self.ledger, person)
        self._write("UseAchievementDiscount1", person, {"achievement_bhid": achievement}, data)

    @rule(data=st.data())
    def balance(self, data: st.DataObject) -> None:
        person = self._somebody(data)
        flags = {flag: data.draw(st.booleans()) for flag in _FLAGS if data.draw(st.booleans())}
        verb = draws.one_of(data.draw, ("POST", "GET"))
        self._ask(draws.call(data.draw, "CustomerBalance3", person, flags, verb), self._driver(data))

    @rule(data=st.data())
    def call_wrongly(self, data: st.DataObject) -> None:
        """With one thing wrong, or with several of which the first is told."""
        for _ in range(2 * _FEW_CALLS):
            self._call_wrongly(data)

    @precondition(lambda self: self.ledger.shop.now >= self._free_from)
    @rule(data=st.data())
    def call_too_often(self, data: st.DataObject) -> None:
        """Reach the limit of calls, call on, and wait for as long as the answer says."""
        shop, levers = self.ledger.shop, self.stage.levers
        levers.limit_calls(on=True)
        self._tell("one call a day and no more")
        self._look(shop.people[0])
        self._ask(self._plain("Unredeem1", shop.people[0], {"change_bhid": draws.NO_CHANGE}), DRIVER_NAMES[0])
        shop.busy = True
        for _ in range(_FEW_CALLS):
            if data.draw(st.booleans()):
                self._call_wrongly(data)
            else:
                self._ask(self._good_call(data), self._driver(data))
        refused = self._ask(self._plain("CustomerBalance3", shop.people[0], {}), DRIVER_NAMES[0])
        told = next(value for name, value in refused.response.headers if name.lower() == "retry-after")
        self._tell(f"Retry-After: {told}")
        self._pass_time(shop.now + timedelta(seconds=int(told)))
        shop.busy = False
        self._look(shop.people[0])
        levers.limit_calls(on=False)
        self._tell("as many calls as anybody likes")
        self._free_from = shop.now + timedelta(days=2)

    # ---- beside calls ----

    @rule(data=st.data())
    def time_passes(self, data: st.DataObject) -> None:
        self._pass_time(draws.moment(data.draw, self.ledger, self._tokens))

    @rule(data=st.data())
    def change_settings(self, data: st.DataObject) -> None:
        self._configure(draws.patch(data.draw))

    @rule(data=st.data())
    def give_points(self, data: st.DataObject) -> None:
        person, now = self._somebody(data), self.ledger.shop.now
        pts = data.draw(st.integers(1, 3000))
        waits = draws.one_of(data.draw, (None, timedelta(hours=1), timedelta(days=14)))
        available_at = None if waits is None else now + waits
        bhid, move = self.stage.levers.grant(person, pts, available_at)
        self._count(move)
        later = "" if waits is None else f", to be spent in {waits}"
        self._tell(f"{person.name} earns {pts} points{later}: {self.story.name(bhid, 'change')}")
        self._look(person)

    @rule(data=st.data())
    def expire_points(self, data: st.DataObject) -> None:
        person = self._somebody(data)
        available = person.available(self.ledger.shop.now)
        if available < 1:
            return
        pts = data.draw(st.integers(1, available))
        bhid, move = self.stage.levers.expire(person, pts)
        self._count(move)
        self._tell(f"{pts} points of {person.name} expire: {self.story.name(bhid, 'change')}")
        self._look(person)

    @rule(data=st.data())
    def use_a_code(self, data: st.DataObject) -> None:
        codes = [
            (person, it)
            for person in self.ledger.shop.people
            for it in person.redemptions.values()
            if it.coupon is not None and not it.fate
        ]
        if not codes:
            return
        person, redemption = draws.one_of(data.draw, codes[::-1])
        coupon, before = redemption.coupon, redemption.state
        if coupon is None:
            return
        self.stage.levers.set_code(coupon, "unused" if coupon.status == "used" else "used")
        self._tell(f"the code of {person.name}'s {self.story.named(redemption.bhid)} is {coupon.status}")
        after = "code" if before == "used code" else "used code"
        self._count(f"shop: {before} → {after}")
        self._look(person)

    @rule(data=st.data())
    def give_achievement(self, data: st.DataObject) -> None:
        """To somebody who hasn't got it: of which of two a use is taken, nobody says."""
        person, now = self._somebody(data), self.ledger.shop.now
        achievement = draws.one_of(data.draw, (world.COLLECTOR, world.EARLY_BIRD))
        states = {it.state(now) for it in person.owned if it.achievement == achievement}
        if states & {"owned", "counted", "to come"}:
            return
        begins = draws.one_of(data.draw, (timedelta(), timedelta(hours=3)))
        lasts = draws.one_of(data.draw, (None, timedelta(hours=12)))
        owned = Owned(
            achievement=achievement,
            obtained_at=now + begins,
            remaining=draws.one_of(data.draw, (None, 1, 2)),
            expires_at=None if lasts is None else now + begins + lasts,
        )
        self._tell(f"{person.name} gets the achievement {achievement}: {owned}")
        self._count(self.stage.levers.give_achievement(person, owned))

    @rule(data=st.data())
    def keep_a_token(self, data: st.DataObject) -> None:
        """Make one that will be used later."""
        person = self._somebody(data)
        self._tokens.append(draws.token_to_keep(data.draw, self.ledger, person))

    @rule()
    def revoke_the_spare_key(self) -> None:
        spare = world.SPARE_KEY.id
        revoked = spare not in self.ledger.shop.revoked
        self.stage.levers.revoke(spare, revoked=revoked)
        self._tell(f"the spare key is {'revoked' if revoked else 'good again'}")

    def teardown(self) -> None:
        """Look at everybody once more: nothing may have changed that nobody changed."""
        if not self._over:
            for person in self.ledger.shop.people:
                self._look(person, _EVERYTHING)

    # ---- how a step is done ----

    def _somebody(self, data: st.DataObject) -> Person:
        return draws.one_of(data.draw, self.ledger.shop.people)

    def _driver(self, data: st.DataObject) -> str:
        return draws.one_of(data.draw, DRIVER_NAMES)

    def _write(self, function: str, person: Person, arguments: Json, data: st.DataObject) -> None:
        self._ask(draws.call(data.draw, function, person, arguments), self._driver(data))
        self._look(person)

    def _good_call(self, data: st.DataObject) -> Call:
        person = self._somebody(data)
        function = draws.one_of(
            data.draw, ("RedeemPoints1", "Unredeem1", "UseAchievementDiscount1", "CustomerBalance3")
        )
        arguments: dict[str, Json] = {
            "RedeemPoints1": {"pts": 100},
            "Unredeem1": {"change_bhid": draws.NO_CHANGE},
            "UseAchievementDiscount1": {"achievement_bhid": world.NOBODYS_ACHIEVEMENT},
            "CustomerBalance3": {"include_full_program": True},
        }
        verb = draws.one_of(data.draw, ("POST", "GET")) if function == "CustomerBalance3" else "POST"
        return draws.call(data.draw, function, person, arguments[function], verb)

    def _call_wrongly(self, data: st.DataObject) -> None:
        call = draws.flawed(data.draw, self.ledger, self._good_call(data), self._tokens)
        self._ask(call, self._driver(data))

    def _plain(self, function: str, person: Person, arguments: Json) -> Call:
        return Call(
            function=function,
            token=Token(kind="ShopToken", holder=None, key_id=world.KEYS["shop"].id),
            version=self._plain_version(),
            arguments=arguments,
            customer={"bhid": person.ids["bhid"]},
        )

    def _plain_version(self) -> str:
        return draws.VERSION

    def _look(self, person: Person, flags: Json = _POINTS_AND_CODES) -> None:
        """Read a customer's balance."""
        driver = DRIVER_NAMES[self.stage.figures.calls % len(DRIVER_NAMES)]
        self._ask(self._plain("CustomerBalance3", person, flags), driver)

    def _ask(self, call: Call, driver: str) -> Came:
        """Call server and model, and compare."""
        expected = self.ledger.answer(call)
        told = self.story.call(call, driver)
        came = self.stage.clients.make(driver, call)
        wrong = list(self.stage.judge.compare(call, expected, came))
        self._tell(told + ("" if wrong else f" → {self.story.came(call, came)}"))
        if wrong:
            self._over = True
            raise self.stage.disagree(diverged(self.story, expected, str(came), wrong))
        error_id = came.body["id"] if came.raised else None
        coverage.note(self.stage.figures, call.function, expected, error_id)
        if expected.answer is not None:
            expected.learn(came.body)
        return came

    def _configure(self, patch: Json) -> None:
        settings = self.ledger.shop.settings.values | patch
        most = settings["maximum_redemption"]
        if most is not None and max([*(settings["redemption_buckets"] or ()), settings["minimum_redemption"]]) > most:
            return  # the shop would be refused such settings
        self.stage.levers.configure(patch)
        self._tell(f"the shop sets {patch}")

    def _pass_time(self, to: datetime) -> None:
        self._count(*self.stage.levers.advance(to))
        self._tell(f"time passes until {to:%Y-%m-%d %H:%M:%S}")

    def _tell(self, line: str) -> None:
        self.stage.figures.steps += 1
        self.story.tell(self.ledger.shop.now, line)

    def _count(self, *moves: str) -> None:
        for move in moves:
            coverage.count_move(self.stage.figures, move)
