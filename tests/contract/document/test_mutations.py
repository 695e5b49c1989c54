"""The comparison with the tables can fail: each single change of the contract below is reported."""

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from tests.contract.document.comparison import differences
from tests.contract.document.reader import Node
from tests.contract.document.tables import Claims, merge, read_rows

HERE = Path(__file__).parent
REMOVED = object()

# What people read, and what the other tests of this folder hold against the schemas.
UNTABLED = {"$comment", "description", "discriminator", "example", "examples", "links", "summary", "tags", "title"}

Steps = tuple[str | int, ...]

JSON = ("content", "application/json")
SCHEMAS = ("components", "schemas")
RESPONSES = ("components", "responses")
REDEEM = ("paths", "/{shop}/RedeemPoints1", "post")
UNREDEEM = ("paths", "/{shop}/Unredeem1", "post")
USE = ("paths", "/{shop}/UseAchievementDiscount1", "post")
BALANCE = ("paths", "/{shop}/CustomerBalance3", "post")
BALANCE_GET = ("paths", "/{shop}/CustomerBalance3", "get")
REDEEM_INPUT = (*SCHEMAS, "RedeemPoints1Input")
REDEEM_OUTPUT = (*SCHEMAS, "RedeemPoints1Output")
RESULT = (*SCHEMAS, "CustomerBalanceResult3")
INVALID_TOKEN = (*RESPONSES, "InvalidToken", *JSON)
ERRORS_422 = (*REDEEM, "responses", "422", *JSON)

TEXT = {"type": "string"}
FLAG = {"type": "boolean"}


def ref(name: str) -> Node:
    return {"$ref": f"#/components/schemas/{name}"}


def response(name: str) -> Node:
    return {"$ref": f"#/components/responses/{name}"}


