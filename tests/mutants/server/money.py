"""Mutants of money: exact to a millionth is what it should be."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

from tests.contract.proof.contract import Json
from tests.mutants.door import RICH, Door
from tests.mutants.mutant import Family
from tests.mutants.patching import Function, around, given, instead, put, says, together

from bubblehouse_mock import money
from bubblehouse_mock.rules import Call, customer_balance_3, redeem_points_1
from bubblehouse_mock.stages import inputs
from bubblehouse_mock.state import Settings
from bubblehouse_mock.state.settings import PointValueBucket

_REDEEM, _BALANCE = "RedeemPoints1", "CustomerBalance3"
_BUCKETS: list[Json] = [{"threshold": 200, "value": "3"}, {"threshold": 400, "value": "8"}]


def _worth(change: Callable[[Settings], Settings]) -> Function:
    """Reckon as if settings were otherwise."""
    return lambda worth: lambda settings, points: worth(change(settings), points)


def _first_bucket(settings: Settings) -> Settings:
    return replace(settings, point_value_buckets=settings.point_value_buckets[:1])


def _of_reached(choose: Callable[[Sequence[PointValueBucket]], PointValueBucket]) -> Function:
    def make(worth: Function) -> Function:
        def chosen(settings: Settings, points: int) -> object:
            reached = [it for it in settings.point_value_buckets if it.threshold <= points]
            return worth(replace(settings, point_value_buckets=(choose(reached),)) if reached else settings, points)

        return chosen

    return make


def _exclusive(settings: Settings) -> Settings:
    return replace(
        settings,
        point_value_buckets=tuple(replace(it, threshold=it.threshold + 1) for it in settings.point_value_buckets),
    )


def _finely(door: Door, value: str, pts: int = 100) -> object:
    """Redeem points that are worth some fraction of money."""
    return door.configure(point_value=value).redeem(pts)


def _bucketed(door: Door, pts: int, buckets: list[Json] = _BUCKETS) -> None:
    door.configure(point_value_buckets=buckets)
    door.redeem(pts)


def _order(door: Door, subtotal: object, least: str = "50") -> None:
    door.configure(minimum_order_value=least)
    door.redeem(cart_subtotal=subtotal)


def _rounding(context: Context) -> Function:
    def make(_: Function) -> Function:
        def value_of(points: int, value: Decimal, *, per: int = 1) -> Decimal:
            worth = money._EXACT.divide(money._EXACT.multiply(Decimal(points), value), Decimal(per))
            return worth.quantize(money.MICRO, context=context)

        return value_of

    return make


def _as_units(parse: Function) -> Function:
    return lambda value: Decimal(value) if isinstance(value, int) else parse(value)


def _floats_too(parse: Function) -> Function:
    return lambda value: Decimal(str(value)) if isinstance(value, float) else parse(value)


def _not_below(check: Function) -> Function:
    """Refuse the least order value itself."""

    def checked(call: Call, pts: int) -> None:
        settings = call.shop.settings
        if settings.minimum_order_value is not None:
            settings = replace(settings, minimum_order_value=settings.minimum_order_value + money.MICRO)
        seen: Any = _Seen(call.shop, settings)
        check(replace(call, shop=seen), pts)

    return checked


class _Seen:
    """A shop as it looks with other settings."""

    def __init__(self, shop: Any, settings: Settings) -> None:
        self._shop, self.settings = shop, settings

    def __getattr__(self, name: str) -> object:
        return getattr(self._shop, name)


def _unbounded(value: object) -> Decimal:
    """Read money of any size."""
    if isinstance(value, (str, int)):
        return Decimal(str(value))
    raise money.MoneyError("it is a float")


_of = Family("money", "server", "model")

MUTANTS = [
    _of.mutant(
        "rounded",
        "Amounts are rounded to whole cents.",
        around(money, "render", lambda render: lambda amount: render(amount.quantize(Decimal("0.01")))),
        lambda it: _finely(it, "0.012345"),
        anchor=36,
    ),
    _of.mutant(
        "two-decimals",
        "Amounts are written with two decimals.",
        around(money, "render", lambda _: lambda amount: f"{amount:.2f}"),
        lambda it: it.redeem(),
    ),
    _of.mutant(
        "currency",
        "Amounts carry the sign of a currency.",
        around(money, "render", lambda render: lambda amount: f"${render(amount)}"),
        lambda it: it.redeem(),
        layer="round-trip",
    ),
    _of.mutant(
        "comma",
        "Amounts are written with a comma.",
        around(money, "render", lambda render: lambda amount: render(amount).replace(".", ",")),
        lambda it: it.redeem(),
        layer="round-trip",
    ),
    _of.mutant(
        "half-even",
        "Half a millionth is rounded to the even side.",
        around(money, "value_of", _rounding(Context(prec=100, rounding=ROUND_HALF_EVEN))),
        lambda it: _finely(it, "0.0000005", 101),
    ),
    _of.mutant(
        "cut",
        "Less than a millionth is cut off.",
        around(money, "value_of", _rounding(Context(prec=100, rounding="ROUND_DOWN"))),
        lambda it: _finely(it, "0.0000005", 101),
    ),
    _of.mutant(
        "per-point",
        "A redemption is worth as much as one point.",
        around(Settings, "worth", lambda worth: lambda settings, _: worth(settings, 1)),
        lambda it: it.redeem(),
    ),
    _of.mutant(
        "no-buckets",
        "Better rates for larger amounts are ignored.",
        around(Settings, "worth", _worth(lambda settings: replace(settings, point_value_buckets=()))),
        lambda it: _bucketed(it, 250),
    ),
    _of.mutant(
        "first-bucket",
        "The first of the better rates counts, however large the amount.",
        around(Settings, "worth", _worth(_first_bucket)),
        lambda it: _bucketed(it, 500),
    ),
    _of.mutant(
        "last-bucket",
        "Of the better rates that an amount reaches, the one that stands last counts.",
        around(Settings, "worth", _of_reached(lambda reached: reached[-1])),
        lambda it: _bucketed(it, 500, _BUCKETS[::-1]),
    ),
    _of.mutant(
        "best-rate",
        "Of the better rates that an amount reaches, the best one counts.",
        around(Settings, "worth", _of_reached(lambda reached: max(reached, key=lambda it: it.value / it.threshold))),
        lambda it: _bucketed(it, 500, [{"threshold": 400, "value": "5"}, {"threshold": 150, "value": "2.5"}]),
    ),
    _of.mutant(
        "bucket-exclusive",
        "A better rate counts only above its threshold.",
        around(Settings, "worth", _worth(_exclusive)),
        lambda it: _bucketed(it, 400),
    ),
    _of.mutant(
        "bucket-each",
        "A better rate is taken for that of each point.",
        around(
            money,
            "value_of",
            lambda value_of: (
                lambda points, value, *, per=1: value_of(points, value) if per > 1 else value_of(points, value, per=per)
            ),
        ),
        lambda it: _bucketed(it, 250),
    ),
    _of.mutant(
        "amount-doubled",
        "Twice the worth of the points is answered.",
        says(put("amount", lambda text: f"{Decimal(text) * 2:.6f}"), function=_REDEEM),
        lambda it: it.redeem(),
    ),
    _of.mutant(
        "pending-value",
        "Pending points are told to be worth what available ones are.",
        says(lambda body: body.update(pts_pending_value=body["pts_available_value"]), function=_BALANCE),
        lambda it: it.balance(RICH),
    ),
    _of.mutant(
        "value-null",
        "Points that have a money value are told to have none.",
        says(lambda body: body.update(pts_available_value=None, pts_pending_value=None), function=_BALANCE),
        lambda it: it.balance(),
    ),
    _of.mutant(
        "value-zero",
        "Points without a money value are told to be worth 0.",
        around(customer_balance_3, "_value", lambda value: lambda call, points: value(call, points) or "0.000000"),
        lambda it: (it.configure(point_value=None), it.balance()),
    ),
    _of.mutant(
        "spent-without-value",
        "Points without a money value can be redeemed, for nothing.",
        around(
            Settings,
            "worth",
            lambda worth: lambda settings, points: Decimal(0) if (found := worth(settings, points)) is None else found,
        ),
        lambda it: (it.configure(point_value=None), it.redeem()),
    ),
    _of.mutant(
        "spends-swapped",
        "What was spent and what counts for tiers are told in each other's place.",
        says(
            lambda body: body.update(total_spend=body["upgrade_spend"], upgrade_spend=body["total_spend"]),
            function=_BALANCE,
        ),
        lambda it: it.balance(RICH),
    ),
    _of.mutant(
        "millionths-are-units",
        "An integer of millionths is read as whole units.",
        around(money, "parse", _as_units),
        lambda it: _order(it, 49_000_000),
    ),
    _of.mutant(
        "float-taken",
        "A JSON float is taken for money.",
        together(
            around(money, "parse", _floats_too),
            instead(inputs, "_check_money", lambda *_: None),
        ),
        lambda it: _order(it, 42.0),
        layer="batteries",
    ),
    _of.mutant(
        "beyond-64-bits",
        "Money beyond 64 bits of millionths is accepted.",
        instead(money, "parse", _unbounded),
        lambda it: it.redeem(cart_subtotal="9223372036854.775808"),
        layer="batteries",
    ),
    _of.mutant(
        "order-value",
        "The minimum order value is not enforced.",
        given(_REDEEM, lambda body: body.pop("cart_subtotal", None) and None),
        lambda it: _order(it, "49.99"),
        layer="matrix",
    ),
    _of.mutant(
        "order-value-itself",
        "The minimum order value itself is too little.",
        around(redeem_points_1, "_check_settings", _not_below),
        lambda it: _order(it, "50"),
    ),
    _of.mutant(
        "order-value-needed",
        "Where the shop has a minimum order value, a call without a subtotal is refused.",
        given(_REDEEM, lambda body: body.setdefault("cart_subtotal", "0") and None),
        lambda it: (it.configure(minimum_order_value="50"), it.redeem()),
    ),
    _of.mutant(
        "reward-amount",
        "The amount of a reward is told in whole units.",
        around(
            customer_balance_3,
            "_reward",
            lambda reward: lambda coupon: {**reward(coupon), "amount": f"{coupon.amount or 0:.0f}.000000"},
        ),
        lambda it: (_finely(it, "0.012345"), it.balance(include_unused_rewards=True)),
    ),
]
