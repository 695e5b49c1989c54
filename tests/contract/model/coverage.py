"""What a run of the model has to reach: every move of the ledger, every error id, every order of precedence."""

from typing import Final

from tests.contract.model.reference import door
from tests.contract.model.reference.expected import STATUS, Expected
from tests.contract.proof.figures import ModelRun

_STAGES: Final = {
    "invalid_global_api_version": "version",
    "obsolete_global_api_version": "version",
    "inaccessible_global_api_version": "version",
    "invalid_token": "token",
    "rate_limit_exceeded": "rate limit",
    "invalid_request": "input",
    "request_too_large": "input",
    "unsupported_media_type": "input",
    "missing_customer_identity": "customer",
    "empty_customer_identity": "customer",
    "no_customers_match_customer_identity": "customer",
    "customer_identity_partially_mismatches_matched_customer": "customer",
    "customer_identity_does_not_match_token": "customer",
}
"""Where an error id is judged; others are rules of a function."""

_DOOR: Final = ("version", "token", "rate limit", "input", "customer", "points_disabled")
_RULES: Final = (
    "points_disabled",
    "points_spending_disabled",
    "points_below_redeemable_minimum",
    "points_above_redeemable_maximum",
    "points_not_on_redeemable_step",
    "minimum_order_value_not_met",
    "insufficient_points",
    "redemption_limit_exceeded",
)
_NEVER_TOGETHER: Final = {("points_below_redeemable_minimum", "points_above_redeemable_maximum")}
_OF_ONE_FUNCTION: Final = {
    **dict.fromkeys(_RULES, ("RedeemPoints1",)),
    "not_found": ("Unredeem1",),
    "change_already_reverted": ("Unredeem1",),
    "invalid_redemption_for_unredeem": ("Unredeem1",),
    "achievement_not_owned": ("UseAchievementDiscount1",),
}

MOVES: Final = (
    "RedeemPoints1: points → code",
    "RedeemPoints1: points → external",
    "RedeemPoints1: points → provisional code",
    "RedeemPoints1: provisional code → replaced",
    *(f"RedeemPoints1 refused: {rule}" for rule in _RULES),
    "RedeemPoints1 refused: points without value",
    "Unredeem1: code → undone",
    "Unredeem1: external → undone",
    "Unredeem1: provisional code → undone",
    "Unredeem1 refused: undone",
    "Unredeem1 refused: replaced",
    "Unredeem1 refused: used code",
    "Unredeem1 refused: another's",
    "Unredeem1 refused: a change that is no redemption",
    "Unredeem1 refused: a change that nobody has",
    "UseAchievementDiscount1: owned → owned",
    "UseAchievementDiscount1: counted → a use fewer",
    "UseAchievementDiscount1: counted → used up",
    "UseAchievementDiscount1 refused: used up",
    "UseAchievementDiscount1 refused: taken away",
    "UseAchievementDiscount1 refused: run out",
    "UseAchievementDiscount1 refused: to come",
    "UseAchievementDiscount1 refused: never owned",
    "UseAchievementDiscount1 refused: nobody's",
    "shop: nothing → points",
    "shop: nothing → pending points",
    "shop: points → expired points",
    "shop: nothing → owned",
    "shop: nothing → counted",
    "shop: nothing → to come",
    "shop: code → used code",
    "shop: provisional code → used code",
    "shop: used code → code",
    "clock: pending points → points",
    "clock: tier → the tier below",
    "clock: owned → run out",
    "clock: to come → owned",
    "clock: points expire one day → no day of expiry",
    *(f"clock: {period} limit used → {period} limit anew" for period in ("daily", "monthly", "yearly")),
)
"""Every move that the model knows: from state to state, and what moves."""


def known() -> ModelRun:
    """Return figures in which nothing was reached yet."""
    functions = tuple(door.KINDS)
    reads = {"request_too_large": functions, "unsupported_media_type": functions}
    ids = [(function, it) for it in STATUS for function in (_OF_ONE_FUNCTION | reads).get(it, functions)]
    pairs = [(one, other) for order in (_DOOR, _RULES) for i, one in enumerate(order) for other in order[i + 1 :]]
    return ModelRun(
        moves=dict.fromkeys(MOVES, 0),
        errors={_error(function, it): 0 for function, it in sorted(ids)},
        precedence={_pair(*it): 0 for it in pairs if it not in _NEVER_TOGETHER},
    )


def note(figures: ModelRun, function: str, expected: Expected, came: str | None) -> None:
    """Count a call.

    Args:
        figures: Where it is counted.
        function: What was called.
        expected: What was expected of it, which came.
        came: The error id that came; None for a success.
    """
    figures.calls += 1
    for move in expected.moves:
        count_move(figures, move)
    if came is not None:
        name = _error(function, came)
        figures.errors[name] = figures.errors.get(name, 0) + 1
    first, *rest = [_STAGES.get(it, it) for it in expected.broken] or [""]
    for other in set(rest) - {first}:
        pair = _pair(first, other)
        if pair in figures.precedence:
            figures.precedence[pair] += 1


def count_move(figures: ModelRun, move: str) -> None:
    """Count a move of the ledger."""
    figures.moves[move] = figures.moves.get(move, 0) + 1


def _error(function: str, error_id: str) -> str:
    return f"{function} {STATUS[error_id]} {error_id}"


def _pair(first: str, other: str) -> str:
    return f"{first} before {other}"
