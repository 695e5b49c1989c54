"""Changes that look like mutants, and that nobody outside can see: they are named, so that nobody counts them."""

from datetime import datetime
from typing import Final

from tests.mutants.document.edits import changed
from tests.mutants.mutant import Equivalent
from tests.mutants.patching import Function, around, instead, rule

from bubblehouse import retry
from bubblehouse_mock.jsontext import JsonObject
from bubblehouse_mock.refusal import RefusalError
from bubblehouse_mock.rules import Call, Rule, redeem_points_1
from bubblehouse_mock.stages import tokens
from bubblehouse_mock.stages.signatures import SignedTokens
from bubblehouse_mock.state import Settings
from bubblehouse_mock.state.calls import CallCounter


def _maximum_first(check: Function) -> Function:
    def checked(settings: Settings, pts: int) -> None:
        most = settings.maximum_redemption
        if most is not None and pts > most:
            raise RefusalError("points_above_redeemable_maximum", f"The maximum is {most} points")
        check(settings, pts)

    return checked


def _kind_first(original: Rule) -> Rule:
    def answer(call: Call) -> JsonObject:
        change = call.customer.ledger.find(call.text("change_bhid"))
        if change is not None and change.type != "redeemed_towards_order":
            raise RefusalError("invalid_redemption_for_unredeem", f"The change is no redemption, but {change.type}")
        return original(call)

    return answer


def _unread_times(check: Function) -> Function:
    def checked(signed: object, now: datetime) -> None:
        check(signed, now)
        check(signed, now)

    return checked


EQUIVALENTS: Final = (
    Equivalent(
        id="tokens.remembers-one",
        side="server",
        change="Only the last of the tokens that were accepted is remembered.",
        reason="A token that is not remembered is verified anew, with the same outcome: it only takes longer.",
        apply=instead(tokens, "_SIGNED", SignedTokens(capacity=1)),
    ),
    Equivalent(
        id="tokens.times-twice",
        side="server",
        change="The times of a token are checked twice.",
        reason="The check changes nothing, and both look at the same moment.",
        apply=around(tokens, "_check_times", _unread_times),
    ),
    Equivalent(
        id="limits.nothing-forgotten",
        side="server",
        change="Windows of rate limits that are past are kept.",
        reason="Nothing is counted in them any more, since time only goes forward: they only take memory.",
        apply=instead(CallCounter, "_forget", lambda *_: None),
    ),
    Equivalent(
        id="ledger.maximum-first",
        side="server",
        change="The maximum of a redemption is checked before the minimum.",
        reason="No amount is below one and above the other: settings whose maximum is below the minimum are refused.",
        apply=around(redeem_points_1, "_check_amount", _maximum_first),
    ),
    Equivalent(
        id="ledger.kind-first",
        side="server",
        change="Whether a change is a redemption is checked before whether it was undone.",
        reason="Only redemptions can be undone, so that no change fails both checks.",
        apply=rule("Unredeem1", _kind_first),
    ),
    Equivalent(
        id="tightened.order-of-errors",
        side="document",
        change="The errors of a status stand in another order.",
        reason="An error fits exactly one member of the union, whatever the order.",
        apply=changed(
            (
                (
                    "paths",
                    "/{shop}/Unredeem1",
                    "post",
                    "responses",
                    "422",
                    "content",
                    "application/json",
                    "schema",
                    "oneOf",
                ),
                [
                    {"$ref": "#/components/schemas/InvalidRedemptionForUnredeemError"},
                    {"$ref": "#/components/schemas/ChangeAlreadyRevertedError"},
                ],
            )
        ),
    ),
    Equivalent(
        id="runtime.unbounded-exponent",
        side="client",
        change="The exponent of the pause between two attempts has no bound.",
        reason="The pause itself has one, which is reached long before.",
        apply=around(
            retry,
            "pause",
            lambda pause: (
                lambda retries, after, chance: (
                    after
                    if after is not None
                    else chance() * min(retry._LONGEST_PAUSE, retry._FIRST_PAUSE * 2**retries)
                )
            ),
        ),
    ),
)
