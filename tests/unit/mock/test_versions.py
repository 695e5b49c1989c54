"""Global versions that differ: the mock speaks each as its contract has it, from one and the same state."""

import copy
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import jwt
import pytest

from bubblehouse_mock import BubblehouseMock
from bubblehouse_mock.contract import ContractError
from bubblehouse_mock.messages import Request

Document = dict[str, Any]
Call = Callable[..., tuple[int, Any]]

VERSION = "v2027"
FROM = "x-bubblehouse-renamed-from"


def _rename(schema: Document, old: str, new: str) -> None:
    schema["properties"][new] = schema["properties"].pop(old) | {FROM: old}
    schema["required"] = [new if name == old else name for name in schema.get("required", [])]


@pytest.fixture
def version(document: Document) -> Document:
    """The contract of a version with other names, for a property of each kind."""
    version = copy.deepcopy(document)
    schemas = version["components"]["schemas"]
    _rename(schemas["RedeemPoints1Input"], "pts", "points")
    _rename(schemas["RedeemPoints1Input"], "cart_subtotal", "subtotal")
    _rename(schemas["CustomerIdentity1"], "shopid", "shop_id")
    _rename(schemas["CustomerBalanceResult3"], "cur_tier", "tier")
    _rename(schemas["TierStatus3"], "name", "title")
    _rename(schemas["CustomerBalance3Input"], "customer", "who")
    query = version["paths"]["/{shop}/CustomerBalance3"]["get"]["parameters"]
    (customer,) = [it for it in query if it.get("name") == "customer"]
    customer |= {"name": "who", FROM: "customer"}
    post = version["paths"]["/{shop}/RedeemPoints1"]["post"]["responses"]["422"]["content"]["application/json"]
    post["schema"]["oneOf"] = [it for it in post["schema"]["oneOf"] if "SpendingDisabled" not in it["$ref"]]
    schemas["PointsDisabledError"]["x-bubblehouse-replaces"] = ["points_spending_disabled"]
    del version["paths"]["/{shop}/UseAchievementDiscount1"]
    return version


@pytest.fixture
def mock(document: Document, version: Document, tmp_path: Path) -> BubblehouseMock:
    return _mock_of(document, version, tmp_path)


def _mock_of(document: Document, version: Document, tmp_path: Path) -> BubblehouseMock:
    document["servers"][0]["variables"]["version"]["enum"].append(VERSION)
    (tmp_path / "versions").mkdir()
    (tmp_path / "openapi.json").write_text(json.dumps(document))
    (tmp_path / f"versions/{VERSION}.json").write_text(json.dumps(version))
    return BubblehouseMock(contract=tmp_path / "openapi.json", strict=True)


@pytest.fixture
def send(mock: BubblehouseMock) -> Call:
    """Calls a function of a version with the shop's token."""
    return partial(_send, mock)


def _send(
    mock: BubblehouseMock, version: str, function: str, body: object = None, *, query: str = "", sub: str = "demo-shop"
) -> tuple[int, Any]:
    key = mock.keys[0]
    token = jwt.encode({"aud": "BH", "sub": sub}, key.secret_bytes, headers={"kid": key.key_id})
    response = mock.handle(
        Request(
            method="GET" if body is None else "POST",
            path=f"/api/{version}/demo-shop/{function}".encode(),
            query=query.encode(),
            headers=(("authorization", f"Bearer {token}"), ("content-type", "application/json")),
            body=b"" if body is None else json.dumps(body).encode(),
        )
    )
    return response.status, json.loads(response.body)


def test_input_has_the_version_s_names(send: Call) -> None:
    new = {"customer": {"shop_id": "1001"}, "points": 100, "subtotal": "42.990000"}
    old = {"customer": {"shopid": "1001"}, "pts": 100, "cart_subtotal": "42.990000"}
    assert send(VERSION, "RedeemPoints1", new)[0] == 200
    assert send("v2023061", "RedeemPoints1", old)[0] == 200
    # A name that the version doesn't have is a property that nobody knows.
    assert send(VERSION, "RedeemPoints1", old) == (400, {"id": "invalid_request", "message": "The body: " + NO_POINTS})
    assert send(VERSION, "RedeemPoints1", new | {"customer": {"shopid": "1001"}})[1]["id"] == "empty_customer_identity"
    assert send("v2023061", "RedeemPoints1", new)[1]["id"] == "invalid_request"


NO_POINTS = '"points" is a required property'


def test_money_of_another_name_is_still_money(send: Call) -> None:
    given = {"customer": {"shop_id": "1001"}, "points": 100, "subtotal": "9223372036854775808"}
    status, body = send(VERSION, "RedeemPoints1", given)
    assert (status, body["id"]) == (400, "invalid_request")
    assert body["message"].startswith("subtotal")


