"""Mutants that say no in the wrong words. Made by rule: each documented error, with another status and another id."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from tests.mutants.door import EARLY_BIRD, OTHER_KEY, PLAIN, RICH, Door
from tests.mutants.mutant import Family, Mutant
from tests.mutants.patching import answers, refuses

_NOTHING: Final = "0000000000000000"


def _configured(door: Door, **settings: object) -> None:
    door.configure(**settings)
    door.redeem(150)


def _too_many(door: Door) -> None:
    door.configure(rate_limits_enabled=True, rate_limit_delay=0, rate_limits={"read": {"per_day": {"shop": 1}}})
    door.balance()
    door.balance()


_PROVOCATIONS: Final[dict[str, tuple[int, str, Callable[[Door], object]]]] = {
    # id: (another status, another id that is documented, how to cause it)
    "invalid_global_api_version": (
        404,
        "obsolete_global_api_version",
        lambda it: it.call("CustomerBalance3", version="v1"),
    ),
    "obsolete_global_api_version": (
        410,
        "invalid_global_api_version",
        lambda it: it.call("CustomerBalance3", version="v20220101"),
    ),
    "inaccessible_global_api_version": (
        403,
        "invalid_global_api_version",
        lambda it: it.call("CustomerBalance3", version="v20300101"),
    ),
    "invalid_token": (400, "invalid_request", lambda it: it.balance(token=it.token(signed_with=OTHER_KEY))),
    "rate_limit_exceeded": (503, "invalid_request", _too_many),
    "invalid_request": (422, "missing_customer_identity", lambda it: it.redeem("many")),
    "method_not_allowed": (404, "invalid_request", lambda it: it.call("RedeemPoints1", method="GET")),
    "request_too_large": (400, "invalid_request", lambda it: it.call("RedeemPoints1", raw=b" " * (2**20 + 1))),
    "unsupported_media_type": (
        400,
        "invalid_request",
        lambda it: it.call("RedeemPoints1", {}, media_type="text/plain"),
    ),
    "missing_customer_identity": (404, "invalid_request", lambda it: it.balance(None)),
    "empty_customer_identity": (400, "no_customers_match_customer_identity", lambda it: it.balance("")),
    "no_customers_match_customer_identity": (400, "empty_customer_identity", lambda it: it.balance("nobody")),
    "customer_identity_partially_mismatches_matched_customer": (
        409,
        "no_customers_match_customer_identity",
        lambda it: it.balance_of({"shopid": PLAIN, "bhid": "nobody"}),
    ),
    "customer_identity_does_not_match_token": (
        404,
        "invalid_token",
        lambda it: it.balance(RICH, token=it.token(PLAIN)),
    ),
    "insufficient_points": (400, "redemption_limit_exceeded", lambda it: it.redeem(10**9)),
    "points_below_redeemable_minimum": (400, "insufficient_points", lambda it: it.redeem(1)),
    "points_above_redeemable_maximum": (
        400,
        "points_below_redeemable_minimum",
        lambda it: _configured(it, maximum_redemption=120),
    ),
    "points_not_on_redeemable_step": (
        400,
        "points_below_redeemable_minimum",
        lambda it: _configured(it, redemption_step=20),
    ),
    "points_disabled": (403, "points_spending_disabled", lambda it: _configured(it, points_enabled=False)),
    "points_spending_disabled": (403, "points_disabled", lambda it: _configured(it, points_spending_enabled=False)),
    "minimum_order_value_not_met": (
        400,
        "insufficient_points",
        lambda it: (it.configure(minimum_order_value="50"), it.redeem(cart_subtotal="49")),
    ),
    "redemption_limit_exceeded": (429, "points_above_redeemable_maximum", lambda it: it.redeem(2100)),
    "not_found": (422, "empty_customer_identity", lambda it: it.undo(_NOTHING)),
    "change_already_reverted": (409, "not_found", lambda it: it.undo(it.undone())),
    "invalid_redemption_for_unredeem": (400, "not_found", lambda it: it.undo("20b31881b3000204", RICH)),
    "achievement_not_owned": (404, "not_found", lambda it: it.use(EARLY_BIRD, PLAIN)),
    "unknown_function": (400, "method_not_allowed", lambda it: it.call("CustomerBalance99")),
}

_of = Family("swaps", "server", "matrix")
_ANCHORS: Final = {
    ("invalid_request", "status"): 20,
    ("insufficient_points", "status"): 28,
    ("insufficient_points", "id"): 29,
}


def _made_by_rule() -> Iterator[Mutant]:
    for error_id, (status, other_id, witness) in _PROVOCATIONS.items():
        layer = "unknown-answers" if error_id == "unknown_function" else "matrix"  # no operation has it
        yield _of.mutant(
            f"{error_id}.status",
            f"`{error_id}` is answered with status {status}.",
            refuses(error_id, status=status),
            witness,
            layer=layer,
            anchor=_ANCHORS.get((error_id, "status"), 0),
        )
        yield _of.mutant(
            f"{error_id}.id",
            f"Where `{error_id}` belongs, `{other_id}` is answered, with the right status.",
            refuses(error_id, as_id=other_id),
            witness,
            layer=layer,
            anchor=_ANCHORS.get((error_id, "id"), 0),
        )


MUTANTS = [
    *_made_by_rule(),
    _of.mutant(
        "errors-are-200",
        "Every error comes with status 200.",
        answers(lambda _, response: replace(response, status=200)),
        lambda it: it.redeem(1),
        anchor=21,
    ),
    _of.mutant(
        "rules-are-409",
        "Whatever the rules refuse comes with a status that isn't documented.",
        answers(lambda _, response: replace(response, status=409) if response.status == 422 else response),
        lambda it: it.redeem(1),
        anchor=24,
    ),
    _of.mutant(
        "success-is-201",
        "A redemption is answered with 201 in place of 200.",
        answers(
            lambda request, response: (
                replace(response, status=201)
                if response.status == 200 and request.path.endswith(b"/RedeemPoints1")
                else response
            )
        ),
        lambda it: it.redeem(),
        layer="traffic",
    ),
    _of.mutant(
        "html",
        "Answers call themselves HTML.",
        answers(lambda _, response: replace(response, content_type="text/html")),
        lambda it: it.balance(),
        anchor=22,
    ),
    _of.mutant(
        "problem-json",
        "Errors call themselves problem details.",
        answers(
            lambda _, response: (
                replace(response, content_type="application/problem+json") if response.status >= 400 else response
            )
        ),
        lambda it: it.redeem(1),
    ),
]
