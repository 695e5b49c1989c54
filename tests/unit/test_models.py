"""Models as a shop meets them: tolerant of what is new, strict about what is promised, easy to read."""

import copy
import datetime as dt
import pickle
import threading
import weakref
from collections.abc import Callable
from decimal import Decimal
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.benchmarks.answers import full_program

from bubblehouse.model import DecodeError, EncodeError
from bubblehouse.transport import Request, Response
from bubblehouse_loyalty import (
    UNSET,
    CustomerBalanceResult3,
    CustomerIdentity1,
    LoyaltyClient,
    RedeemPoints1Input,
    RedeemPoints1Output,
    RedemptionLimitInfo1,
    TierStatus3,
    errors,
)

REDEMPTION: dict[str, object] = {"code": "LOYAL-1", "pts": 500, "amount": "5.000000", "change_bhid": "20b31881b3010001"}
BALANCE: dict[str, object] = {
    "pts_available": 1200,
    "pts_available_value": None,
    "pts_pending": 0,
    "pts_earned": 1700,
    "pts_redeemed": 500,
    "pts_expired": 0,
    "total_spend": "1250.000000",
    "upgrade_spend": "250.000000",
    "loyalty_anniversary_day": "",
    "pts_global_expiration": "2027-01-01T05:00:00Z",
    "cur_tier": {"name": "Gold", "expiration": None, "reqs": {"extra_spend": "10.000000"}},
}

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def test_money_is_decimal_and_times_are_aware() -> None:
    balance = CustomerBalanceResult3.from_dict(BALANCE)
    assert balance.total_spend == Decimal(1250)
    assert balance.pts_global_expiration == dt.datetime(2027, 1, 1, 5, tzinfo=dt.UTC)


def test_null_missing_and_a_value_are_three_things() -> None:
    balance = CustomerBalanceResult3.from_dict(BALANCE)
    assert balance.pts_available_value is None
    assert balance.pts_pending_value is UNSET
    assert balance.pts_available == 1200
    assert balance.loyalty_anniversary_day is None


def test_what_was_nested_is_a_model() -> None:
    tier = CustomerBalanceResult3.from_dict(BALANCE).cur_tier
    assert isinstance(tier, TierStatus3)
    assert tier.reqs.extra_spend == Decimal(10)


@given(
    st.dictionaries(
        st.text().filter(lambda name: name not in REDEMPTION and name != "remove_coupon_codes"), json_values
    )
)
def test_unknown_properties_are_kept_and_sent_back(unknown: dict[str, object]) -> None:
    redemption = RedeemPoints1Output.from_dict({**REDEMPTION, **unknown})
    assert redemption.additional_properties == unknown
    assert redemption.to_dict() == {**REDEMPTION, **unknown}


@given(st.text())
def test_an_enum_value_of_tomorrow_comes_through_as_itself(period: str) -> None:
    limit = RedemptionLimitInfo1.from_dict({"total": 5, "remaining": 2, "period": period})
    assert limit.period == period


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"pts": "500"}, "pts: expected an integer, got str"),
        ({"amount": 5.0}, "amount: expected a decimal string, got float"),
        ({"remove_coupon_codes": ["a", 5]}, "remove_coupon_codes[1]: expected a string, got int"),
        ({"remove_coupon_codes": None}, "remove_coupon_codes: expected an array, got null"),
        ({"code": None}, "code: expected a string, got null"),
    ],
)
def test_a_wrong_type_is_an_error_that_says_where(change: dict[str, object], message: str) -> None:
    with pytest.raises(DecodeError) as caught:
        RedeemPoints1Output.from_dict({**REDEMPTION, **change})
    assert str(caught.value) == message


@pytest.mark.parametrize("name", REDEMPTION)
def test_a_missing_property_is_named(name: str) -> None:
    with pytest.raises(DecodeError) as caught:
        RedeemPoints1Output.from_dict({key: value for key, value in REDEMPTION.items() if key != name})
    assert str(caught.value) == f"{name}: is required, and missing"


def test_a_problem_deep_inside_says_where() -> None:
    with pytest.raises(DecodeError) as caught:
        CustomerBalanceResult3.from_dict({**BALANCE, "tiers": [{"name": "Gold", "reqs": {}}, {"name": "Top"}]})
    assert str(caught.value) == "tiers[1].reqs: is required, and missing"