# What is changed, where, and what stands there afterwards.
MUTATIONS: list[tuple[str, Steps, object]] = [
    # errors
    ("an error is dropped from a status", (*ERRORS_422, "schema", "oneOf", 0), REMOVED),
    ("a shared error is dropped", (*RESPONSES, "CustomerNotFound", *JSON, "schema", "oneOf", 1), REMOVED),
    ("a whole status is dropped", (*UNREDEEM, "responses", "404"), REMOVED),
    ("an undocumented status is added", (*REDEEM, "responses", "409"), {"description": "Conflict"}),
    ("a second success is added", (*REDEEM, "responses", "202"), {"description": "Accepted"}),
    ("the default response is dropped", (*BALANCE, "responses", "default"), REMOVED),
    ("a status becomes the shared one", (*UNREDEEM, "responses", "404"), response("CustomerNotFound")),
    ("a 401 becomes a 403", (*USE, "responses", "401"), response("CustomerMismatch")),
    ("errors stand under a second status", (*BALANCE, "responses", "422"), response("CustomerNotFound")),
    ("an error stands under another id", (*SCHEMAS, "PointsDisabledError", "properties", "id", "const"), "disabled"),
    ("an error may come without id", (*SCHEMAS, "PointsDisabledError", "required"), []),
    ("an error must have a message", (*SCHEMAS, "PointsDisabledError", "required"), ["id", "message"]),
    ("an error loses its message", (*SCHEMAS, "InvalidTokenError", "properties", "message"), REMOVED),
    ("an error changes its scope", (*SCHEMAS, "InvalidTokenError", "x-bubblehouse-error-scope"), "operation"),
    ("an error gets a second schema", (*SCHEMAS, "NotFoundError"), {"properties": {"id": {"const": "not_found"}}}),
    ("an undocumented error is added", (*SCHEMAS, "SpareError"), {"properties": {"id": {"const": "spare"}}}),
    ("an example names another id", (*ERRORS_422, "examples", "points_disabled", "value", "id"), "points_off"),
    ("an example gets a message", (*ERRORS_422, "examples", "points_disabled", "value", "message"), "Off"),
    ("an example is dropped", (*ERRORS_422, "examples", "points_disabled"), REMOVED),
    ("a printed message is reworded", (*INVALID_TOKEN, "examples", "invalid_token", "value", "message"), "Expired"),
    ("a message that isn't printed is added", (*SCHEMAS, "PointsDisabledError", "examples", 0, "message"), "Off"),
    ("Retry-After is dropped", (*RESPONSES, "RateLimitExceeded", "headers", "Retry-After"), REMOVED),
    ("a header is added", (*RESPONSES, "InvalidToken", "headers"), {"WWW-Authenticate": {"schema": TEXT}}),
    ("the general error requires an id", (*SCHEMAS, "Error", "required"), ["id"]),
    # calls
    ("a write becomes a read", (*REDEEM, "x-bubblehouse-kind"), "read"),
    ("a read loses its kind", (*BALANCE_GET, "x-bubblehouse-kind"), REMOVED),
    ("a verb is dropped", BALANCE_GET, REMOVED),
    ("a verb is added", ("paths", "/{shop}/Unredeem1", "put"), {"operationId": "U", "responses": {}}),
    ("a call is dropped", ("paths", "/{shop}/UseAchievementDiscount1"), REMOVED),
    ("a call is added", ("paths", "/{shop}/Status2"), {"get": {"operationId": "Status2", "responses": {}}}),
    ("a call is renamed", (*UNREDEEM, "operationId"), "Unredeem"),
    ("the docs address changes", (*UNREDEEM, "externalDocs", "url"), "https://app.bubblehouse.com/apidocs"),
    ("the host changes", ("servers", 0, "url"), "https://api.bubblehouse.com/{version}"),
    ("a server is added", ("servers", 1), {"url": "https://app.bubblehouse.com/api/v2023061"}),
    ("a global version is dropped", ("servers", 0, "variables", "version", "enum", 1), REMOVED),
    ("another global version is the default", ("servers", 0, "variables", "version", "default"), "v20230601"),
    ("the body may be left out", (*REDEEM, "requestBody", "required"), REMOVED),
    ("another media type is taken", (*REDEEM, "requestBody", "content", "text/plain"), {"schema": TEXT}),
    ("another output is answered", (*REDEEM, "responses", "200", *JSON, "schema"), ref("Unredeem1Output")),
    ("a rate limit changes", ("x-bubblehouse-rate-limits", "write", "per_day", "customer"), 1000),
    # tokens
    ("a token kind is dropped", (*REDEEM, "security", 2), REMOVED),
    ("a token kind is added", (*BALANCE, "security", 2), {"PartnerTokenForShop": []}),
    ("no token is needed", (*BALANCE, "security", 2), {}),
    ("two tokens are needed at once", (*USE, "security", 0, "ShopToken"), []),
    ("a token is sent otherwise", ("components", "securitySchemes", "ShopToken", "scheme"), "basic"),
    ("another token is invented", ("components", "securitySchemes", "AdminToken"), {"type": "http"}),
    # fields
    ("a required field becomes optional", (*REDEEM_INPUT, "required"), []),
    ("an optional field becomes required", (*REDEEM_INPUT, "required", 1), "cart_subtotal"),
    ("a field required with one token becomes required", (*REDEEM_INPUT, "required", 1), "customer"),
    (
        "a field required with one token becomes optional",
        (*REDEEM_INPUT, "properties", "customer", "x-bubblehouse-required-with"),
        REMOVED,
    ),
    ("a field is required that isn't declared", (*REDEEM_OUTPUT, "required", 4), "discount"),
    ("an integer becomes a number", (*REDEEM_INPUT, "properties", "pts", "type"), "number"),
    ("money in loses its integer form", (*REDEEM_INPUT, "properties", "cart_subtotal"), ref("Monetary")),
    ("money out becomes a string", (*REDEEM_OUTPUT, "properties", "amount"), TEXT),
    ("an id becomes a string", (*REDEEM_OUTPUT, "properties", "change_bhid"), TEXT),
    ("an array holds something else", (*REDEEM_OUTPUT, "properties", "remove_coupon_codes", "items"), FLAG),
    ("a field is dropped", (*REDEEM_OUTPUT, "properties", "remove_coupon_codes"), REMOVED),
    ("a field is added", (*REDEEM_OUTPUT, "properties", "discount"), TEXT),
    ("a bound is dropped", (*REDEEM_INPUT, "properties", "pts", "minimum"), REMOVED),
    ("a bound moves", (*REDEEM_INPUT, "properties", "pts", "minimum"), 0),
    ("a bound is added", (*REDEEM_INPUT, "properties", "pts", "maximum"), 10000),
    ("a default is added", (*REDEEM_INPUT, "properties", "no_coupon", "default"), False),
    ("a field may be null that may not", (*RESULT, "properties", "pts_earned", "type"), ["integer", "null"]),
    ("a field may not be null that may", (*RESULT, "properties", "pts_available_value"), ref("Monetary")),
    ("a nested required field becomes optional", (*SCHEMAS, "TierStatus3", "required", 1), REMOVED),
    ("a query parameter is dropped", (*BALANCE_GET, "parameters", 0), REMOVED),
    ("a query parameter becomes required", (*BALANCE_GET, "parameters", 0, "required"), True),
    ("a query parameter changes its type", (*BALANCE_GET, "parameters", 0, "schema"), TEXT),
    # types
    ("a pattern is guessed", (*SCHEMAS, "Bubbleflake", "pattern"), "^[0-9a-f]{16}$"),
    ("a format is dropped", (*SCHEMAS, "Time", "format"), REMOVED),
    ("an enum value is dropped", (*SCHEMAS, "LimitPeriod1", "enum", 2), REMOVED),
    ("an object is closed", (*SCHEMAS, "CustomerIdentity1", "additionalProperties"), False),
    ("an empty identity is refused", (*SCHEMAS, "CustomerIdentity1", "minProperties"), 1),
    ("a type is dropped", (*SCHEMAS, "MarketInput1"), REMOVED),
    ("a type is added", (*SCHEMAS, "TierFeature1"), {"type": "object"}),
    ("a name that is all that is known is forgotten", (*RESULT, "x-bubblehouse-named-properties", 0), REMOVED),
    ("a type without a place is forgotten", (*RESULT, "x-bubblehouse-unplaced-types", 0), REMOVED),
    # assumptions
    ("an assumed error is dropped", (*USE, "responses", "422"), REMOVED),
    ("an assumed field is dropped", (*RESULT, "properties", "cur_tier"), REMOVED),
    ("the read that tells is dropped", (*REDEEM, "x-bubblehouse-outcome-read-by"), REMOVED),
    ("Allow is dropped", (*RESPONSES, "MethodNotAllowed", "headers"), REMOVED),
]


