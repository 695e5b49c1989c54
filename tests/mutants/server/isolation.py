"""Mutants in which customers or calls come to feel one another, at times only where two calls come at once."""

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

from tests.mutants.door import COLLECTOR, PLAIN, POOR, RICH, Door
from tests.mutants.mutant import Family
from tests.mutants.patching import Function, around, refuses, rule

from bubblehouse_mock.control import Access
from bubblehouse_mock.jsontext import JsonObject
from bubblehouse_mock.mock import BubblehouseMock
from bubblehouse_mock.rules import (
    Call,
    Rule,
    customer_balance_3,
    redeem_points_1,
    unredeem_1,
)
from bubblehouse_mock.serving import asgi, server
from bubblehouse_mock.stages import identity
from bubblehouse_mock.state import Ledger, Ownership, Shop, log
from bubblehouse_mock.world import World

_BALANCE = "CustomerBalance3"


def _everybodys_rewards(original: Rule) -> Rule:
    def answer(call: Call) -> JsonObject:
        output: Any = original(call)
        if "unused_rewards" in output:
            output["unused_rewards"] = [
                customer_balance_3._reward(coupon)
                for customer in call.shop.customers.values()
                for coupon in customer.coupons
                if coupon.status == "unused"
            ]
        return dict(output)

    return answer


def _from_another(original: Rule) -> Rule:
    """Take the points from the first customer."""

    def answer(call: Call) -> JsonObject:
        output = original(call)
        first = next(iter(call.shop.customers.values()))
        if first is not call.customer:
            pts = call.integer("pts")
            call.customer.ledger.redeemed -= pts
            first.ledger.redeemed += pts
        return output

    return answer


def _remembered(original: Rule) -> Rule:
    """Answer the balance of whoever asked first."""
    answers: dict[Shop, JsonObject] = {}
    return lambda call: answers.setdefault(call.shop, original(call))


def _kept(original: Rule) -> Rule:
    """Remember what was ever asked for."""
    asked: set[str] = set()

    def answer(call: Call) -> JsonObject:
        if call.flag("include_unused_rewards"):
            asked.add(call.customer.bhid)
        wanted: Any = call.input | ({"include_unused_rewards": True} if call.customer.bhid in asked else {})
        return original(replace(call, input=wanted))

    return answer


def _shared_limit(_: Function) -> Function:
    def redeemed(ledger: Ledger, start: Any, *, leaving_out: Any = ()) -> int:
        del leaving_out
        return sum(-it.pts for it in ledger.changes if it.type == "redeemed_towards_order" and it.at >= start) + 300

    return redeemed


def _reading_spends(original: Rule) -> Rule:
    """Let every read of a balance cost a point."""

    def answer(call: Call) -> JsonObject:
        output = original(call)
        if call.customer.ledger.available(call.now):
            call.customer.ledger.redeemed += 1
        return output

    return answer


def _at_once(*calls: Callable[[Door], object]) -> Callable[[Door], object]:
    """Make calls of one shop at the same time. The outcome is what they leave behind, in no order."""

    def witness(door: Door) -> object:
        threads = [threading.Thread(target=call, args=(door,)) for call in calls]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        ended = sorted(str(it.status) for it in door.answers)
        door.answers.clear()
        door.balance()
        door.balance(RICH)
        return ended

    return witness


_WHILE = 0.05  # seconds, in which another call comes between


def _in_threads(serve: Function) -> Function:
    """Serve each call in a thread of its own, as most servers do."""

    async def served(app: asgi.MockApp, scope: asgi.Scope, receive: asgi.Receive, send: asgi.Send) -> None:
        if scope["type"] != "http":
            await serve(app, scope, receive, send)
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        sent: list[asgi.Message] = []

        async def received() -> asgi.Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def kept(message: asgi.Message) -> None:
            sent.append(message)

        await asyncio.to_thread(lambda: asyncio.run(serve(app, scope, received, kept)))
        for message in sent:
            await send(message)

    return served


def _as_an_application(mock: BubblehouseMock, access: Access | None, on_ready: Callable[[], None]) -> object:
    """Serve the mock in the way in which applications are served: its own has no threads to offer."""
    return server._ReadyServer(server._config(asgi.MockApp(mock, control=access), "httptools"), on_ready)


