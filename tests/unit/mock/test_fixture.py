"""Fixture files: what one may hold, and how a bad one is refused."""

import base64
import json
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import ClassVar

import pytest

from bubblehouse_mock.clock import FrozenClock
from bubblehouse_mock.mock import BubblehouseMock
from bubblehouse_mock.state import FixtureError, reading

SECRET = "bm90LWEtc2VjcmV0LWRlbW8ta2V5LTEtZm9yLXRlc3RzLW9ubHk="
HEAD = f"""\
shop: s
keys: [{{key_id: k, secret: {SECRET}}}]
"""
CUSTOMER = """\
customers:
  - shopid: "1"
"""


def load(tmp_path: Path, text: str) -> BubblehouseMock:
    path = tmp_path / "shop.yaml"
    path.write_text(text, encoding="utf-8")
    return BubblehouseMock(fixture=path, strict=True)


def test_the_least_that_makes_a_shop(tmp_path: Path) -> None:
    mock = load(tmp_path, HEAD)
    assert (mock.shop, mock.customers, [key.key_id for key in mock.keys]) == ("s", [], ["k"])


def test_the_demo_shop_is_read_once_and_changed_by_no_mock(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = FrozenClock(datetime(2026, 5, 20, 12, tzinfo=UTC))
    mock = BubblehouseMock(clock=clock)
    before = mock.control.state()
    mock.configure(points_enabled=False)
    mock.control.add_customer({"shopid": "new"})
    mock.control.add_change("1001", {"pts": 1, "desc": "More"})
    assert mock.control.state() != before
    monkeypatch.setattr(reading.YamlReader, "read", None)
    assert BubblehouseMock(clock=clock).control.state() == before


def test_relative_times_count_from_the_start_and_from_each_reset() -> None:
    clock = FrozenClock(datetime(2026, 5, 20, 12, tzinfo=UTC))
    mock = BubblehouseMock(clock=clock, strict=True)
    assert mock.state.settings.points_expire_at == datetime(2027, 5, 20, 12, tzinfo=UTC)
    clock.advance(days=1)
    mock.reset()
    assert mock.state.settings.points_expire_at == datetime(2027, 5, 21, 12, tzinfo=UTC)


def test_absolute_times_may_have_any_offset(tmp_path: Path) -> None:
    mock = load(tmp_path, HEAD + 'settings: {points_expire_at: "2030-01-01T02:00:00+02:00"}')
    assert mock.state.settings.points_expire_at == datetime(2030, 1, 1, tzinfo=UTC)
    mock = load(tmp_path, HEAD + "settings: {points_expire_at: 2030-01-01T00:00:00Z}")  # YAML's own notation
    assert mock.state.settings.points_expire_at == datetime(2030, 1, 1, tzinfo=UTC)


def test_the_demos_secrets_say_what_they_are() -> None:
    for key in BubblehouseMock().keys:
        assert key.secret_bytes.startswith(b"not-a-secret")
        assert key.secret not in repr(key)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "None is not an object"),
        ("[]", "not an object"),
        ("shop: [", "is not YAML"),
        ("shop: s", "'keys' is missing"),
        ("shop: s\nshop: t\nkeys: []", "shop.yaml:2: shop: this key stands twice"),
        ("shop: a/b\nkeys: []", "without slashes"),
        ('shop: ""\nkeys: []', "without slashes"),
        ("shop: 5\nkeys: []", "shop.yaml:1: shop: 5 is not text"),
        (HEAD + "shopp: x", "shop.yaml:3: shopp: there is no 'shopp' here"),
        ("shop: s\nkeys: [{key_id: k, secret: 5}]", "secret: it is not text"),
        ("shop: s\nkeys: [{key_id: k, secret: '****'}]", "secret of key 'k' is not base64"),
        ("shop: s\nkeys: [{key_id: k, secret: c2hvcnQ=}]", "has 5 bytes; HS256 needs 32"),
        (f"shop: s\nkeys: [{{key_id: k, secret: {SECRET}}}, {{key_id: k, secret: {SECRET}}}]", "same key_id"),
        (HEAD + "settings: {points_enabled: 1}", "settings.points_enabled: 1 is neither true nor false"),
        (
            HEAD + "settings:\n  point_value: 0.01",
            "shop.yaml:4: settings.point_value: 0.01 is not a decimal number in quotes",
        ),
        (HEAD + "settings: {redemption_step: 0}", "settings.redemption_step: 0 is below 1"),
        (HEAD + "settings: {minimum_redemption: 0}", "settings.minimum_redemption: 0 is below 1"),
        (
            HEAD + "settings: {minimum_redemption: 9, maximum_redemption: 8}",
            "settings: maximum_redemption=8 is below minimum_redemption=9; give that or more",
        ),
        (HEAD + "settings: {only_redemption_buckets: true}", "allows no amount; list some"),
        (HEAD + "settings: {redemption_buckets: [5, 0]}", "settings.redemption_buckets[1]: 0 is below 1"),
        (
            HEAD + "settings: {redemption_buckets: [5, 10], maximum_redemption: 9}",
            "redemption_buckets: 10 is above maximum_redemption=9; leave it out, or raise the maximum",
        ),
        (
            HEAD + 'settings: {point_value: "1", point_value_buckets: [{threshold: 0, value: "1"}]}',
            "settings.point_value_buckets[0].threshold: 0 is below 1",
        ),
        (
            HEAD
            + 'settings: {point_value: "1", point_value_buckets: '
            + '[{threshold: 5, value: "1"}, {threshold: 5, value: "2"}]}',
            "settings: point_value_buckets: two have the threshold 5; keep one",
        ),
        (
            HEAD + 'settings: {point_value_buckets: [{threshold: 5, value: "1"}]}',
            "point_value_buckets without point_value: give what a point of smaller amounts is worth, too",
        ),
        (HEAD + "programme: {tiers: [{name: A}, {name: A}]}", "two tiers have the same name"),
        (
            HEAD + "programme: {tiers: [{name: A, threshold_pts: -1}]}",
            "tiers[0].threshold_pts: -1 is below 0",
        ),
        (
            HEAD + "programme: {offers: [{id: a, type: t, title: t, points: -1}]}",
            "offers[0].points: -1 is below 0",
        ),
        (
            HEAD + "programme: {offers: [{id: a, type: t, title: t}, {id: a, type: t, title: u}]}",
            "programme: two offers have the same id",
        ),
        (
            HEAD + "programme: {achievements: [{bhid: a, title: t}, {bhid: a, title: u}]}",
            "programme: two achievements have the same bhid",
        ),
        ("shop: s\nkeys: []", "shop.yaml:2: keys: there must be 1 or more"),
        (HEAD + "a: &a [*a]", "shop.yaml:3: a[0]: *a stands for nothing that was complete before"),
        (HEAD + "b: &a []\na: &a [*a]", "shop.yaml:4: a[0]: *a stands for nothing that was complete before"),
        (HEAD + "a: " + "[" * 64, "it is nested deeper than 64 levels"),
        (HEAD + "a: " + "[" * 200_000, "it is nested deeper than 64 levels"),
        (HEAD + "settings: {minimum_redemption: " + "9" * 5000 + "}", "shop.yaml:3: settings.minimum_redemption: "),
        (HEAD + "---\nshop: t", "shop.yaml:3: there is a second document"),
        (HEAD + "customers: [{joined_on: 5}]", "customers[0].joined_on"),
        (HEAD + CUSTOMER + '  - shopid: "1"', "shop.yaml:5: customers[1]: another customer has the shopid '1'"),
        (HEAD + CUSTOMER + "    tier_deadline: +1d", "belong together"),
        (HEAD + CUSTOMER + "    achievements: [{achievement: x, obtained_at: -1d}]", "no achievement 'x'"),
        (
            HEAD + CUSTOMER + "    changes: [{type: earned_from_order, pts: 5, at: yesterday}]",
            "customers[0].changes[0].at",
        ),
        (HEAD + CUSTOMER + "    changes: [{type: redeemed_towards_order, pts: -5, at: -1d}]", "only 0 are there"),
        (
            HEAD
            + CUSTOMER
            + "    changes: [{type: birthday_gift, pts: 5, at: -1d}, {type: birthday_gift, pts: 5, at: -2d}]",
            "oldest first",
        ),
        (
            HEAD + CUSTOMER + "    coupons: [{code: c, type: t, desc: d, since: -1d, change_bhid: x}]",
            "names no redemption",
        ),
        (
            HEAD + CUSTOMER + "    coupons: [{code: c, type: t, desc: d, since: -1d, provisional: true}]",
            "is provisional",
        ),
    ],
)
def test_a_bad_one_is_refused_with_place_and_reason(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(FixtureError) as caught:
        load(tmp_path, text)
    assert says in str(caught.value)
    assert "shop.yaml" in str(caught.value)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("original", "replacement", "says"),
    [
        ("status: withdrawn", "status: unused", "'DEMO-UNDONE' is unused; that doesn't fit its redemption"),
        ("status: used}", "status: withdrawn}", "'DEMO-USED' is withdrawn; that doesn't fit its redemption"),
        ("pts: 500, amount", "pts: 501, amount", "'DEMO-UNUSED' is for 501 points, its redemption for 500"),
        ("change_bhid: 20b31881b3000204", "change_bhid: 20b31881b3000203", "two codes name the redemption"),
        ("reverts: 20b31881b3000206", "reverts: 20b31881b3000205", "can't come back"),
        ("reverts: 20b31881b3000206", "reverts: 20b31881b3000202", "not an open redemption"),
        ("0000018abc000002", "0000018abc000001", "is taken"),
        ("code: DEMO-USED,", "code: DEMO-UNUSED,", "is taken"),
    ],
)
def test_codes_and_redemptions_must_tell_the_same_story(
    tmp_path: Path, original: str, replacement: str, says: str
) -> None:
    demo = files("bubblehouse_mock").joinpath("demo.yaml").read_text(encoding="utf-8")
    assert original in demo
    with pytest.raises(FixtureError) as caught:
        load(tmp_path, demo.replace(original, replacement, 1))
    assert says in str(caught.value)


