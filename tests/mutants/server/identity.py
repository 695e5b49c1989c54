"""Mutants of who is meant: the token says one thing and `customer` another."""

from dataclasses import replace
from typing import Any

from tests.mutants.door import PLAIN, POOR, RICH
from tests.mutants.mutant import Family
from tests.mutants.patching import Function, around, ignoring, instead, refuses

from bubblehouse_mock.stages import identity
from bubblehouse_mock.stages.grants import Grant
from bubblehouse_mock.stages.signatures import invalid
from bubblehouse_mock.state import Customer, Shop

_BHID = "0000018abc000004"


def _body_wins(identify: Function) -> Function:
    """Let `customer` name whomever it likes."""

    def identified(shop: Shop, grant: Grant, named: Any) -> object:
        return identify(shop, replace(grant, shopid=None) if named else grant, named)

    return identified


def _token_wins(identify: Function) -> Function:
    return lambda shop, grant, named: identify(shop, grant, None if grant.shopid is not None else named)


def _first_customer(identify: Function) -> Function:
    return lambda shop, grant, named: _ignored(identify, shop, grant, named) or next(iter(shop.customers.values()))


def _ignored(identify: Function, shop: Shop, grant: Grant, named: Any) -> object:
    return ignoring("no_customers_match_customer_identity")(identify)(shop, grant, named)


def _email_first(shop: Shop, grant: Grant) -> Customer | None:
    if grant.shopid is None:
        return None
    return (shop.by_email(grant.email) if grant.email else None) or shop.by_shopid(grant.shopid)


def _empty_contradicts(identify: Function) -> Function:
    def identified(shop: Shop, grant: Grant, named: Any) -> object:
        if grant.shopid is not None and named is not None and not any(named.values()):
            return identify(shop, replace(grant, shopid=None), named)
        return identify(shop, grant, named)

    return identified


def _unknown_is_invalid(identify: Function) -> Function:
    def identified(shop: Shop, grant: Grant, named: Any) -> object:
        if grant.shopid is not None and identity.of_token(shop, grant) is None:
            raise invalid("Nobody knows the customer in the token's sub")
        return identify(shop, grant, named)

    return identified


def _without(name: str) -> Function:
    return lambda named: lambda given: {key: value for key, value in named(given).items() if key != name}


_of = Family("identity", "server", "batteries")

MUTANTS = [
    _of.mutant(
        "body-wins",
        "A customer's token acts for whomever `customer` names.",
        around(identity, "identify", _body_wins),
        lambda it: it.balance(RICH, token=it.token(PLAIN)),
        layer="matrix",
        anchor=8,
    ),
    _of.mutant(
        "token-wins",
        "A `customer` that isn't the token's is ignored rather than refused.",
        around(identity, "identify", _token_wins),
        lambda it: it.balance(RICH, token=it.token(PLAIN)),
        layer="matrix",
    ),
    _of.mutant(
        "contradiction",
        "An id that contradicts the customer that another id found is ignored.",
        instead(identity, "_contradicts", lambda _, __: False),
        lambda it: it.balance_of({"shopid": PLAIN, "bhid": "nobody"}),
        layer="matrix",
    ),
    _of.mutant(
        "two-customers",
        "Ids of two customers name the first of them.",
        around(
            identity,
            "_matches",
            lambda matches: lambda shop, named: matches(shop, named)[:1],
        ),
        lambda it: it.balance_of({"shopid": PLAIN, "email": "newsletter@example.com"}),
    ),
    _of.mutant(
        "stranger",
        "An id that nobody has names the first customer.",
        around(identity, "identify", _first_customer),
        lambda it: it.balance("nobody"),
        layer="matrix",
    ),
    _of.mutant(
        "first-of-two",
        "Where two ids name two customers, the first counts, if nothing of it is contradicted.",
        around(identity, "_matches", lambda matches: lambda *given: matches(*given)[:1]),
        lambda it: it.balance_of({"shopid": PLAIN, "email": "rich@example.com"}),
        layer="model",
    ),
    _of.mutant(
        "email-case",
        "Email addresses are told apart by upper and lower case.",
        around(
            identity,
            "_FIND",
            lambda find: {
                **find,
                "email": lambda shop, email: next((it for it in shop.customers.values() if it.email == email), None),
            },
        ),
        lambda it: it.balance_of({"email": "Rich@Example.com"}),
        layer="model",
    ),
    _of.mutant(
        "no-email",
        "Nobody is found by email address.",
        around(identity, "_named", _without("email")),
        lambda it: it.balance_of({"email": "newsletter@example.com"}),
    ),
    _of.mutant(
        "no-bhid",
        "Nobody is found by Bubblehouse id.",
        around(identity, "_named", _without("bhid")),
        lambda it: it.balance_of({"bhid": _BHID}),
    ),
    _of.mutant(
        "empty-is-given",
        "An empty id counts as given, and finds nobody.",
        instead(identity, "_named", lambda given: dict(given) if isinstance(given, dict) else {}),
        lambda it: it.balance_of({"shopid": "", "email": "", "bhid": ""}),
        layer="matrix",
    ),
    _of.mutant(
        "empty-beside",
        "An empty id beside a good one contradicts it.",
        instead(
            identity, "_named", lambda given: dict(given) if isinstance(given, dict) and any(given.values()) else {}
        ),
        lambda it: it.balance_of({"shopid": RICH, "email": ""}),
    ),
    _of.mutant(
        "missing-is-empty",
        "A call that names nobody is told that its identity is empty.",
        refuses("missing_customer_identity", as_id="empty_customer_identity", status=404),
        lambda it: it.balance(None),
        layer="matrix",
    ),
    _of.mutant(
        "empty-with-token",
        "With a customer's token, an identity without any id is refused.",
        around(identity, "identify", _empty_contradicts),
        lambda it: it.call("CustomerBalance3", {"customer": {}}, token=it.token(PLAIN)),
    ),
    _of.mutant(
        "email-of-token",
        "The token's email decides rather than its sub.",
        instead(identity, "of_token", _email_first),
        lambda it: it.balance(None, token=it.token(PLAIN, ce="rich@example.com")),
    ),
    _of.mutant(
        "no-email-of-token",
        "The token's email helps to find nobody.",
        instead(
            identity,
            "of_token",
            lambda shop, grant: None if grant.shopid is None else shop.by_shopid(grant.shopid),
        ),
        lambda it: it.balance(None, token=it.token("not-yet-known", ce="newsletter@example.com")),
        layer="model",
    ),
    _of.mutant(
        "somebody-elses-email",
        "The token's email finds a customer who has another id.",
        instead(
            identity,
            "of_token",
            lambda shop, grant: (
                None if grant.shopid is None else shop.by_shopid(grant.shopid) or shop.by_email(grant.email)
            ),
        ),
        lambda it: it.balance(None, token=it.token("nobody", ce="rich@example.com")),
        layer="model",
    ),
    _of.mutant(
        "unknown-token-customer",
        "A token for a customer whom nobody knows is called invalid.",
        around(identity, "identify", _unknown_is_invalid),
        lambda it: it.balance(None, token=it.token("nobody")),
        layer="matrix",
    ),
    _of.mutant(
        "same-customer-refused",
        "With a customer's token, naming that very customer is refused.",
        around(
            identity,
            "_contradicts",
            lambda contradicts: (
                lambda customer, named: (
                    contradicts(customer, named) or (named.get("shopid") == POOR and len(named) == 1)
                )
            ),
        ),
        lambda it: it.balance(POOR, token=it.token(POOR)),
    ),
]
