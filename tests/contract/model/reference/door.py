"""What is judged before a function's own rules: version, token, rate limit, input and customer, in this order."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from tests.contract.model.reference.call import Call, Json, Token
from tests.contract.model.reference.people import Person
from tests.contract.model.reference.settings import Settings

ALL_KINDS: Final = ("CustomerToken", "ShopToken", "PartnerTokenForCustomer", "PartnerTokenForShop")
KINDS: Final = {
    "RedeemPoints1": ALL_KINDS,
    "Unredeem1": ALL_KINDS,
    "UseAchievementDiscount1": ALL_KINDS[:2],
    "CustomerBalance3": ALL_KINDS[:2],
}
"""The kinds of token that a function takes."""

_VERSIONS: Final = {"v2023061", "v20230601"}
_MISMATCH: Final = "customer_identity_partially_mismatches_matched_customer"
_NOBODY: Final = "no_customers_match_customer_identity"
_NOT_THE_TOKENS: Final = "customer_identity_does_not_match_token"


def version(call: Call, settings: Settings) -> str:
    """Return the error id that a call's version deserves; empty for none."""
    if call.version in settings["obsolete_versions"]:
        return "obsolete_global_api_version"
    if call.version in settings["inaccessible_versions"]:
        return "inaccessible_global_api_version"
    return "" if call.version in _VERSIONS else "invalid_global_api_version"


def token(call: Call, now: datetime, revoked: Iterable[str]) -> str:
    """Return the error id that a call's token deserves; empty for none."""
    good = call.token.kind in KINDS[call.function] and is_good(call.token, now, revoked)
    return "" if good else "invalid_token"


def is_good(given: Token, now: datetime, revoked: Iterable[str]) -> bool:
    """Tell whether a token is one that the shop takes now: not before it was issued, and not once it has expired."""
    return not (
        given.flaw
        or given.key_id in revoked
        or (given.issued_at is not None and now < given.issued_at)
        or (given.expires_at is not None and now >= given.expires_at)
    )


def malformed(call: Call) -> str:
    """Return the error id that a call's input deserves; empty for none."""
    pts = call.arguments.get("pts", 1)
    return call.flaw or ("invalid_request" if pts < 1 else "")


def customer(call: Call, people: Iterable[Person]) -> tuple[Person | None, tuple[str, ...]]:
    """Find a call's customer.

    Returns:
        The customer, or nobody and the error ids that the call may be answered with.
    """
    given = {name: value for name, value in (call.customer or {}).items() if value}
    if call.token.holder is None:
        if call.customer is None:
            return None, ("missing_customer_identity",)
        if not given:
            return None, ("empty_customer_identity",)
        return _named(given, people)
    holder = _holder(call.token, people)
    if holder is None:
        # Nobody says which of the two is reported where `customer` is there, too, and names somebody else.
        return None, (_NOBODY, _NOT_THE_TOKENS) if given else (_NOBODY,)
    if not _fits(holder, given) or any(it is not holder and _is_named(it, given) for it in people):
        # Somebody else, or the token's customer with an id too many that is wrong: the docs have an id for either.
        partly = _is_named(holder, given)
        return None, (_NOT_THE_TOKENS, _MISMATCH) if partly else (_NOT_THE_TOKENS,)
    return holder, ()


def _holder(given: Token, people: Iterable[Person]) -> Person | None:
    """Find whom a token stands for: by id, or else, by address, a customer whom the shop has given no id yet."""
    by_address = (it for it in people if not it.ids["shopid"] and given.email and _same("email", it, given.email))
    return next((it for it in people if it.ids["shopid"] == given.holder), next(by_address, None))


def _named(given: Json, people: Iterable[Person]) -> tuple[Person | None, tuple[str, ...]]:
    matched = [person for person in people if _is_named(person, given)]
    if not matched:
        return None, (_NOBODY,)
    return (matched[0], ()) if len(matched) == 1 and _fits(matched[0], given) else (None, (_MISMATCH,))


def _is_named(person: Person, given: Json) -> bool:
    """Tell whether an id that is given is the customer's."""
    return any(_same(name, person, value) for name, value in given.items())


def _fits(person: Person, given: Json) -> bool:
    """Tell whether each id that is given is the customer's, or one that the customer has none of."""
    return all(not person.ids[name] or _same(name, person, value) for name, value in given.items())


def _same(name: str, person: Person, value: str) -> bool:
    own = person.ids[name]
    return own.casefold() == value.casefold() if name == "email" else own == value