def _unlocked(owner: object, name: str, *, before: bool = True) -> Any:
    """Take the lock away, and let other calls come between a check and what it is for."""

    def apply(patch: Any) -> None:
        patch.setattr(server, "_server", _as_an_application)
        patch.setattr(asgi.MockApp, "__call__", _in_threads(asgi.MockApp.__call__))
        patch.setattr(log, "RLock", nullcontext)
        patch.setattr(World, "changing", lambda _: nullcontext())
        original = getattr(owner, name)

        def slowly(*arguments: Any, **named: Any) -> Any:
            if before:
                time.sleep(_WHILE)
            found = original(*arguments, **named)
            if not before:
                time.sleep(_WHILE)
            return found

        patch.setattr(owner, name, slowly)

    return apply


def _undo_at_once(door: Door) -> object:
    change = door.redeem(1000)["change_bhid"]
    return _at_once(*[lambda it: it.undo(change)] * 2)(door)


_of = Family("isolation", "server", "batteries")
_together = Family("concurrency", "server", "at-once")

MUTANTS = [
    _of.mutant(
        "everybodys-rewards",
        "A customer sees the codes of all others.",
        rule(_BALANCE, _everybodys_rewards),
        lambda it: it.balance(include_unused_rewards=True),
    ),
    _of.mutant(
        "from-another",
        "The points of a redemption are taken from another customer.",
        rule("RedeemPoints1", _from_another),
        lambda it: (it.redeem(), it.balance(), it.balance(RICH)),
        layer="round-trip",
    ),
    _of.mutant(
        "first-balance",
        "Everybody is told the balance of whoever asked first.",
        rule(_BALANCE, _remembered),
        lambda it: (it.balance(RICH), it.balance()),
        layer="round-trip",
    ),
    _of.mutant(
        "limit-shared",
        "What others redeem counts against a customer's limit.",
        around(Ledger, "redeemed_since", _shared_limit),
        lambda it: it.balance(),
        layer="model",
    ),
    _of.mutant(
        "reading-spends",
        "Reading a balance changes it.",
        rule(_BALANCE, _reading_spends),
        lambda it: (it.balance(), it.balance()),
        layer="round-trip",
    ),
    _of.mutant(
        "get-forgets-token",
        "By GET, a customer's token reads whomever `customer` names.",
        around(
            identity,
            "identify",
            lambda identify: (
                lambda shop, grant, named: (
                    identify(shop, grant, None)
                    if named and set(named) == {"shopid"} and grant.shopid == POOR
                    else identify(shop, grant, named)
                )
            ),
        ),
        lambda it: it.balance(RICH, token=it.token(POOR)),
    ),
    _of.mutant(
        "existence",
        "A customer's token learns whether another customer exists.",
        refuses("customer_identity_does_not_match_token", as_id="no_customers_match_customer_identity", status=404),
        lambda it: it.balance(RICH, token=it.token(PLAIN)),
        layer="matrix",
    ),
    _of.mutant(
        "referrals-of-first",
        "Everybody is told the referrals of the first customer.",
        around(
            customer_balance_3,
            "encode",
            lambda encode: (
                lambda value: (
                    {"sent": 4, "approved": 2, "rejected": 1, "earned_pts": 400}
                    if type(value).__name__ == "ReferralStats"
                    else encode(value)
                )
            ),
        ),
        lambda it: it.balance(include_referrals=True),
        layer="model",
    ),
    _of.mutant(
        "switches-kept",
        "Whoever asked for rewards once gets them ever after.",
        rule(_BALANCE, _kept),
        lambda it: (it.balance(include_unused_rewards=True), it.balance()),
        layer="model",
    ),
    _together.mutant(
        "redeemed-twice",
        "Two redemptions at once both find the same points.",
        _unlocked(redeem_points_1, "_check_balance", before=False),
        _at_once(lambda it: it.redeem(2000), lambda it: it.redeem(2000)),
    ),
    _together.mutant(
        "undone-twice",
        "Two calls at once both undo one redemption.",
        _unlocked(unredeem_1, "revert"),
        _undo_at_once,
    ),
    _together.mutant(
        "used-twice",
        "Two calls at once both use the last use of an achievement.",
        _unlocked(Ownership, "is_active", before=False),
        lambda it: (
            it.use(COLLECTOR),
            it.use(COLLECTOR),
            _at_once(*[lambda door: door.use(COLLECTOR)] * 2)(it),
        ),
    ),
    _together.mutant(
        "one-id",
        "Two redemptions at once get the same id.",
        _unlocked(redeem_points_1, "Change"),
        _at_once(lambda it: it.redeem(100), lambda it: it.redeem(200)),
    ),
]
