"""Mutants of what else the document tells: links, examples, and which tokens are taken."""

from tests.mutants.document.edits import REMOVED
from tests.mutants.document.places import BALANCE, ERRORS, INPUT, JSON, LINKS, REDEEM, RESPONSES, SCHEMAS, USE, at
from tests.mutants.mutant import Family

_links = Family("links", "document", "document")
_examples = Family("examples", "document", "document")
_security = Family("security", "document", "document")

MUTANTS = [
    at(
        _links,
        "target",
        "The link that undoes a redemption leads to the balance.",
        (*LINKS, "undo", "operationId"),
        "CustomerBalance3",
    ),
    at(
        _links,
        "pointer",
        "The link that undoes a redemption gives the code for the id.",
        (*LINKS, "undo", "requestBody", "change_bhid"),
        "$response.body#/code",
    ),
    at(
        _links,
        "nowhere",
        "The link that undoes a redemption takes the id from where nothing is.",
        (*LINKS, "undo", "requestBody", "change_bhid"),
        "$response.body#/bhid",
    ),
    at(_links, "dropped", "No link undoes a redemption.", (*LINKS, "undo"), REMOVED),
    at(
        _links,
        "another-shop",
        "A link leads into another shop.",
        (*LINKS, "undo", "parameters", "shop"),
        "another-shop",
    ),
    at(
        _links,
        "customer",
        "The link that undoes a redemption names another customer.",
        (*LINKS, "undo", "requestBody", "customer"),
        {"shopid": 7},
    ),
    at(
        _links,
        "unknown-operation",
        "A link leads to a function that there isn't.",
        (*LINKS, "balance", "operationId"),
        "CustomerBalance9",
    ),
    at(
        _examples,
        "request",
        "The example of a request doesn't fit its schema.",
        (*REDEEM, "requestBody", *JSON, "examples", "checkout", "value", "pts"),
        "500",
    ),
    at(
        _examples,
        "response",
        "The example of an answer doesn't fit its schema.",
        (*REDEEM, "responses", "200", *JSON, "examples", "code", "value", "amount"),
        5.0,
    ),
    at(
        _examples,
        "error",
        "The example of an error is another error's.",
        (*ERRORS, "examples", "points_disabled", "value", "id"),
        "insufficient_points",
    ),
    at(
        _examples,
        "dropped",
        "An error has no example.",
        (*ERRORS, "examples", "points_disabled"),
        REMOVED,
    ),
    at(
        _examples,
        "of-a-type",
        "The example of a type doesn't fit it.",
        (*SCHEMAS, "Monetary", "examples", 0),
        "42.99",
    ),
    at(
        _examples,
        "message",
        "The message that the docs print for a bad token reads otherwise.",
        (*RESPONSES, "InvalidToken", *JSON, "examples", "invalid_token", "value", "message"),
        "Expired",
    ),
    at(_security, "dropped", "A redemption needs no kind of token.", (*REDEEM, "security"), []),
    at(_security, "anonymous", "A balance can be read without a token.", (*BALANCE, "security", 2), {}),
    at(_security, "no-partners", "A partner's customer can't redeem.", (*REDEEM, "security", 2), REMOVED),
    at(
        _security,
        "partners-read",
        "A partner can read a balance.",
        (*BALANCE, "security", 2),
        {"PartnerTokenForShop": []},
    ),
    at(
        _security,
        "both",
        "An achievement takes two tokens at once.",
        (*USE, "security", 0, "ShopToken"),
        [],
    ),
    at(
        _security,
        "scheme",
        "A shop's token is sent as a password.",
        ("components", "securitySchemes", "ShopToken", "scheme"),
        "basic",
    ),
    at(
        _security,
        "not-needed",
        "With a shop's token, a redemption need not name a customer.",
        (*INPUT, "properties", "customer", "x-bubblehouse-required-with"),
        ["PartnerTokenForShop"],
    ),
]
