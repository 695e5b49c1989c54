"""What the model expects of an answer, and where an answer differs from it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from math import floor
from typing import Any, Final, Protocol

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


class Like(Protocol):
    """Something that is expected of a value, where that isn't one certain value."""

    def fits(self, value: object) -> bool:
        """Tell whether a value is as expected."""
        ...


@dataclass(frozen=True, slots=True)
class Money:
    """An amount of money, which an answer rounds to millionths: half of one is rounded up."""

    exact: Fraction

    def fits(self, value: object) -> bool:
        try:
            return isinstance(value, str) and Fraction(Decimal(value)) == self._rounded
        except InvalidOperation:
            return False

    @property
    def _rounded(self) -> Fraction:
        return Fraction(floor(self.exact * 1_000_000 + Fraction(1, 2)), 1_000_000)

    def __str__(self) -> str:
        return f"{float(self._rounded):.6f}"


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


def differences(expected: object, came: object, place: str = "") -> Iterator[str]:
    """Yield, in words, where what came isn't what was expected. Objects may have more than was expected of them."""
    if isinstance(expected, AnyOrder):
        expected, came = _in_order(expected.entries), _in_order(came) if isinstance(came, list) else came
    if isinstance(expected, dict):
        yield from _of_objects(expected, came, place)
    elif isinstance(expected, list):
        yield from _of_lists(expected, came, place)
    elif hasattr(expected, "fits"):
        if not expected.fits(came):
            yield f"{place}: expected {expected}, came {came!r}"
    elif type(expected) is not type(came) or expected != came:
        yield f"{place}: expected {expected!r}, came {came!r}"


def _of_objects(expected: Json, came: object, place: str) -> Iterator[str]:
    if not isinstance(came, dict):
        yield f"{place or 'answer'}: expected an object, came {came!r}"
        return
    for name, value in expected.items():
        yield from differences(value, came.get(name), f"{place}.{name}".lstrip("."))


def _of_lists(expected: list[Any], came: object, place: str) -> Iterator[str]:
    if not isinstance(came, list) or len(came) != len(expected):
        yield f"{place}: expected {len(expected)} entries, came {came!r}"
        return
    for index, (one, other) in enumerate(zip(expected, came, strict=True)):
        yield from differences(one, other, f"{place}[{index}]")
