"""How values travel: exact both ways, and an error where they can't."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bubblehouse.fields import (
    BOOLEAN,
    DAY,
    INTEGER,
    JSON,
    MONEY,
    NUMBER,
    STRING,
    TIME,
    Array,
    Codec,
    DecodeError,
    EmptyAsNone,
    EncodeError,
    Integer,
    Nullable,
)
from bubblehouse.unset import UNSET

MICROS = st.integers(min_value=-(2**63) + 1, max_value=2**63 - 1)
UTC = dt.UTC


@given(MICROS)
def test_money_survives_the_way_there_and_back_to_the_millionth(micros: int) -> None:
    amount = Decimal(micros).scaleb(-6)
    wire = MONEY.encode(amount)
    assert len(wire.partition(".")[2]) == 6
    assert MONEY.decode(wire) == amount


@given(MICROS, st.integers(min_value=0, max_value=12))
def test_trailing_zeros_and_exponents_do_not_matter(micros: int, zeros: int) -> None:
    amount = Decimal(micros).scaleb(-6)
    assert MONEY.encode(Decimal(f"{amount:f}{'0' * zeros}")) == MONEY.encode(amount)


@pytest.mark.parametrize(
    ("amount", "wire"),
    [
        ("42.99", "42.990000"),
        ("0", "0.000000"),
        ("-0", "0.000000"),
        ("0E+3000000", "0.000000"),
        ("-0.05", "-0.050000"),
        ("1E+3", "1000.000000"),
        ("1E-6", "0.000001"),
        ("9223372036854.775807", "9223372036854.775807"),
    ],
)
def test_money_is_sent_with_six_decimals(amount: str, wire: str) -> None:
    assert MONEY.encode(Decimal(amount)) == wire


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (42.99, "must be a Decimal, got float"),
        (42, "must be a Decimal, got int"),
        (True, "must be a Decimal, got bool"),
        ("42.99", "must be a Decimal, got str"),
        (None, "must be a Decimal, got null"),
        (Decimal("0.0000001"), "exact to a millionth"),
        (Decimal("1E-3000000"), "exact to a millionth"),
        (Decimal("1" * 5000), "64 bits"),
        (Decimal("NaN"), "not an amount"),
        (Decimal("Infinity"), "not an amount"),
        (Decimal("1E+999999"), "64 bits"),
        (Decimal("9223372036854.775808"), "64 bits"),
    ],
)
def test_money_that_is_not_exact_is_refused(value: object, message: str) -> None:
    with pytest.raises(EncodeError, match=message):
        MONEY.encode(value)


@pytest.mark.parametrize("wire", [42.99, 42, True, None, "", "1.", ".5", "1e3", "NaN", "٤٢.00", "1.00\n", [], {}])
def test_what_is_not_a_decimal_string_is_not_money(wire: object) -> None:
    with pytest.raises(DecodeError, match="decimal string"):
        MONEY.decode(wire)


@given(st.datetimes(dt.datetime(2, 1, 1), dt.datetime(9998, 12, 31), timezones=st.timezones()))  # noqa: DTZ001
def test_times_keep_the_moment(moment: dt.datetime) -> None:
    wire = TIME.encode(moment)
    assert wire.endswith("Z")
    assert TIME.decode(wire) == moment.astimezone(UTC)


@pytest.mark.parametrize(
    ("wire", "moment"),
    [
        ("2026-05-12T10:00:00Z", dt.datetime(2026, 5, 12, 10, tzinfo=UTC)),
        ("2026-05-12T10:00:00.5+02:00", dt.datetime(2026, 5, 12, 8, 0, 0, 500000, tzinfo=UTC)),
        ("2026-05-12T10:00:00.123456789Z", dt.datetime(2026, 5, 12, 10, 0, 0, 123456, tzinfo=UTC)),
        ("2026-05-12t10:00:00z", dt.datetime(2026, 5, 12, 10, tzinfo=UTC)),
        ("1990-12-31T23:59:60Z", dt.datetime(1991, 1, 1, tzinfo=UTC)),
    ],
)
def test_times_as_rfc_3339_writes_them(wire: str, moment: dt.datetime) -> None:
    assert TIME.decode(wire) == moment


@pytest.mark.parametrize(
    "wire",
    [
        "2026-05-12T10:00:00",
        "2026-05-12",
        "2026-05-12T10Z",
        "20260512T100000Z",
        "2026-W07-4T10:00:00Z",
        "2026-05-12T10:00:00,5Z",
        "2026-05-12T10:00:00+01:00:30",
        "2026-05-12T10:00:00Z\n",
        "2026-05-12T10:00:61Z",
        "2026-13-01T00:00:00Z",
        "9999-12-31T23:59:60Z",
        "yesterday",
        "",
        5,
        None,
    ],
)
def test_what_is_no_moment_is_refused(wire: object) -> None:
    with pytest.raises(DecodeError, match="RFC 3339"):
        TIME.decode(wire)


@given(st.dates())
def test_days_survive_the_way_there_and_back(day: dt.date) -> None:
    assert DAY.decode(DAY.encode(day)) == day


@pytest.mark.parametrize(
    "wire", ["2026-02-30", "20260212", "2026-W07-4", "2026-2-1", "2026-02-12T00:00:00Z", 5, None, ""]
)
def test_what_is_no_day_is_refused(wire: object) -> None:
    with pytest.raises(DecodeError, match="YYYY-MM-DD"):
        DAY.decode(wire)


@pytest.mark.parametrize("wire", ["", "0000-00-00", None])
def test_an_empty_day_reads_as_none(wire: object) -> None:
    codec = EmptyAsNone(DAY, frozenset({"", "0000-00-00"}))
    assert codec.decode(wire) is None
    assert codec.decode("2026-05-12") == dt.date(2026, 5, 12)


@pytest.mark.parametrize("wire", [[], {}, 0, "yesterday"])
def test_what_is_neither_empty_nor_a_day_is_refused(wire: object) -> None:
    with pytest.raises(DecodeError, match="YYYY-MM-DD"):
        EmptyAsNone(DAY, frozenset({""})).decode(wire)


@pytest.mark.parametrize(("wire", "value"), [(5, 5.0), (0.5, 0.5)])
def test_numbers_are_floats(wire: object, value: float) -> None:
    decoded = NUMBER.decode(wire)
    assert (decoded, type(decoded)) == (value, float)


@pytest.mark.parametrize("wire", [True, "5", None, 10**400])
def test_what_is_no_number_is_refused(wire: object) -> None:
    with pytest.raises(DecodeError, match="number"):
        NUMBER.decode(wire)


@pytest.mark.parametrize(("wire", "value"), [(500, 500), (500.0, 500), (1e2, 100), (10**30, 10**30)])
def test_integers_as_json_means_them(wire: object, value: int) -> None:
    decoded = INTEGER.decode(wire)
    assert (decoded, type(decoded)) == (value, int)


@pytest.mark.parametrize("wire", [True, "500", 1.5, float("inf"), float("nan"), None, []])
def test_what_is_no_integer_is_refused(wire: object) -> None:
    with pytest.raises(DecodeError, match="expected an integer"):
        INTEGER.decode(wire)


@pytest.mark.parametrize("value", [0, -1])
def test_an_integer_below_its_minimum_is_not_sent_but_read(value: int) -> None:
    with pytest.raises(EncodeError, match=f"at least 1, got {value}"):
        Integer(minimum=1).encode(value)
    assert Integer(minimum=1).decode(value) == value


WRONG: list[tuple[Codec, object]] = [
    (STRING, 5),
    (BOOLEAN, 1),
    (BOOLEAN, "true"),
    (INTEGER, True),
    (INTEGER, 5.0),
    (NUMBER, "5"),
    (NUMBER, float("nan")),
    (NUMBER, float("-inf")),
    (TIME, dt.datetime(2026, 5, 12)),  # noqa: DTZ001 - that it has no zone is the point
    (TIME, "2026-05-12T10:00:00Z"),
    (TIME, dt.datetime.min.replace(tzinfo=dt.timezone(dt.timedelta(hours=1)))),
    (DAY, dt.datetime(2026, 5, 12, tzinfo=UTC)),
    (Array(STRING), "abc"),
    (Array(STRING), [5]),
    (Nullable(STRING), 5),
]


@pytest.mark.parametrize(("codec", "value"), WRONG)
def test_a_value_of_another_type_is_not_sent(codec: Codec, value: object) -> None:
    with pytest.raises(EncodeError):
        codec.encode(value)


def test_a_problem_inside_a_list_says_where() -> None:
    with pytest.raises(DecodeError) as caught:
        Array(Array(INTEGER)).decode([[1], [2, "3"]])
    assert str(caught.value) == "[1][1]: expected an integer, got str"


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
def test_what_the_contract_does_not_know_passes_untouched(value: object) -> None:
    assert JSON.encode(JSON.decode(value)) == value


@given(st.text() | st.integers() | st.binary())
def test_no_value_is_quoted_by_an_error_of_type(value: object) -> None:
    with pytest.raises(DecodeError) as caught:
        BOOLEAN.decode(value)
    assert str(caught.value) == f"expected a boolean, got {type(value).__name__}"


@pytest.mark.parametrize(
    "codec",
    [
        STRING,
        BOOLEAN,
        INTEGER,
        NUMBER,
        MONEY,
        TIME,
        DAY,
        JSON,
        Array(JSON),
        Nullable(JSON),
        EmptyAsNone(DAY, frozenset()),
    ],
)
def test_no_codec_reads_what_is_not_there(codec: Codec) -> None:
    with pytest.raises(DecodeError):
        codec.decode(UNSET)