def mutate(document: Node, steps: Steps, value: object) -> Node:
    """Return a copy of a document with one place changed; an index at the end of a list appends."""
    mutant = deepcopy(document)
    place: Any = mutant
    for step in steps[:-1]:
        place = place[step]
    last = steps[-1]
    if value is REMOVED:
        del place[last]
    elif isinstance(last, int) and last == len(place):
        place.append(deepcopy(value))
    else:
        place[last] = deepcopy(value)
    return mutant


@pytest.fixture(scope="module")
def expected() -> Claims:
    return merge([*read_rows(HERE / "documented"), *read_rows(HERE / "assumed")])


@pytest.mark.parametrize(("steps", "value"), [pytest.param(*where, id=what) for what, *where in MUTATIONS])
def test_a_change_of_the_contract_is_reported(steps: Steps, value: object, resolved: Node, expected: Claims) -> None:
    assert differences(mutate(resolved, steps, value), expected) != []


def statements(node: object, steps: Steps = ()) -> Iterator[Steps]:
    """List every place of a document that states something a table should have."""
    items = enumerate(node) if isinstance(node, list) else node.items() if isinstance(node, dict) else ()
    for step, value in items:
        if step not in UNTABLED and not str(step).startswith("x-bubblehouse-assumption"):
            yield (*steps, step)
            yield from statements(value, (*steps, step))


def test_every_statement_of_the_contract_is_compared(resolved: Node, expected: Claims) -> None:
    mutant = deepcopy(resolved)

    def is_noticed(steps: Steps) -> bool:
        *way, last = steps
        place: Any = mutant
        for step in way:
            place = place[step]
        value = place.pop(last)
        try:
            return differences(mutant, expected) != []
        except LookupError:  # so little is left that it can't be read
            return True
        finally:
            if isinstance(last, int):
                place.insert(last, value)
            else:
                place[last] = value

    stated = [(part, *steps) for part in ("servers", "paths", "components") for steps in statements(resolved[part])]
    assert len(stated) > 1000
    assert [steps for steps in stated if not is_noticed(steps)] == []
    assert mutant == resolved
