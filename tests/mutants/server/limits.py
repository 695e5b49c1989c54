"""Mutants of rate limits and of the clock."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from msgspec import structs
from tests.mutants.door import PLAIN, POOR, RICH, Door
from tests.mutants.mutant import Apply, Family
from tests.mutants.patching import Function, answers, around, drop, instead, put, says

from bubblehouse_mock.clock import AdjustableClock
from bubblehouse_mock.messages import Response
from bubblehouse_mock.stages import rate_limits
from bubblehouse_mock.state import Ledger, calls
from bubblehouse_mock.state.calls import CallCounter, Quota
from bubblehouse_mock.state.tally import Tally


def _limited(*steps: Callable[[Door], object], delay: int = 0, **limits: Any) -> Callable[[Door], object]:
    """Make calls of a shop that counts them."""
    chosen = limits or {"read": {"per_day": {"customer": 2}}, "write": {"per_day": {"customer": 2}}}

    def witness(door: Door) -> None:
        door.configure(rate_limits_enabled=True, rate_limit_delay=delay, rate_limits=chosen)
        for step in steps:
            step(door)

    return witness


def _reads(number: int, customer: str = PLAIN) -> Callable[[Door], object]:
    return lambda it: [it.balance(customer) for _ in range(number)]


def _quotas(change: Callable[[Quota], Quota | None]) -> Apply:
    """Count against other quotas."""

    def make(original: Function) -> Function:
        def quotas(*given: Any) -> list[Quota]:
            return [changed for quota in original(*given) if (changed := change(quota)) is not None]

        return quotas

    return around(rate_limits, "_quotas", make)


def _retry(change: Callable[[str], str]) -> Apply:
    def changed(_: object, response: Response) -> Response:
        headers = tuple((name, change(value) if name == "retry-after" else value) for name, value in response.headers)
        return replace(response, headers=headers)

    return answers(changed)


def _counting_refused(admit: Function) -> Function:
    def admitted(self: CallCounter, quotas: list[Quota], now: Any, delay: int) -> object:
        outcome = admit(self, quotas, now, delay)
        if isinstance(outcome, calls.Exhausted):
            came = (now - calls._EPOCH) // calls._MICROSECOND
            self.book(calls.Booking(came, came, tuple(quota.key for quota in quotas)))
        return outcome

    return admitted


def _pass_a_day(door: Door) -> None:
    door.later(hours=12)


def _a_day_later(text: str) -> str:
    return (datetime.fromisoformat(text) + timedelta(days=1)).isoformat().replace("+00:00", "Z")


def _get(door: Door) -> None:
    door.get("", token=door.token(PLAIN))


_of = Family("limits", "server", "model")

MUTANTS = [
    _of.mutant(
        "none",
        "Calls are not counted at all.",
        instead(rate_limits, "admit", lambda *_: 0.0),
        _limited(_reads(3)),
        layer="matrix",
    ),
    _of.mutant(
        "one-more",
        "One call more than the limit is let through.",
        _quotas(lambda quota: replace(quota, calls=quota.calls + 1)),
        _limited(_reads(3)),
        layer="matrix",
    ),
    _of.mutant(
        "one-less",
        "The last call of the limit is refused.",
        _quotas(lambda quota: replace(quota, calls=max(0, quota.calls - 1))),
        _limited(_reads(2)),
        layer="batteries",
    ),
    _of.mutant(
        "customers-uncounted",
        "Calls are counted for the shop, and not for each customer.",
        _quotas(lambda quota: None if quota.scope == "customer" else quota),
        _limited(_reads(3)),
        layer="batteries",
    ),
    _of.mutant(
        "shop-uncounted",
        "Calls are counted for each customer, and not for the shop.",
        _quotas(lambda quota: None if quota.scope == "shop" else quota),
        _limited(_reads(2), _reads(2, RICH), read={"per_day": {"shop": 3}}),
        layer="matrix",
    ),
    _of.mutant(
        "customers-together",
        "All customers share one customer's limit.",
        _quotas(lambda quota: replace(quota, subject="all")),
        _limited(_reads(2), _reads(1, RICH)),
        layer="batteries",
    ),
    _of.mutant(
        "kinds-together",
        "Reads and writes share one limit.",
        _quotas(lambda quota: replace(quota, kind="call")),
        _limited(_reads(2), lambda it: it.redeem()),
    ),
    _of.mutant(
        "refused-count",
        "Calls that were refused for being too many go on counting.",
        around(CallCounter, "admit", _counting_refused),
        _limited(_reads(4), _reads(1, RICH), read={"per_day": {"customer": 1, "shop": 3}}),
        layer="batteries",
    ),
    _of.mutant(
        "never-again",
        "The day of a limit never ends.",
        instead(calls, "_PERIODS", {"second": 1_000_000, "day": 36_500 * 86_400 * 1_000_000}),
        _limited(_reads(3), _pass_a_day, _reads(1)),
    ),
    _of.mutant(
        "short-day",
        "The day of a limit ends after an hour.",
        instead(calls, "_PERIODS", {"second": 1_000_000, "day": 3_600 * 1_000_000}),
        _limited(_reads(3), lambda it: it.later(hours=1), _reads(1)),
        layer="batteries",
    ),
    _of.mutant(
        "long-second",
        "The second of a limit lasts for ten.",
        instead(calls, "_PERIODS", {"second": 10_000_000, "day": 86_400 * 1_000_000}),
        _limited(_reads(2), lambda it: it.later(seconds=1), _reads(1), read={"per_second": {"customer": 1}}),
        layer="batteries",
    ),
    _of.mutant(
        "get-uncounted",
        "Reads by GET are not counted.",
        around(
            rate_limits,
            "admit",
            lambda admit: lambda operation, *given: 0.0 if operation.method == "GET" else admit(operation, *given),
        ),
        _limited(_get, _get, _get),
        layer="matrix",
    ),
    _of.mutant(
        "malformed-uncounted",
        "Calls with malformed input are not counted.",
        around(
            rate_limits,
            "admit",
            lambda admit: (
                lambda operation, shop, customer, *given: (
                    0.0 if customer is None else admit(operation, shop, customer, *given)
                )
            ),
        ),
        _limited(lambda it: [it.redeem("many") for _ in range(3)], write={"per_day": {"shop": 2}}),
    ),
    _of.mutant(
        "retry-too-soon",
        "Whoever waits as Retry-After says is refused again.",
        _retry(lambda seconds: str(max(1, int(seconds) - 1))),
        _limited(_reads(3)),
    ),
    _of.mutant(
        "retry-missing",
        "A call too many is refused without Retry-After.",
        answers(
            lambda _, response: replace(
                response, headers=tuple(pair for pair in response.headers if pair[0] != "retry-after")
            )
        ),
        _limited(_reads(3)),
        layer="matrix",
    ),
    _of.mutant(
        "retry-zero",
        "Retry-After is always 0.",
        _retry(lambda _: "0"),
        _limited(_reads(3)),
        layer="matrix",
    ),
    _of.mutant(
        "retry-date",
        "Retry-After is a date in the past.",
        _retry(lambda _: "Wed, 20 May 2020 12:00:00 GMT"),
        _limited(_reads(3)),
        layer="matrix",
    ),
    _of.mutant(
        "no-delay",
        "Calls near the limit are not delayed, but refused.",
        around(CallCounter, "admit", lambda admit: lambda self, quotas, now, _: admit(self, quotas, now, 0)),
        _limited(_reads(3), delay=5, read={"per_second": {"customer": 1}}),
        layer="batteries",
    ),
    _of.mutant(
        "long-delay",
        "Calls are delayed by up to a minute rather than five seconds.",
        around(
            CallCounter,
            "admit",
            lambda admit: lambda self, quotas, now, delay: admit(self, quotas, now, 60 if delay else 0),
        ),
        _limited(_reads(8), delay=5, read={"per_second": {"customer": 1}}),
        layer="batteries",
    ),
    # ---- the clock ----
    _of.mutant(
        "clock-stands",
        "Time that is put forward by the control plane doesn't pass in the shop.",
        instead(AdjustableClock, "__call__", lambda self: self._base()),
        lambda it: (it.mock.control.advance_clock({"to": "+13d"}), it.balance("1003")),
    ),
    _of.mutant(
        "available-later",
        "Points become available a moment later than they should.",
        instead(Tally, "after", Tally.since),
        lambda it: (it.later(days=12), it.balance(RICH)),
    ),
    _of.mutant(
        "available-at-once",
        "Points are never pending.",
        around(
            Ledger,
            "append",
            lambda append: lambda self, change: append(self, structs.replace(change, available_at=None)),
        ),
        lambda it: it.balance("1003"),
    ),
    _of.mutant(
        "expiry-untold",
        "When all points expire is not told.",
        says(drop("pts_global_expiration"), function="CustomerBalance3"),
        lambda it: it.balance(),
        layer="two-sided",
    ),
    _of.mutant(
        "expiry-past",
        "When all points expired is told afterwards, too.",
        says(
            lambda body: body.setdefault("pts_global_expiration", "2020-01-01T00:00:00Z") and None,
            function="CustomerBalance3",
        ),
        lambda it: (it.later(days=366), it.balance()),
    ),
    _of.mutant(
        "expiry-later",
        "When all points expire is told a day late.",
        says(put("pts_global_expiration", _a_day_later), function="CustomerBalance3"),
        lambda it: it.balance(POOR),
    ),
]