@given(json_values)
def test_anything_else_than_an_object_is_refused_not_crashed_on(value: object) -> None:
    with pytest.raises(DecodeError):
        RedeemPoints1Output.from_dict(value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"pts": 0}, "pts: must be at least 1, got 0"),
        ({"pts": True}, "pts: expected an int, got bool"),
        ({"pts": 5, "cart_subtotal": 42.99}, "cart_subtotal: money must be a Decimal, got float"),
        ({"pts": 5, "customer": {"shopid": "1"}}, "customer: expected CustomerIdentity1, got dict"),
        ({"pts": 5, "customer": CustomerIdentity1(shopid=1234)}, "customer.shopid: expected a string, got int"),  # type: ignore[arg-type] # on purpose
        ({"pts": UNSET}, "pts: is required"),
    ],
)
def test_an_argument_that_cannot_be_sent_is_named(arguments: dict[str, object], message: str) -> None:
    given_model = RedeemPoints1Input(**arguments)  # type: ignore[arg-type] # wrong types are the point
    with pytest.raises(EncodeError) as caught:
        given_model.to_dict()
    assert str(caught.value).startswith(message)


def test_what_is_left_out_is_not_sent() -> None:
    assert RedeemPoints1Input(pts=5, customer=CustomerIdentity1(email="a@b.example")).to_dict() == {
        "pts": 5,
        "customer": {"email": "a@b.example"},
    }


def test_the_repr_shows_what_is_there() -> None:
    redemption = RedeemPoints1Output.from_dict({**REDEMPTION, "new": 1})
    assert repr(redemption) == (
        "RedeemPoints1Output(code='LOYAL-1', pts=500, amount=Decimal('5.000000'), "
        "change_bhid='20b31881b3010001', additional_properties={'new': 1})"
    )


def test_what_a_server_says_comes_back_as_it_was() -> None:
    answer = full_program(offers=3, tiers=3)
    assert CustomerBalanceResult3.from_dict(answer).to_dict() == full_program(offers=3, tiers=3)


def test_reading_leaves_what_is_read_as_it_is() -> None:
    answer: dict[str, object] = {**REDEMPTION, "new": 1}
    frozen = MappingProxyType(answer)
    assert RedeemPoints1Output.from_dict(frozen) == RedeemPoints1Output.from_dict(answer)
    assert answer == {**REDEMPTION, "new": 1}


def test_a_model_can_be_changed_but_gets_no_new_names() -> None:
    someone = CustomerIdentity1(shopid="1")
    someone.shopid = "2"
    someone.additional_properties["phone"] = "+1"
    assert someone.to_dict() == {"shopid": "2", "phone": "+1"}
    with pytest.raises(AttributeError, match="shop_id"):
        someone.shop_id = "3"  # type: ignore[attr-defined] # that it has none is the point
    with pytest.raises(TypeError, match="unhashable"):
        hash(someone)
    assert CustomerIdentity1().additional_properties == {}


# --- equality, copies and changes ---------------------------------------------------------------------------------

COPIERS: dict[str, Callable[[CustomerBalanceResult3], CustomerBalanceResult3]] = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "evolve": CustomerBalanceResult3.evolve,
    **{
        f"pickle {protocol}": lambda it, protocol=protocol: pickle.loads(pickle.dumps(it, protocol))  # type: ignore[misc]  # noqa: S301 - ours
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1)
    },
}


@pytest.mark.parametrize("copier", COPIERS)
def test_a_copy_is_equal_and_apart(copier: str) -> None:
    balance = CustomerBalanceResult3.from_dict({**BALANCE, "new": 1})
    other = COPIERS[copier](balance)
    assert type(other) is CustomerBalanceResult3
    assert other == balance
    assert repr(other) == repr(balance)
    assert other.pts_pending_value is UNSET
    other.pts_available = 1
    assert balance.pts_available == 1200


