"""Isolation: whatever a call says, a customer's token reads and changes that customer alone, and a shop's that shop."""

from typing import Any

import pytest
from tests.contract.batteries import neighbour
from tests.contract.batteries.trespasses import ASIDES, Aside, identities
from tests.contract.proof import contract as contracts
from tests.contract.proof.contract import Json, Operation
from tests.contract.proof.scene import NOBODY
from tests.contract.proof.target import CUSTOMER_KINDS, Control, Customer
from tests.contract.proof.wire import Sent, Wire, authorised

_OPERATIONS = tuple(contracts.load().operations.values())
_CALLS = [pytest.param(it, kind, id=f"{it.id}-{kind}") for it in _OPERATIONS for kind in it.tokens]
_OWN_CALLS = [call for call in _CALLS if call.values[1] in CUSTOMER_KINDS]
_NOT_MINE = (403, "customer_identity_does_not_match_token")
_NOT_FOUND = (404, "not_found")


def _mine(wire: Wire, operation: Operation, kind: str) -> tuple[Sent, Customer]:
    """Return a call of one customer that names nobody, and another customer."""
    if not wire.target.can_mint(kind):
        pytest.skip("there is no key for this kind of token")
    if operation.kind == "write" and not wire.target.bears_random_writes:
        pytest.skip("a write that reaches somebody else could not be taken back")
    sent = wire.prepare(operation, kind, named=False)
    return sent, _them(wire.scene.other if wire.scene.owner == sent.actor else wire.scene.owner)


def _them(known: Customer | None) -> Customer:
    return known or Customer(NOBODY)


def _person(control: Control | None, customer: Customer) -> Any:
    people = control.state()["customers"] if control is not None else []
    return next((person for person in people if person["shopid"] == customer.shopid), None)


@pytest.mark.parametrize(("operation", "kind"), _OWN_CALLS)
def test_naming_another_is_refused(operation: Operation, kind: str, wire: Wire) -> None:
    sent, them = _mine(wire, operation, kind)
    control = wire.target.control
    before = control and control.state()
    for name, identity in identities(sent.actor, them).items():
        answer = wire.call(operation, {**sent.arguments, "customer": identity}, kind, sent.actor.shopid)
        assert answer.error == _NOT_MINE, (name, answer.body)
        assert (control and control.state()) == before, name


@pytest.mark.parametrize("aside", ASIDES, ids=str)
@pytest.mark.parametrize(("operation", "kind"), _OWN_CALLS)
def test_naming_another_elsewhere_says_nothing(operation: Operation, kind: str, aside: Aside, wire: Wire) -> None:
    sent, them = _mine(wire, operation, kind)
    control, claims = wire.target.control, aside.claims(sent.actor, them)
    theirs, mine = _person(control, them), _person(control, sent.actor)
    request = authorised(sent.request, f"Bearer {wire.target.token(kind, sent.actor.shopid, claims=claims)}")
    answer = wire.send(aside.alter(request, them), operation)
    assert answer.status == 200, answer.body
    assert _person(control, them) == theirs, "another customer was changed"
    if operation.kind == "read":
        assert answer.body == wire.send(sent.request, operation).body, "another customer was read"
    elif control is not None:
        assert _person(control, sent.actor) != mine, "the call changed nobody"


@pytest.mark.parametrize("kind", contracts.load().operations["Unredeem1"].tokens)
def test_the_redemption_of_another_is_not_found(kind: str, wire: Wire, control: Control) -> None:
    operation = wire.contract.operations["Unredeem1"]
    control.reset()
    me, them = wire.scene.spender, _them(wire.scene.owner)
    change = wire.redeem(them)["change_bhid"]
    before = control.state()
    changes = [it["bhid"] for it in before["customers"] if it["shopid"] == them.shopid for it in it["changes"]]
    assert change in changes
    for bhid in changes:
        arguments: Json = {"customer": {"shopid": me.shopid}, "change_bhid": bhid}
        assert wire.call(operation, arguments, kind, me.shopid).error == _NOT_FOUND
    if kind in CUSTOMER_KINDS:
        theirs: Json = {"customer": {"shopid": them.shopid}, "change_bhid": change}
        assert wire.call(operation, theirs, kind, me.shopid).error == _NOT_MINE
    assert control.state() == before
    good: Json = {"customer": {"shopid": them.shopid}, "change_bhid": change}
    assert wire.call(operation, good, kind, them.shopid).status == 200


@pytest.mark.parametrize("kind", contracts.load().operations["UseAchievementDiscount1"].tokens)
def test_the_achievement_of_another_is_not_owned(kind: str, wire: Wire, control: Control) -> None:
    operation = wire.contract.operations["UseAchievementDiscount1"]
    control.reset()
    before = control.state()
    me = wire.scene.spender
    arguments: Json = {"customer": {"shopid": me.shopid}, "achievement_bhid": wire.scene.achievement}
    assert wire.call(operation, arguments, kind, me.shopid).error == (422, "achievement_not_owned")
    assert control.state() == before


