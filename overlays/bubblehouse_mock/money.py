"""Money as the API writes it, exact to a millionth."""

import re
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from typing import Final

MICRO: Final = Decimal("0.000001")

_LIMIT: Final = Decimal(2**63) * MICRO  # the API stores 64-bit millionths
_TEXT: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
# Products of a balance and a point value stay exact up to here; the largest that can occur has 43 digits. A quotient
# that doesn't end is cut far behind the digit that decides which way a millionth is rounded.
_EXACT: Final = Context(prec=100, rounding=ROUND_HALF_UP)


class MoneyError(ValueError):
    """A value is not money; the message says why, without naming the field."""


def parse(value: object) -> Decimal:
    """Read money as a request may write it: a decimal string of any precision, or an integer of millionths.

    Raises:
        MoneyError: It is neither, or beyond 64 bits of millionths. A JSON number with a fraction or an exponent is
            refused even where it is whole: `42.0` would mean 42 millionths, and nobody who writes it means that.
    """
    if isinstance(value, str) and _TEXT.fullmatch(value):
        amount = Decimal(value)
    elif isinstance(value, int) and not isinstance(value, bool):
        amount = Decimal(value).scaleb(-6, _EXACT)
    else:
        raise MoneyError('money is a decimal string ("42.99") or an integer of millionths (42990000), never a float')
    if not -_LIMIT <= amount < _LIMIT:
        raise MoneyError("money is stored as 64-bit millionths; this is beyond them")
    return amount


@lru_cache(maxsize=1024)
def render(amount: Decimal) -> str:
    """Write money as an answer does: exactly six decimals."""
    return f"{amount.quantize(MICRO, context=_EXACT):f}"


@lru_cache(maxsize=1024)
def rounded(amount: Decimal) -> str:
    """Write money for people: with two decimals."""
    return f"{amount:.2f}"


@lru_cache(maxsize=1024)
def value_of(points: int, value: Decimal, *, per: int = 1) -> Decimal:
    """Return what points are worth. Half a millionth and more is rounded up, less is rounded down.

    Args:
        points: How many, not negative.
        value: The worth of `per` points; it may be finer than a millionth.
        per: How many points that is, from 1 up.
    """
    worth = _EXACT.divide(_EXACT.multiply(Decimal(points), value), Decimal(per))
    return worth.quantize(MICRO, context=_EXACT)