def test_a_secret_never_shows_in_an_error(tmp_path: Path) -> None:
    short = base64.b64encode(b"short-but-secret").decode()
    with pytest.raises(FixtureError) as caught:
        load(tmp_path, f"shop: s\nkeys: [{{key_id: k, secret: {short}}}]")
    assert short not in str(caught.value)


def test_aliases_that_multiply_are_refused(tmp_path: Path) -> None:
    """The billion laughs: each line is ten times the one before."""
    lines = ["l0: &l0 {note: ha}", *(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]" for n in range(1, 12))]
    with pytest.raises(FixtureError, match=r"shop.yaml:\d+: l\d\[\d\]: .* aliases repeat more than 1,000,000 values"):
        load(tmp_path, "\n".join(lines))


@pytest.mark.parametrize(
    "value",
    [
        "!!binary aGVsbG8=",
        "!!set {a, b}",
        "!!python/none null",
        "!!timestamp 2026-01-01",
        ".nan",
        "-.inf",
        "1.0e+400",
    ],
)
def test_what_json_has_no_word_for_is_refused_with_its_line(tmp_path: Path, value: str) -> None:
    with pytest.raises(FixtureError, match=r"shop.yaml:3: extra: .* is nothing that JSON has"):
        load(tmp_path, HEAD + f"extra: {value}")


@pytest.mark.parametrize("key", ["5", "~", "true", "1.5", "[a]", "{a: b}"])
def test_a_key_that_is_no_text_is_refused_with_its_line(tmp_path: Path, key: str) -> None:
    with pytest.raises(FixtureError, match=r"shop.yaml:3: .*text"):
        load(tmp_path, HEAD + f"? {key}\n: x")


def test_aliases_and_merged_objects_save_writing(tmp_path: Path) -> None:
    text = "customers:\n  - &a {shopid: '1', joined_on: 2026-01-01}\n  - {<<: *a, shopid: '2'}\n"
    more = "  - {<<: [*a, {joined_on: 2027-01-01}], shopid: '3'}\n"
    mock = load(tmp_path, HEAD + text + more)
    assert [(it.shopid, str(it.joined_on)) for it in mock.customers] == [(n, "2026-01-01") for n in "123"]
    with pytest.raises(FixtureError, match=r"shop.yaml:5: customers\[1\].joined_on: 5 is not a day"):
        load(tmp_path, HEAD + text.replace("*a", "{joined_on: 5}"))


class TestSeveralShops:
    ONE: ClassVar = {"shop": "north", "keys": [{"key_id": "k", "secret": SECRET}]}

    def test_in_one_file(self, tmp_path: Path) -> None:
        shop = f"{{shop: %s, keys: [{{key_id: k, secret: {SECRET}}}]}}"
        mock = load(tmp_path, f"shops:\n  - {shop % 'north'}\n  - {shop % 'south'}\n")
        assert list(mock.shops) == ["north", "south"]

    def test_errors_name_the_place(self, tmp_path: Path) -> None:
        customers = "  customers:\n  - shopid: '1'\n  - email: 5\n"
        text = f"shops:\n- shop: s\n  keys: [{{key_id: k, secret: {SECRET}}}]\n{customers}"
        with pytest.raises(FixtureError, match=r"shop.yaml:6: shops\[0\].customers\[1\].email: 5 is not text"):
            load(tmp_path, text)

    @pytest.mark.parametrize(
        ("data", "says"),
        [
            ({"shops": []}, "shops: it is not a list of one shop or more"),
            ({"shops": {}}, "shops: it is not a list of one shop or more"),
            ({"shops": [ONE, ONE]}, "shops[1].shop: another shop is called 'north'"),
            ({"shops": [ONE], "keys": []}, "there is no 'keys' beside `shops`"),
            ({"shops": [ONE, {**ONE, "shop": "south", "customers": [{}]}]}, "shops[1].customers[0]: a customer needs"),
        ],
    )
    def test_bad_ones(self, data: dict[str, object], says: str) -> None:
        with pytest.raises(FixtureError) as caught:
            BubblehouseMock(fixture=data)
        assert says in str(caught.value)


class TestJson:
    def test_is_read_as_json(self, tmp_path: Path) -> None:
        path = tmp_path / "shop.json"
        path.write_text(json.dumps(BubblehouseMock().control.state()), encoding="utf-8")
        assert len(BubblehouseMock(fixture=path).customers) == 5

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("{", "is not JSON as expected"),
            ('{"shop": "s", "shop": "t"}', "the key 'shop' stands twice"),
            ('{"shop": NaN}', "NaN is not a JSON number"),
            ('{"shop": 5, "keys": []}', "shop.json:1: shop: 5 is not text"),
            ('{"keys": [],\n "shop":\n 5}', "shop.json:1: keys: there must be 1 or more"),
            ('{"shop": "s",\n"keys": [],\n"customer":\n[]}', "shop.json:2: keys: there must be"),
        ],
    )
    def test_bad_ones(self, tmp_path: Path, text: str, says: str) -> None:
        path = tmp_path / "shop.json"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(FixtureError) as caught:
            BubblehouseMock(fixture=path)
        assert says in str(caught.value)
        assert "shop.json" in str(caught.value)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(FixtureError, match="can't be read: No such file"):
        BubblehouseMock(fixture=tmp_path / "none.yaml")
