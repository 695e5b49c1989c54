"""Mutants of the generated client, each as a template with one mistake would make it."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.mutants.door import PLAIN, RICH, Door
from tests.mutants.mutant import Apply, Family
from tests.mutants.patching import Function, around, instead

from bubblehouse import fields, model
from bubblehouse.unset import UNSET
from bubblehouse_loyalty import AsyncLoyaltyClient, CustomerIdentity1, LoyaltyClient, errors
from bubblehouse_loyalty.api.loyalty import customer_balance_3, redeem_points_1, unredeem_1
from bubblehouse_loyalty.models import (
    CustomerBalance3Input,
    CustomerBalanceResult3,
    RedeemPoints1Input,
    RedeemPoints1Output,
    Unredeem1Output,
)

_PLAIN, _RICH = CustomerIdentity1(shopid=PLAIN), CustomerIdentity1(shopid=RICH)


def _redeems(**arguments: Any) -> Callable[[LoyaltyClient], object]:
    return lambda client: client.redeem_points_1(**{"customer": _PLAIN, "pts": 100, **arguments})


def _reads(client: LoyaltyClient) -> object:
    return client.customer_balance_3(
        customer=_RICH, include_unused_rewards=True, include_full_program=True, include_referrals=True
    )


def _operation(module: Any, name: str, /, **parts: Any) -> Apply:
    return around(module, name, lambda operation: operation._replace(**parts))


def _fields(cls: type[model.Model], change: Callable[[fields.Field], fields.Field | None]) -> Apply:
    """Let a model have other fields, in its table and in what reads it."""
    table = tuple(it for field in cls.FIELDS if (it := change(field)) is not None)

    lost = {field.name for field in cls.FIELDS} - {field.name for field in table}

    def read(self: model.Model, rest: dict[str, object]) -> None:
        for name in lost:
            setattr(self, name, UNSET)
        model.Model._read(self, rest)

    def apply(patch: pytest.MonkeyPatch) -> None:
        patch.setattr(cls, "FIELDS", table)
        patch.setattr(cls, "_read", read)

    return apply


def _renamed(field: fields.Field) -> fields.Field:
    """Take a property's name in Python for its name in JSON, in the way that names are often made."""
    head, *rest = field.wire.split("_")
    return fields.Field(
        field.name, head + "".join(it.capitalize() for it in rest), field.codec, required=field.required
    )


def _without(*names: str) -> Callable[[fields.Field], fields.Field | None]:
    return lambda field: None if field.name in names else field


def _coded(name: str, codec: Any) -> Callable[[fields.Field], fields.Field]:
    return lambda field: (
        fields.Field(field.name, field.wire, codec, required=field.required) if field.name == name else field
    )


def _strict(name: str) -> Callable[[fields.Field], fields.Field]:
    return lambda field: (
        fields.Field(field.name, field.wire, field.codec, required=True) if field.name == name else field
    )


def _method(name: str, change: Callable[[dict[str, Any]], object]) -> Apply:
    """Let a method of both clients hand on other arguments than it was given."""

    def make(method: Function) -> Function:
        def called(self: object, **arguments: Any) -> object:
            change(arguments)
            return method(self, **arguments)

        return called

    def apply(patch: pytest.MonkeyPatch) -> None:
        for cls in (LoyaltyClient, AsyncLoyaltyClient):
            patch.setattr(cls, name, make(getattr(cls, name)))

    return apply


def _balance_of_new_server(door: Door) -> object:
    """Read a balance in which the shop's points have no value."""
    door.configure(point_value=None)
    return door.told(_reads)


class _Closed:
    """A codec that takes the documented values alone."""

    def decode(self, value: object) -> object:
        if value not in {"daily", "monthly", "yearly"}:
            raise fields.DecodeError("expected a documented value")
        return value

    encode = decode


def _weekly(door: Door) -> object:
    door.told(_reads)
    return door.told(_reads, requests=lambda it: it._replace(content=it.content.replace(b'"monthly"', b'"weekly"')))


_of = Family("generated", "client", "client")

