"""The JSON Schema of fixtures says what `decode` takes, and an exported state is a fixture again."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from bubblehouse_mock.clock import FrozenClock
from bubblehouse_mock.mock import BubblehouseMock
from bubblehouse_mock.state import Change, Coupon, Customer, Fixture, FixtureError, FixtureFile, Key, Ownership, decode
from bubblehouse_mock.state.customer import ReferralStats
from bubblehouse_mock.state.programme import (
    Achievement,
    Feature,
    Milestone,
    Offer,
    Product,
    Programme,
    Source,
    Tier,
    Variant,
)
from bubblehouse_mock.state.schema import fixture_schema
from bubblehouse_mock.state.settings import PointValueBucket, RedemptionLimit, Settings

NOON = datetime(2026, 5, 20, 12, tzinfo=UTC)
SCHEMA: Any = fixture_schema(Fixture)
VALIDATOR = jsonschema_rs.Draft202012Validator(SCHEMA, validate_formats=True)
STATE: Any = BubblehouseMock(clock=FrozenClock(NOON)).control.state()


# What the classes check themselves: rules between fields, and what depends on the computer or the moment.
RULES: dict[str, tuple[str, Any]] = {
    "points of the wrong sign": ("Change", {"type": "birthday_gift", "pts": -1, "at": "-1d"}),
    "points that come and are taken": ("Change", {"type": "points_expired", "pts": 1, "at": "-1d"}),
    "points that go later": ("Change", {"type": "manual_correction", "pts": -1, "at": "-1d", "available_at": "+1d"}),
    "a reversal of nothing": ("Change", {"type": "redemption_reverted", "pts": 1, "at": "-1d"}),
    "nothing names the customer": ("Customer", {}),
    "half of two deadlines": ("Customer", {"shopid": "1", "tier_deadline": "+1d"}),
    "an id twice": ("Programme", {"tiers": [{"name": "A"}, {"name": "A"}]}),
    "a key id twice": ("Fixture", {"shop": "s", "keys": [STATE["keys"][0]] * 2}),
    "a time zone that nobody knows": ("Settings", {"time_zone": "Mars/Olympus"}),
    "a maximum below the minimum": ("Settings", {"minimum_redemption": 9, "maximum_redemption": 8}),
    "an amount above the maximum": ("Settings", {"redemption_buckets": [9], "maximum_redemption": 8}),
    "only amounts that aren't there": ("Settings", {"only_redemption_buckets": True}),
    "a better value than none": ("Settings", {"point_value_buckets": [{"threshold": 5, "value": "1"}]}),
    "two values of as many points": (
        "Settings",
        {"point_value": "1", "point_value_buckets": [{"threshold": 5, "value": "1"}, {"threshold": 5, "value": "2"}]},
    ),
    "a secret that is none": ("Key", {"key_id": "k", "secret": "c2hvcnQ="}),
    "a time before all times": ("Settings", {"points_expire_at": "-999999d"}),
}
SAID = (
    r"(takes|gives) points; pts=",
    "available_at belongs to points that come",
    "`reverts` belongs to redemption_reverted",
    "a customer needs a shopid or an email",
    "tier_deadline and tier_extended_deadline belong together",
    r"two \w+ have the same",
    "no time zone .* on this computer",
    "(maximum_redemption=|redemption_buckets: ).* (is below|is above) m",
    "only_redemption_buckets without redemption_buckets",
    "point_value_buckets(: two have the threshold| without point_value)",
    "the secret of key .* (is not base64|has .* bytes)",
    "lies beyond the years 1 to 9999",
)
CLASSES: dict[str, type] = {
    it.__name__: it
    for it in (Achievement, Change, Coupon, Customer, Feature, Fixture, Key, Milestone, Offer, Ownership, Programme)
} | {
    it.__name__: it
    for it in (PointValueBucket, Product, RedemptionLimit, ReferralStats, Settings, Source, Tier, Variant)
}
VALIDATORS = {
    name: jsonschema_rs.Draft202012Validator(
        {"$ref": f"#/$defs/{name}", "$defs": SCHEMA["$defs"]}, validate_formats=True
    )
    for name in CLASSES
}
SAMPLES: dict[str, Any] = {
    "Fixture": STATE,
    "Key": STATE["keys"][0],
    "Settings": STATE["settings"],
    "PointValueBucket": {"threshold": 500, "value": "6"},
    "RedemptionLimit": STATE["settings"]["redemption_limit"],
    "Programme": STATE["programme"],
    "Tier": STATE["programme"]["tiers"][2],
    "Feature": STATE["programme"]["tiers"][2]["features"][0],
    "Source": STATE["programme"]["sources"][0],
    "Offer": STATE["programme"]["offers"][0],
    "Product": {
        "bhid": "20b31881b3000150",
        "id": "1",
        "slug": "mug",
        "sku": "M",
        "title": "Mug",
        "image_url": "",
        "inactive": False,
        "deleted": False,
        "localizations": [{"locale": "nb", "title": "Krus"}],
    },
    "Variant": {"bhid": "20b31881b3000151", "id": "2", "title": "", "sku": "", "deleted": True, "localizations": []},
    "Milestone": STATE["programme"]["milestones"][0],
    "Achievement": STATE["programme"]["achievements"][0],
    "Customer": STATE["customers"][0],
    "ReferralStats": STATE["customers"][0]["referral_stats"],
    "Ownership": STATE["customers"][0]["achievements"][0],
    "Coupon": STATE["customers"][0]["coupons"][0],
    "Change": STATE["customers"][0]["changes"][0],
}
LIMITS = [
    {"write": {"per_second": {"customer": 1, "shop": 5}}},
    {"read": {"per_day": {"shop": 0}}},
    {"read": {"per_minute": {}}},
    {"neither": {}},
    {"read": {"per_day": {"partner": 1}}},
    {"read": 5},
]
TIMES = [
    "2026-05-20T12:00:00.1234567Z",
    "2026-05-20T12:00:00+02:00",
    "2026-05-20T12:00:00-00:00",
    "2026-05-20T12:00:00",
    "2026-05-20T12:00:00z",
    "2026-05-20 12:00:00Z",
    "2026-05-20T12:00Z",
    "2026-05-20T12:00:00,5Z",
    "2026-05-20T12:00:00+0200",
    "2026-05-20T12:00:00+24:00",
    "2026-05-20T23:59:60Z",
    "2026-05-32T12:00:00Z",
    "2026-05-20T12:00:00Z\n",
    "20260520T120000Z",
    "0000-05-20T12:00:00Z",
    *("-1d", "+999999s", "-1d\n", "1d", "-1w", "-1000000d"),
]
DAYS = ["2026-05-20", "2024-02-29", "2026-02-29", "20260520", "2026-W21-3", "0000-01-01", "2026-05-20\n"]
NUMBERS = [0, 1, 5, 6, -1, 500.0, 2.5, -0.0, 1e300, -(2**63), -(2**63) - 1, 2**63 - 1, 2**63, float(2**63), 10**40]
TEXTS = [
    "",
    "x",
    "a/b",
    "a\n",
    "5.5",
    "5.",
    ".5",
    "-5",
    "5 ",
    "5\n",
    "1e3",
    "9" * 12,
    "9" * 13,
    "9" * 31,
    "9" * 32,
    "٣",
]
JUNK: list[Any] = [None, True, [], {}, ["x"], [5], {"x": 1}, *LIMITS, *TIMES, *DAYS, *NUMBERS, *TEXTS]


def refusal(name: str, value: Any) -> str | None:
    """What decoding says against a value; None where it takes it."""
    try:
        decode(CLASSES[name], value, now=NOON)
    except FixtureError as error:
        return error.problem
    return None


def is_a_rule(problem: str) -> bool:
    return any(re.search(said, problem) for said in SAID)


def assert_agreement(name: str, value: Any) -> None:
    problem, valid = refusal(name, value), VALIDATORS[name].is_valid(value)
    assert valid is (problem is None) or (valid and is_a_rule(problem or "")), (name, value, problem)


def values(schema: Any) -> st.SearchStrategy[Any]:
    """What a schema allows."""
    match schema:
        case {"$ref": reference}:
            return values(SCHEMA["$defs"][reference.rpartition("/")[2]])
        case {"anyOf": several}:
            return st.one_of([values(one) for one in several])
        case {"type": "array", "items": items}:
            return st.lists(values(items), min_size=schema.get("minItems", 0), max_size=2)
        case {"type": "object", "properties": properties}:
            needed = schema.get("required", [])
            of_each = {name: values(one) for name, one in properties.items()}
            optional = {name: one for name, one in of_each.items() if name not in needed}
            return st.fixed_dictionaries({name: of_each[name] for name in needed}, optional=optional)
        case {"type": "object", "additionalProperties": inner}:
            return st.dictionaries(st.text(max_size=9), values(inner), max_size=2)
    return scalars(schema)


def scalars(schema: Any) -> st.SearchStrategy[Any]:
    match schema:
        case {"enum": choices}:
            return st.sampled_from(choices)
        case {"format": "date"}:
            return st.dates().map(str)
        case {"format": "date-time"}:
            return st.datetimes(timezones=st.just(UTC)).map(lambda it: it.isoformat().replace("+00:00", "Z"))
        case {"pattern": pattern}:
            return st.from_regex(pattern)
        case {"type": "integer", "minimum": least, "maximum": most}:
            return st.sampled_from([least, most]) | st.integers(least, most)
    secret = st.just(STATE["keys"][0]["secret"])
    return {"string": st.text(max_size=9) | secret, "boolean": st.booleans(), "null": st.none()}[schema["type"]]


VALUES = {name: values(schema) for name, schema in SCHEMA["$defs"].items()}


def test_it_is_valid_and_takes_the_demo_shop_and_every_state() -> None:
    jsonschema_rs.meta.validate(SCHEMA)
    for fixture in (FixtureFile().data, STATE, {"shops": [STATE, STATE]}):
        assert [str(error) for error in VALIDATOR.iter_errors(fixture)] == []


@pytest.mark.parametrize("name", CLASSES)
def test_it_takes_what_decode_takes_in_each_field(name: str) -> None:
    sample = SAMPLES[name]
    assert sample.keys() == SCHEMA["$defs"][name]["properties"].keys()
    assert_agreement(name, {**sample, "surplus": 1})
    for field in sample:
        assert_agreement(name, {key: value for key, value in sample.items() if key != field})
        for junk in JUNK:
            assert_agreement(name, {**sample, field: junk})


@pytest.mark.parametrize("name", CLASSES)
@given(data=st.data())
@settings(max_examples=50)
def test_what_it_allows_is_taken(name: str, data: st.DataObject) -> None:
    assert_agreement(name, data.draw(VALUES[name]))


def test_every_class_is_held_to_it() -> None:
    assert CLASSES.keys() == SCHEMA["$defs"].keys()


@pytest.mark.parametrize("rule", RULES)
def test_what_no_schema_can_say(rule: str) -> None:
    name, value = RULES[rule]
    VALIDATORS[name].validate(value)
    assert is_a_rule(refusal(name, value) or "")


def test_it_says_what_the_fields_mean() -> None:
    told = json.dumps(SCHEMA)
    assert "Money value of one point" in told
    for name, schema in SCHEMA["$defs"].items():
        assert schema["description"], name
        for field, said in schema["properties"].items():
            assert said["description"], f"{name}.{field}"


def test_an_export_is_a_fixture_for_people(tmp_path: Path) -> None:
    mock = BubblehouseMock(clock=FrozenClock(NOON))
    text = mock.control.export()
    assert text.startswith("# A fixture of bubblehouse-mock")
    assert "revoked: false" not in text
    assert "shopid: '1001'" in text
    path = tmp_path / "export.yaml"
    path.write_text(text, encoding="utf-8")
    assert BubblehouseMock(fixture=path, clock=FrozenClock(NOON)).control.state() == mock.control.state()


@given(text=st.text(), number=st.integers(1, 2**40))
@settings(max_examples=100)
def test_an_export_says_exactly_what_was_there(text: str, number: int) -> None:
    fixture = {"shop": "s", "keys": STATE["keys"]}  # all else of a shop is as long as it is the same in each example
    mock = BubblehouseMock(fixture=fixture, clock=FrozenClock(NOON))
    names = {"shopid": text.replace("/", "-") or "-", "email": text}
    changes: list[Any] = [{"type": "earned_from_order", "pts": number, "at": "-1d", "desc": text}]
    try:
        mock.control.add_customer({**names, "changes": changes})
    except FixtureError:
        reject()
    exported = yaml.safe_load(mock.control.export())
    assert BubblehouseMock(fixture=exported, clock=FrozenClock(NOON)).control.state() == mock.control.state()
