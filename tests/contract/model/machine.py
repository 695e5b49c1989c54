"""The state machine: it draws what happens next in a story, and lets it happen.

Hypothesis draws the steps, and a number for each story. All else is drawn with that number by Python's own `Random`, in
a hundredth of the time: five draws stand behind a call, and hypothesis would take as long for them as the call itself.
What it would do with them in return, make a story shorter, `player.shortened` does better.
"""

from datetime import timedelta
from typing import ClassVar, Final

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from tests.contract.model import draws, world
from tests.contract.model.drivers import Came
from tests.contract.model.player import Player, Stage
from tests.contract.model.reference.call import Call, Token
from tests.contract.model.reference.expected import Json
from tests.contract.model.reference.people import Owned, Person
from tests.contract.model.story import DivergenceError
from tests.contract.proof.figures import DRIVER_NAMES

_FLAGS: Final = ("include_unused_rewards", "include_full_program", "include_referrals")
_EVERYTHING: Final = dict.fromkeys(_FLAGS, True)
_POINTS_AND_CODES: Final = {_FLAGS[0]: True}
_FEW_CALLS: Final = 3
_MANY_CALLS: Final = 10


class Machine(RuleBasedStateMachine):
    """One story."""

    stage: ClassVar[Stage]

    def __init__(self) -> None:
        super().__init__()
        self.player = Player(self.stage)
        self.ledger = self.player.ledger
        self._tokens: list[Token] = []
        self._free_from = self.ledger.shop.now
        self._over = False
        self._dice = draws.dice_of(0)
        self.stage.figures.stories += 1

    # ---- calls ----

    @initialize(number=st.integers(0, draws.MOST_DICE))
    def begin(self, number: int) -> None:
        """Make the shop one of its own kind."""
        self._dice = draws.dice_of(number)
        for patch in draws.patches(self._dice):
            self.player.do("configure", patch=patch)

    @rule()
    def redeem(self) -> None:
        for _ in range(_FEW_CALLS):
            person = self._somebody()
            arguments = draws.redemption(self._dice, self.ledger, person, allowed=True)
            self._write("RedeemPoints1", person, arguments)

    @rule()
    def redeem_again_and_again(self) -> None:
        """For one customer: what is redeemed later may replace what was redeemed before."""
        person = self._somebody()
        for _ in range(_FEW_CALLS):
            arguments = draws.redemption(self._dice, self.ledger, person, allowed=True)
            self._write("RedeemPoints1", person, arguments)

    @rule()
    def redeem_at_the_edges(self) -> None:
        for _ in range(_MANY_CALLS):
            if draws.sometimes(self._dice, 2):
                self.player.do("configure", patch=draws.redemption_patch(self._dice))
            person = self._somebody()
            arguments = draws.redemption(self._dice, self.ledger, person, allowed=False)
            self._write("RedeemPoints1", person, arguments)

    @rule()
    def unredeem(self) -> None:
        for _ in range(_FEW_CALLS):
            who = [it for it in self.ledger.shop.people if it.redemptions]
            who += [it for it in who if any(redemption.fate == "replaced" for redemption in it.redemptions.values())]
            person = draws.one_of(self._dice, who)
            change = draws.change(self._dice, self.ledger, person)
            self._write("Unredeem1", person, {"change_bhid": change})

    @rule()
    def use_achievement(self) -> None:
        """Twice each, since that may be once too often."""
        for _ in range(2):
            person = self._somebody()
            achievement = draws.achievement(self._dice, self.ledger, person)
            for _ in range(2):
                self._write("UseAchievementDiscount1", person, {"achievement_bhid": achievement})

    @rule()
    def balance(self) -> None:
        for _ in range(_FEW_CALLS):
            person = self._somebody()
            flags = {flag: draws.sometimes(self._dice, 2) for flag in _FLAGS if draws.sometimes(self._dice, 2)}
            verb = draws.one_of(self._dice, ("POST", "GET"))
            self._ask(draws.call(self._dice, "CustomerBalance3", person, flags, verb), self._driver())

    @rule()
    def call_wrongly(self) -> None:
        """With one thing wrong, or with several of which the first is told."""
        for _ in range(_MANY_CALLS):
            self._call_wrongly()

    @precondition(lambda self: self.ledger.shop.now >= self._free_from)
    @rule()
    def call_too_often(self) -> None:
        """Reach the limit of calls, call on, and wait for as long as the answer says."""
        self.player.together(self._call_too_often)
        self._free_from = self.ledger.shop.now + timedelta(days=2)

    def _call_too_often(self) -> None:
        shop, do = self.ledger.shop, self.player.do
        do("limit_calls", on=True)
        self._look(shop.people[0])
        self._ask(_plain("Unredeem1", shop.people[0], {"change_bhid": draws.NO_CHANGE}), DRIVER_NAMES[0])
        do("be_busy", busy=True)
        for _ in range(2 * _FEW_CALLS):
            if draws.sometimes(self._dice, 2):
                self._call_wrongly()
            else:
                self._ask(self._good_call(), self._driver())
        refused = self._ask(_plain("CustomerBalance3", shop.people[0], {}), DRIVER_NAMES[0])
        told = next(value for name, value in refused.response.headers if name.lower() == "retry-after")
        do("pass_time", to=shop.now + timedelta(seconds=int(told)))
        do("be_busy", busy=False)
        self._look(shop.people[0])
        do("limit_calls", on=False)

    # ---- beside calls ----

    @rule()
    def time_passes(self) -> None:
        """Then look at those for whom something changes at that moment, since a second later it is too late."""
        for _ in range(_FEW_CALLS):
            self.player.do("pass_time", to=draws.moment(self._dice, self.ledger, self._tokens))
            self._look(self.ledger.shop.people[0])
            for person, achievement in self.ledger.turning():
                self._look(person, _EVERYTHING)
                if achievement:
                    self._use(person, achievement)

    @rule()
    def change_settings(self) -> None:
        for _ in range(2):
            self.player.do("configure", patch=draws.patch(self._dice))

    @rule()
    def give_points(self) -> None:
        person = self._somebody()
        waits = draws.one_of(self._dice, (None, timedelta(hours=1), timedelta(days=14)))
        self.player.do("earn", who=person.ids["bhid"], pts=self._dice.randint(1, 3000), waits=waits)
        self._look(person)

    @rule()
    def expire_points(self) -> None:
        person = self._somebody()
        available = person.available(self.ledger.shop.now)
        if available > 0:
            pts = draws.one_of(self._dice, (1, available, self._dice.randint(1, available)))
            self.player.do("expire", who=person.ids["bhid"], pts=pts)
            self._look(person)

    @rule()
    def use_a_code(self) -> None:
        codes = [
            (person, it.coupon.code)
            for person in self.ledger.shop.people
            for it in person.redemptions.values()
            if it.coupon is not None and not it.fate
        ]
        if codes:
            person, code = draws.one_of(self._dice, codes[::-1])
            self.player.do("turn_code", who=person.ids["bhid"], code=code)
            self._look(person)

    @rule()
    def give_achievement(self) -> None:
        """To somebody who hasn't got it: of which of two a use is taken, nobody says."""
        person, now = self._somebody(), self.ledger.shop.now
        achievement = draws.one_of(self._dice, (world.COLLECTOR, world.EARLY_BIRD))
        states = {it.state(now) for it in person.owned if it.achievement == achievement}
        if states & {"owned", "counted", "to come"}:
            return
        begins = draws.one_of(self._dice, (timedelta(), timedelta(hours=3)))
        lasts = draws.one_of(self._dice, (None, timedelta(hours=12)))
        owned = Owned(
            achievement=achievement,
            obtained_at=now + begins,
            remaining=draws.one_of(self._dice, (None, 1, 2)),
            expires_at=None if lasts is None else now + begins + lasts,
        )
        self.player.do("give_achievement", who=person.ids["bhid"], owned=owned)
        self._use(person, achievement)

    @rule()
    def keep_a_token(self) -> None:
        """Make one that will be used later."""
        person = self._somebody()
        self._tokens.append(draws.token_to_keep(self._dice, self.ledger, person))

    @rule()
    def revoke_the_spare_key(self) -> None:
        """Or take that back."""
        self.player.do("revoke", revoked=world.SPARE_KEY.id not in self.ledger.shop.revoked)

    def teardown(self) -> None:
        """Look at everybody once more: nothing may have changed that nobody changed."""
        if not self._over:
            for person in self.ledger.shop.people:
                self._look(person, _EVERYTHING)

    # ---- how a step is done ----

    def _somebody(self) -> Person:
        return draws.one_of(self._dice, self.ledger.shop.people)

    def _driver(self) -> str:
        return draws.one_of(self._dice, DRIVER_NAMES)

    def _write(self, function: str, person: Person, arguments: Json) -> None:
        self._ask(draws.call(self._dice, function, person, arguments), self._driver())
        self._look(person)

    def _good_call(self) -> Call:
        person = self._somebody()
        function = draws.one_of(
            self._dice, ("RedeemPoints1", "Unredeem1", "UseAchievementDiscount1", "CustomerBalance3")
        )
        arguments: dict[str, Json] = {
            "RedeemPoints1": {"pts": 100},
            "Unredeem1": {"change_bhid": draws.NO_CHANGE},
            "UseAchievementDiscount1": {"achievement_bhid": world.NOBODYS_ACHIEVEMENT},
            "CustomerBalance3": {"include_full_program": True},
        }
        verb = draws.one_of(self._dice, ("POST", "GET")) if function == "CustomerBalance3" else "POST"
        return draws.call(self._dice, function, person, arguments[function], verb)

    def _call_wrongly(self) -> None:
        call = draws.flawed(self._dice, self.ledger, self._good_call(), self._tokens)
        self._ask(call, self._driver())

    def _use(self, person: Person, achievement: str) -> None:
        self._ask(_plain("UseAchievementDiscount1", person, {"achievement_bhid": achievement}), self._driver())

    def _look(self, person: Person, flags: Json = _POINTS_AND_CODES) -> None:
        """Read a customer's balance."""
        driver = DRIVER_NAMES[len(self.player.actions) % len(DRIVER_NAMES)]
        self._ask(_plain("CustomerBalance3", person, flags), driver)

    def _ask(self, call: Call, driver: str) -> Came:
        try:
            came: Came = self.player.do("ask", call=call, driver=driver)
        except DivergenceError:
            self._over = True
            raise
        return came


def _plain(function: str, person: Person, arguments: Json) -> Call:
    """Return a call with a shop token."""
    return Call(
        function=function,
        token=Token(kind="ShopToken", holder=None, key_id=world.KEYS["shop"].id),
        version=draws.VERSION,
        arguments=arguments,
        customer={"bhid": person.ids["bhid"]},
    )