def test_codes_are_told_to_their_owner_alone(wire: Wire, control: Control) -> None:
    control.reset()
    me, them = wire.scene.spender, _them(wire.scene.owner)
    codes = {wire.redeem(customer)["code"]: customer for customer in (me, them)}
    told = {it: [reward["code"] for reward in wire.balance(it)["unused_rewards"]] for it in (me, them)}
    for code, owner in codes.items():
        assert [customer for customer in (me, them) if code in told[customer]] == [owner]
    assert set(told[me]).isdisjoint(told[them])


def test_a_provisional_redemption_replaces_no_code_of_another(wire: Wire, control: Control) -> None:
    control.reset()
    control.settings({"provisional_redemptions": True})
    me, them = wire.scene.spender, _them(wire.scene.owner)
    wire.redeem(them)
    before = _person(control, them)
    first = wire.redeem(me)
    assert "remove_coupon_codes" not in first
    assert wire.redeem(me)["remove_coupon_codes"] == [first["code"]]
    assert _person(control, them) == before


@pytest.mark.parametrize("kind", ["CustomerToken", "ShopToken"])
def test_calls_about_another_do_not_count(kind: str, wire: Wire, control: Control) -> None:
    operation = wire.contract.operations["CustomerBalance3"]
    control.reset()
    limits = {"read": {"per_day": {"customer": 1, "shop": 100}, "per_second": {"customer": 100, "shop": 100}}}
    control.settings({"rate_limits_enabled": True, "rate_limit_delay": 0, "rate_limits": limits})
    statuses = [
        wire.call(operation, {"customer": {"shopid": it.shopid}}, kind, it.shopid).status
        for it in (wire.scene.spender, wire.scene.spender, _them(wire.scene.other), wire.scene.spender)
    ]
    assert statuses == [200, 429, 200, 429]


def test_points_redeemed_by_another_do_not_count(wire: Wire, control: Control) -> None:
    control.reset()
    control.settings({"redemption_limit": {"total": wire.scene.amount, "period": "yearly"}})
    wire.redeem(_them(wire.scene.owner))
    assert wire.balance(wire.scene.spender)["redemption_limit"]["remaining"] == wire.scene.amount
    wire.redeem(wire.scene.spender)


class TestNextDoor:
    """Two shops that a mistake would take for one."""

    @pytest.fixture
    def slug(self, wire: Wire, control: Control) -> Any:
        yield neighbour.move_in(wire.target)
        control.reset()

    @pytest.mark.parametrize(("operation", "kind"), _CALLS)
    def test_a_token_is_good_for_one_shop(
        self, operation: Operation, kind: str, wire: Wire, control: Control, slug: str
    ) -> None:
        actor = wire.scene.actor(operation)
        arguments = wire.scene.arguments(operation, actor, neighbour.CHANGE)
        before = control.state()
        for shop, other in ((wire.target.shop, slug), (slug, wire.target.shop)):
            token = wire.target.token(kind, actor.shopid, shop=shop)
            request = wire.request(operation, arguments, token, url=wire.url(operation.function, shop=other))
            assert wire.send(request, operation).error == (401, "invalid_token")
        assert control.state() == before

    def test_ids_mean_the_customers_of_the_shop(self, wire: Wire, slug: str) -> None:
        operation = wire.contract.operations["CustomerBalance3"]
        there = neighbour.POINTS - 100
        points = {}
        for shop in (wire.target.shop, slug):
            for identity in wire.scene.spender.identities:
                token = wire.target.token("ShopToken", "", shop=shop)
                url = wire.url(operation.function, shop=shop)
                answer = wire.send(wire.request(operation, {"customer": identity}, token, url=url), operation)
                points[shop, str(identity)] = answer.body["pts_available"]
        assert {it for (shop, _), it in points.items() if shop == slug} == {there}
        assert there not in {it for (shop, _), it in points.items() if shop != slug}

    @pytest.mark.parametrize(
        ("function", "arguments", "error"),
        [
            ("CustomerBalance3", {"customer": {"shopid": neighbour.ALONE}}, "no_customers_match_customer_identity"),
            ("CustomerBalance3Get", {"customer": {"shopid": neighbour.ALONE}}, "no_customers_match_customer_identity"),
            ("RedeemPoints1", {"customer": {"shopid": neighbour.ALONE}}, "no_customers_match_customer_identity"),
            ("Unredeem1", {"change_bhid": neighbour.CHANGE}, "not_found"),
            ("UseAchievementDiscount1", {"achievement_bhid": neighbour.ACHIEVEMENT}, "achievement_not_owned"),
        ],
    )
    def test_what_is_next_door_is_not_there(
        self, function: str, arguments: Json, error: str, wire: Wire, control: Control, slug: str
    ) -> None:
        del slug
        operation = wire.contract.operations[function]
        actor, before = wire.scene.actor(operation), control.state()
        given = {**wire.scene.arguments(operation, actor, ""), **arguments}
        assert wire.call(operation, given, "ShopToken", "").error[1] == error
        assert control.state() == before

    def test_a_write_changes_one_shop(self, wire: Wire, control: Control, slug: str) -> None:
        before = control.state()["shops"]
        wire.redeem(wire.scene.spender)
        after = control.state()["shops"]
        changed = [shop["shop"] for shop, was in zip(after, before, strict=True) if shop != was]
        assert changed == [wire.target.shop]
        assert slug in {shop["shop"] for shop in after}