@pytest.mark.parametrize("copier", COPIERS)
def test_the_answer_it_came_in_is_no_part_of_its_value(copier: str) -> None:
    balance, alike = CustomerBalanceResult3.from_dict(BALANCE), CustomerBalanceResult3.from_dict(BALANCE)
    setattr(balance, "_answer", threading.Lock())  # noqa: B010 - the runtime's own; what no copy can be made of
    assert balance == alike
    assert repr(balance) == repr(alike)
    assert balance.to_dict() == alike.to_dict()
    assert not hasattr(COPIERS[copier](balance), "_answer")


@pytest.mark.parametrize(
    "change",
    [{"pts_available": 1}, {"pts_available_value": "1.000000"}, {"new": 1}, {"cur_tier": {"name": "Top", "reqs": {}}}],
)
def test_another_value_is_not_equal(change: dict[str, object]) -> None:
    balance = CustomerBalanceResult3.from_dict(BALANCE)
    assert balance != CustomerBalanceResult3.from_dict({**BALANCE, **change})


def test_nor_is_another_class_with_the_same_fields() -> None:
    class Impostor(CustomerIdentity1):
        __slots__ = ()

    assert CustomerIdentity1(shopid="1") != Impostor(shopid="1")
    assert CustomerIdentity1(shopid="1") != {"shopid": "1"}
    assert Impostor(shopid="1") == Impostor(shopid="1")


def test_evolve_changes_a_copy() -> None:
    someone = CustomerIdentity1(shopid="1", email="a@b.example", additional_properties={"new": 1})
    other = someone.evolve(shopid="2", email=UNSET)
    assert other == CustomerIdentity1(shopid="2", additional_properties={"new": 1})
    assert someone.to_dict() == {"shopid": "1", "email": "a@b.example", "new": 1}


@pytest.mark.parametrize("name", ["shop_id", "_answer", "to_dict", "FIELDS"])
def test_evolve_knows_no_other_names(name: str) -> None:
    with pytest.raises(TypeError, match=name):
        CustomerIdentity1(shopid="1").evolve(**{name: "2"})


def test_a_model_is_matched_by_keywords() -> None:
    def tier_name(balance: CustomerBalanceResult3) -> str | None:
        match balance:
            case CustomerBalanceResult3(cur_tier=TierStatus3(name=name)):
                return name
            case CustomerBalanceResult3(cur_tier=None):
                return "none"
        return None

    assert tier_name(CustomerBalanceResult3.from_dict(BALANCE)) == "Gold"
    assert tier_name(CustomerBalanceResult3.from_dict({**BALANCE, "cur_tier": None})) == "none"
    assert tier_name(CustomerBalanceResult3.from_dict(BALANCE).evolve(cur_tier=UNSET)) is None


def test_a_model_can_be_referred_to_weakly() -> None:
    someone = CustomerIdentity1(shopid="1")
    assert weakref.ref(someone)() is someone


# --- who nobody is ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ids", [{}, {"shopid": ""}, {"bhid": "", "shopid": "", "email": ""}])
def test_nobody_is_not_sent(ids: dict[str, str]) -> None:
    arguments = RedeemPoints1Input(pts=5, customer=CustomerIdentity1.from_dict(ids))
    with pytest.raises(EncodeError) as caught:
        arguments.to_dict()
    assert str(caught.value) == "customer: one of bhid, shopid, email is required, and must not be empty"


class Silence:
    """Carries nothing."""

    def send(self, request: Request, *, timeout: float) -> Response:
        raise AssertionError(f"{request.url} was sent, within {timeout} s")

    def close(self) -> None:
        """There is nothing to give up."""


def test_a_call_for_nobody_is_refused_before_it_is_sent() -> None:
    with (
        LoyaltyClient(shop="my-shop", token="ready-made", transport=Silence()) as loyalty,
        pytest.raises(errors.InvalidArgumentError, match="customer: one of bhid, shopid, email is required"),
    ):
        loyalty.customer_balance_3(customer=CustomerIdentity1(shopid=""))


@pytest.mark.parametrize("ids", [{"bhid": "1"}, {"shopid": "1", "email": ""}, {"phone": "+1"}])
def test_whoever_is_named_is_even_by_what_is_new(ids: dict[str, str]) -> None:
    assert CustomerIdentity1.from_dict(ids).to_dict() == ids