@pytest.mark.parametrize("verb", ["POST", "GET"])
def test_output_has_them_too_and_state_is_the_same(verb: str, send: Call) -> None:
    def balance(version: str, **customer: object) -> Any:
        if verb == "POST":
            return send(version, "CustomerBalance3", customer)[1]
        ((name, value),) = customer.items()
        return send(version, "CustomerBalance3", query=f"{name}={json.dumps(value)}")[1]

    old, new = balance("v2023061", customer={"shopid": "1001"}), balance(VERSION, who={"shop_id": "1001"})
    assert (new["tier"].pop("title"), new["tier"]) == (old["cur_tier"].pop("name"), old["cur_tier"])
    assert "cur_tier" not in new
    assert new["pts_available"] == old["pts_available"]


def test_a_customer_of_another_name_is_still_one(send: Call) -> None:
    status, body = send(VERSION, "CustomerBalance3", {"customer": {"shop_id": "1001"}})
    assert (status, body["id"]) == (400, "missing_customer_identity")


def test_an_error_that_is_gone_is_answered_by_the_one_in_its_place(mock: BubblehouseMock, send: Call) -> None:
    mock.configure(points_spending_enabled=False)
    old = send("v2023061", "RedeemPoints1", {"customer": {"shopid": "1001"}, "pts": 100})
    new = send(VERSION, "RedeemPoints1", {"customer": {"shop_id": "1001"}, "points": 100})
    assert (old[0], old[1]["id"]) == (422, "points_spending_disabled")
    assert (new[0], new[1]["id"]) == (422, "points_disabled")


def test_a_function_that_a_version_lacks_is_unknown_in_it(mock: BubblehouseMock, send: Call) -> None:
    achievement = mock.state.programme.achievements[0].bhid
    given = {"customer": {"shopid": "1001"}, "achievement_bhid": achievement}
    assert send(VERSION, "UseAchievementDiscount1", given)[0] == 404
    assert send("v2023061", "UseAchievementDiscount1", given)[0] == 200
    options = Request(
        method="OPTIONS",
        path=f"/api/{VERSION}/demo-shop/RedeemPoints1".encode(),
        headers=(("origin", "https://shop.example"), ("access-control-request-method", "POST")),
    )
    assert ("access-control-allow-methods", "POST") in mock.handle(options).headers


def test_versions_without_a_contract_of_their_own_have_the_default_one(send: Call) -> None:
    assert send("v20230601", "CustomerBalance3", {"customer": {"shopid": "1001"}})[0] == 200


def test_an_error_that_only_a_version_documents_can_be_forced_there(
    document: Document, version: Document, tmp_path: Path
) -> None:
    schemas = version["components"]["schemas"]
    schemas["ShopAsleepError"] = copy.deepcopy(schemas["PointsDisabledError"])
    schemas["ShopAsleepError"]["properties"]["id"]["const"] = "shop_asleep"
    refusals = version["paths"]["/{shop}/RedeemPoints1"]["post"]["responses"]["422"]["content"]["application/json"]
    refusals["schema"]["oneOf"].append({"$ref": "#/components/schemas/ShopAsleepError"})
    mock = _mock_of(document, version, tmp_path)
    mock.fail_next("shop_asleep", operation="RedeemPoints1")
    assert _send(mock, "v2023061", "RedeemPoints1", {"customer": {"shopid": "1001"}, "pts": 100})[0] == 200
    status, body = _send(mock, VERSION, "RedeemPoints1", {"customer": {"shop_id": "1001"}, "points": 100})
    assert (status, body["id"]) == (422, "shop_asleep")


def test_a_contract_of_a_version_that_is_no_contract_is_told_at_the_start(
    mock: BubblehouseMock, tmp_path: Path
) -> None:
    del mock
    (tmp_path / f"versions/{VERSION}.json").write_text("[]")
    with pytest.raises(ContractError, match=f"{VERSION}.json is not a JSON object"):
        BubblehouseMock(contract=tmp_path / "openapi.json")


def test_schemas_in_a_circle_are_no_trap(document: Document, version: Document, tmp_path: Path) -> None:
    tier = {"$ref": "#/components/schemas/TierStatus3"}
    version["components"]["schemas"]["TierStatus3"]["properties"] |= {
        "next": tier,
        "all": {"type": "array", "items": tier},
    }
    mock = _mock_of(document, version, tmp_path)
    assert _send(mock, VERSION, "CustomerBalance3", {}, sub="demo-shop/1001")[1]["tier"]["title"]
