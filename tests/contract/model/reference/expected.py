"""What the model expects of an answer, and where an answer differs from it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, Final

Json = dict[str, Any]


STATUS: Final = {
    "invalid_global_api_version": 400,
    "obsolete_global_api_version": 400,
    "inaccessible_global_api_version": 400,
    "invalid_token": 401,
    "rate_limit_exceeded": 429,
    "invalid_request": 400,
    "request_too_large": 413,
    "unsupported_media_type": 415,
    "missing_customer_identity": 400,
    "empty_customer_identity": 404,
    "no_customers_match_customer_identity": 404,
    "customer_identity_partially_mismatches_matched_customer": 404,
    "customer_identity_does_not_match_token": 403,
    "points_disabled": 422,
    "points_spending_disabled": 422,
    "points_below_redeemable_minimum": 422,
    "points_above_redeemable_maximum": 422,
    "points_not_on_redeemable_step": 422,
    "minimum_order_value_not_met": 422,
    "insufficient_points": 422,
    "redemption_limit_exceeded": 422,
    "not_found": 404,
    "change_already_reverted": 422,
    "invalid_redemption_for_unredeem": 422,
    "achievement_not_owned": 422,
}
"""Every error id that the model knows, and its status."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount of money, which an answer rounds to millionths: half of one is rounded up."""

    exact: Fraction

    def fits(self, value: object) -> bool:
        try:
            return isinstance(value, str) and Decimal(value) == self._rounded
        except InvalidOperation:
            return False

    @property
    def _rounded(self) -> Decimal:
        exact, millionths = self.exact, 1_000_000
        return Decimal((2 * millionths * exact.numerator + exact.denominator) // (2 * exact.denominator)).scaleb(-6)

    def __str__(self) -> str:
        return f"{self._rounded:.6f}"


@dataclass(frozen=True, slots=True)
class Text:
    """A text that isn't empty, and none of those that were given before."""

    unlike: frozenset[str] = frozenset()

    def fits(self, value: object) -> bool:
        return isinstance(value, str) and bool(value.strip("0")) and value not in self.unlike

    def __str__(self) -> str:
        return "a text that is new" if self.unlike else "some text"


@dataclass(frozen=True, slots=True)
class Between:
    """A whole number, which may be missing where it can be 0."""

    least: int
    most: int

    def fits(self, value: object) -> bool:
        if value is None:
            return self.least == 0
        return type(value) is int and self.least <= value <= self.most

    def __str__(self) -> str:
        return f"{self.least} to {self.most}"


@dataclass(frozen=True, slots=True)
class AnyOrder:
    """A list whose order nobody documents: of texts, or of objects that have a code."""

    entries: tuple[Any, ...]

    def __str__(self) -> str:
        return f"{len(self.entries)} entries"


def _in_order(entries: Iterable[Any]) -> list[Any]:
    return sorted(entries, key=lambda it: str(it.get("code") if isinstance(it, dict) else it))


class Nothing:
    """A property that is missing or null, or an empty list where `or_empty`."""

    def __init__(self, *, or_empty: bool = False) -> None:
        self._empties: tuple[object, ...] = (None, [], "") if or_empty else (None,)

    def fits(self, value: object) -> bool:
        return value in self._empties

    def __str__(self) -> str:
        return "nothing"


ABSENT: Final = Nothing()
ABSENT_OR_EMPTY: Final = Nothing(or_empty=True)


def _learn_nothing(_: Json) -> None:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What has to come.

    Attributes:
        answer: The success, where there has to be one.
        refused: Otherwise error ids, any one of which has to come: more than one where neither the docs nor the
            assumptions decide between them.
        learn: Is given the success once it came as expected: what changes by it, and ids that only the server knows.
        moves: What happens in the ledger by it, as `moves` names it.
        broken: All that is wrong with the call, in the order in which it is judged, where there is more than one thing.
    """

    answer: Json | None = None
    refused: tuple[str, ...] = ()
    learn: Callable[[Json], None] = _learn_nothing
    moves: tuple[str, ...] = ()
    broken: tuple[str, ...] = field(default=())


def differences(expected: object, came: object) -> list[str]:
    """Return, in words, where what came isn't what was expected. Objects may have more than was expected of them."""
    found = (it.removeprefix(".") for it in _differences(expected, came))
    return [f"answer{it}" if it.startswith(":") else it for it in found]


def _differences(expected: object, came: object) -> Iterable[str]:
    """The same, each with its place seen from here before it."""
    compare = _BY_TYPE.get(type(expected))
    if compare is not None:
        return compare(expected, came)
    if type(expected) is type(came) and expected == came:
        return ()
    return (f": expected {expected!r}, came {came!r}",)


def _of_likes(expected: Money | Text | Between | Nothing, came: object) -> Iterable[str]:
    return () if expected.fits(came) else (f": expected {expected}, came {came!r}",)


def _of_objects(expected: Json, came: object) -> Iterable[str]:
    if not isinstance(came, dict):
        return (f": expected an object, came {came!r}",)
    return [f".{name}{it}" for name, value in expected.items() for it in _differences(value, came.get(name))]


def _of_lists(expected: list[Any], came: object) -> Iterable[str]:
    if not isinstance(came, list) or len(came) != len(expected):
        return (f": expected {len(expected)} entries, came {came!r}",)
    pairs = enumerate(zip(expected, came, strict=True))
    return [f"[{index}]{it}" for index, (one, other) in pairs for it in _differences(one, other)]


def _in_any_order(expected: AnyOrder, came: object) -> Iterable[str]:
    return _of_lists(_in_order(expected.entries), _in_order(came) if isinstance(came, list) else came)


_BY_TYPE: Final[dict[type, Callable[[Any, object], Iterable[str]]]] = {
    dict: _of_objects,
    list: _of_lists,
    AnyOrder: _in_any_order,
    **dict.fromkeys((Money, Text, Between, Nothing), _of_likes),
}