MUTANTS = [
    _of.mutant(
        "names",
        "Properties are read by names in camel case.",
        _fields(CustomerBalanceResult3, _renamed),
        lambda it: it.told(_reads),
        layer="round-trip",
    ),
    _of.mutant(
        "field-dropped",
        "A property of an answer has no attribute.",
        _fields(RedeemPoints1Output, _without("remove_coupon_codes")),
        lambda it: (
            it.configure(provisional_redemptions=True),
            it.redeem(),
            it.told(lambda client: _redeems()(client).remove_coupon_codes),  # type: ignore[attr-defined]
        ),
    ),
    _of.mutant(
        "argument-dropped",
        "An argument of a method is not sent.",
        _method("redeem_points_1", lambda given: given.pop("no_coupon", None)),
        lambda it: it.told(_redeems(no_coupon=True)),
        layer="round-trip",
    ),
    _of.mutant(
        "money-argument-dropped",
        "The subtotal of a cart is not sent.",
        _method("redeem_points_1", lambda given: given.pop("cart_subtotal", None)),
        lambda it: (
            it.configure(minimum_order_value="50"),
            it.told(_redeems(cart_subtotal=__import__("decimal").Decimal(1))),
        ),
        layer="matrix",
    ),
    _of.mutant(
        "arguments-swapped",
        "Two flags are sent in each other's place.",
        _method(
            "customer_balance_3",
            lambda given: given.update(
                include_unused_rewards=given.get("include_full_program", False),
                include_full_program=given.get("include_unused_rewards", False),
            ),
        ),
        lambda it: it.told(lambda client: client.customer_balance_3(customer=_RICH, include_unused_rewards=True)),
    ),
    _of.mutant(
        "error-unknown",
        "A function doesn't know one of its errors.",
        around(
            redeem_points_1,
            "REDEEM_POINTS_1",
            lambda it: it._replace(
                error_names={key: name for key, name in it.error_names.items() if key[1] != "insufficient_points"}
            ),
        ),
        lambda it: it.told(_redeems(pts=10**9)),
        layer="matrix",
    ),
    _of.mutant(
        "errors-swapped",
        "Two errors have each other's class.",
        around(
            redeem_points_1,
            "REDEEM_POINTS_1",
            lambda it: it._replace(
                error_names={
                    **it.error_names,
                    (422, "points_disabled"): "PointsSpendingDisabledError",
                    (422, "points_spending_disabled"): "PointsDisabledError",
                }
            ),
        ),
        lambda it: (it.configure(points_enabled=False), it.told(_redeems())),
        layer="matrix",
    ),
    _of.mutant(
        "write-is-read",
        "A write is taken for a read, so that it is sent again.",
        _operation(redeem_points_1, "REDEEM_POINTS_1", kind="read"),
        lambda it: (it.lose(), it.told(_redeems())),
        layer="unknown-answers",
    ),
    _of.mutant(
        "read-is-write",
        "A read is taken for a write, so that it is never sent again.",
        _operation(customer_balance_3, "CUSTOMER_BALANCE_3", kind="write"),
        lambda it: (it.fail(status=502), it.told(_reads)),
        layer="unknown-answers",
    ),
    _of.mutant(
        "no-way-to-know",
        "A write doesn't name the read that tells its outcome.",
        _operation(redeem_points_1, "REDEEM_POINTS_1", outcome_read_by=None),
        lambda it: (it.lose(), it.told(_redeems())),
        layer="unknown-answers",
    ),
    _of.mutant(
        "another-output",
        "A function's answer is read as another function's.",
        _operation(unredeem_1, "UNREDEEM_1", output=RedeemPoints1Output),
        lambda it: it.told(lambda client: client.unredeem_1(customer=_PLAIN, change_bhid=it.redeem()["change_bhid"])),
        layer="round-trip",
    ),
    _of.mutant(
        "another-function",
        "A method calls another version of its function.",
        _operation(customer_balance_3, "CUSTOMER_BALANCE_3", name="CustomerBalance2"),
        lambda it: it.told(_reads),
        layer="round-trip",
    ),
    _of.mutant(
        "another-version",
        "The client calls another global version unless told otherwise.",
        around(LoyaltyClient, "_api", lambda api: api._replace(version="v20230601")),
        lambda it: it.told(_reads),
    ),
    _of.mutant(
        "not-nullable",
        "A property that may be null must not be.",
        _fields(CustomerBalanceResult3, _coded("pts_available_value", fields.MONEY)),
        _balance_of_new_server,
    ),
    _of.mutant(
        "optional-required",
        "A property that may be missing must be there.",
        _fields(Unredeem1Output, _strict("pts")),
        lambda it: it.told(
            lambda client: client.unredeem_1(customer=_PLAIN, change_bhid=it.redeem()["change_bhid"]),
            requests=lambda answer: answer._replace(content=b'{"success": true}'),
        ),
    ),
    _of.mutant(
        "closed-enum",
        "A value that is new to an enumeration makes an answer unreadable.",
        _fields(
            __import__("bubblehouse_loyalty.models.redemption_limit_info_1", fromlist=["x"]).RedemptionLimitInfo1,
            _coded("period", _Closed()),
        ),
        _weekly,
    ),
    _of.mutant(
        "raw-objects",
        "Objects inside an answer stay as JSON has them.",
        _fields(CustomerBalanceResult3, _coded("cur_tier", fields.JSON)),
        lambda it: it.told(_reads),
    ),
    _of.mutant(
        "money-is-text",
        "Money of an answer stays text.",
        _fields(RedeemPoints1Output, _coded("amount", fields.STRING)),
        lambda it: it.told(_redeems()),
    ),
    _of.mutant(
        "bound-dropped",
        "A number of points below 1 is sent.",
        _fields(RedeemPoints1Input, _coded("pts", fields.INTEGER)),
        lambda it: it.told(_redeems(pts=0)),
    ),
    _of.mutant(
        "empty-identity",
        "An identity without any id is sent.",
        instead(CustomerIdentity1, "ONE_OF", ()),
        lambda it: it.told(lambda client: client.customer_balance_3(customer=CustomerIdentity1())),
    ),
    _of.mutant(
        "customer-dropped",
        "Whom a read is about is not sent.",
        _fields(CustomerBalance3Input, _without("customer")),
        lambda it: it.told(_reads),
        layer="round-trip",
    ),
    _of.mutant(
        "scope",
        "An error of one function is an error of all.",
        instead(
            errors,
            "InsufficientPointsError",
            type("InsufficientPointsError", (errors.GlobalError, errors.UnprocessableEntityError), {}),
        ),
        lambda it: it.told(_is_global),
        layer="matrix",
    ),
]


def _is_global(client: LoyaltyClient) -> bool:
    try:
        _redeems(pts=10**9)(client)
    except errors.GlobalError:
        return True
    except errors.BubblehouseError:
        return False
    return False
