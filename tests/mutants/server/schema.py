"""Mutants of what answers look like. Most are made by rule: what a success always has, times three operators."""

from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from tests.mutants.door import PLAIN, RICH, Door
from tests.mutants.mutant import Family, Mutant
from tests.mutants.patching import Change, answers, drop, put, says

_REDEEM, _UNDO, _USE, _BALANCE = "RedeemPoints1", "Unredeem1", "UseAchievementDiscount1", "CustomerBalance3"

_WITNESSES: Final[dict[str, Callable[[Door], object]]] = {
    _REDEEM: lambda it: it.redeem(),
    _UNDO: lambda it: it.undone(),
    _USE: lambda it: it.use(),
    _BALANCE: lambda it: it.balance(
        RICH, include_unused_rewards=True, include_full_program=True, include_referrals=True
    ),
}
_FIELDS: Final = {
    _REDEEM: ("code", "pts", "amount", "change_bhid"),
    _UNDO: ("success",),
    _USE: ("code",),
    _BALANCE: (
        "pts_available",
        "pts_pending",
        "pts_earned",
        "pts_redeemed",
        "pts_expired",
        "total_spend",
        "upgrade_spend",
    ),
}


class _Operator(NamedTuple):
    name: str
    wrong: str
    make: Callable[[str], Change]


def _retyped(value: Any) -> object:
    if isinstance(value, str):
        return float(value) if value.replace(".", "").isdigit() and "." in value else [value]
    return str(value)


_OPERATORS: Final = (
    _Operator("dropped", "is missing", drop),
    _Operator("null", "is null", lambda name: put(name, lambda _: None)),
    _Operator("retyped", "has another type", lambda name: put(name, _retyped)),
)
_of = Family("schema", "server", "matrix")
# The operators of the list that are among those made by rule.
_ANCHORS: Final = {
    (_REDEEM, "amount", "dropped"): 34,
    (_REDEEM, "amount", "retyped"): 35,
    (_REDEEM, "pts", "retyped"): 38,
    (_REDEEM, "change_bhid", "null"): 23,
}
_LAYERS: Final = {_REDEEM: "round-trip", _UNDO: "round-trip", _BALANCE: "round-trip", _USE: "batteries"}


def _made_by_rule() -> Iterator[Mutant]:
    for function, fields in _FIELDS.items():
        for field in fields:
            for operator in _OPERATORS:
                yield _of.mutant(
                    f"{function}.{field}.{operator.name}",
                    f"In what {function} answers, `{field}` {operator.wrong}.",
                    says(operator.make(field), function=function),
                    _WITNESSES[function],
                    layer=_LAYERS[function],
                    anchor=_ANCHORS.get((function, field, operator.name), 0),
                )


def _each(name: str, change: Change) -> Change:
    """Change each object of a list of the answer."""

    def changed(body: dict[str, Any]) -> None:
        for item in body.get(name, ()):
            change(item)

    return changed


def _inside(name: str, change: Change) -> Change:
    """Change an object of the answer, where there is one."""
    return lambda body: change(body[name]) if body.get(name) else None


_INSIDE: Final = (
    ("reward-code", "A reward has no code.", _each("unused_rewards", drop("code"))),
    ("reward-since", "The time of a reward is no time.", _each("unused_rewards", put("since", lambda _: "yesterday"))),
    ("reward-amount", "The amount of a reward is a float.", _each("unused_rewards", put("amount", float))),
    ("reward-points", "The points of a reward are text.", _each("unused_rewards", put("pts", str))),
    ("tier-name", "The current tier has no name.", _inside("cur_tier", drop("name"))),
    ("tier-requirements", "The next tier asks for nothing at all.", _inside("next_tier", drop("reqs"))),
    (
        "tier-expiry",
        "The deadline of a tier is a number.",
        _inside("cur_tier", _inside("expiration", put("deadline", len))),
    ),
    (
        "limit-period",
        "The period of a limit is one that nobody documented.",
        _inside("redemption_limit", put("period", lambda _: "weekly")),
    ),
    ("limit-total", "A limit has no total.", _inside("redemption_limit", drop("total"))),
    ("source-flag", "Whether a source is done is told in words.", _each("sources", put("is_completed", str))),
    ("offer-section", "An offer has no section.", _each("offers", drop("section"))),
    (
        "milestone-slugs",
        "A milestone has one slug rather than a list.",
        _each("milestones", put("slugs", lambda it: it[0])),
    ),
    ("referrals-sent", "Referral statistics lack how many were sent.", _inside("referral_stats", drop("sent"))),
    (
        "feature-value",
        "A benefit of a tier has a number for a value.",
        _each("tiers", _each("features", put("value", len))),
    ),
    (
        "rewards-object",
        "The unused rewards are an object rather than a list.",
        put("unused_rewards", lambda it: {"rewards": it}),
    ),
)


def _error(door: Door) -> None:
    door.redeem(1)


_BY_HAND = [
    *(
        _of.mutant(what, wrong, says(change, function=_BALANCE), _WITNESSES[_BALANCE], layer="batteries")
        for what, wrong, change in _INSIDE
    ),
    _of.mutant(
        "undocumented-field",
        "A success has a property that nobody documented.",
        says(lambda body: body.update(internal_id=7), function=_REDEEM),
        lambda it: it.redeem(),
        layer="two-sided",
    ),
    _of.mutant(
        "undocumented-balance",
        "The balance has a property that nobody documented.",
        says(lambda body: body.update(shard="eu-1"), function=_BALANCE),
        lambda it: it.balance(),
        layer="two-sided",
    ),
    _of.mutant(
        "undocumented-error-part",
        "An error has a property that nobody documented.",
        says(lambda body: body.update(trace="at line 7"), status=422),
        _error,
        layer="two-sided",
    ),
    _of.mutant(
        "error-without-id",
        "An error has no id.",
        says(drop("id"), status=422),
        _error,
    ),
    _of.mutant(
        "error-message",
        "The message of an error is an object.",
        says(put("message", lambda text: {"en": text}), status=422),
        _error,
    ),
    _of.mutant(
        "error-is-text",
        "An error is no object, but its id alone.",
        answers(
            lambda _, response: (
                response
                if response.status != 404
                else type(response)(status=404, body=b'"no_customers_match_customer_identity"')
            )
        ),
        lambda it: it.balance("nobody"),
    ),
    _of.mutant(
        "success-is-list",
        "A success is a list of one object.",
        answers(
            lambda _, response: (
                response if response.status != 200 else type(response)(status=200, body=b"[" + response.body + b"]")
            )
        ),
        lambda it: it.balance(),
        layer="round-trip",
    ),
    _of.mutant(
        "success-is-empty",
        "A success has no body.",
        answers(lambda _, response: response if response.status != 200 else type(response)(status=200, body=b"")),
        lambda it: it.redeem(100, PLAIN),
        layer="round-trip",
    ),
]

MUTANTS = [*_made_by_rule(), *_BY_HAND]
