"""Fields take exactly what they say; the look-alikes here are known to slip through others."""

import sys
import unicodedata
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from marshmallow import ValidationError, fields

from regmap.domain.vocabulary import POSSESSION_VALUES, Permission, Status
from regmap.schemas.fields import (
    MAX_TEXT,
    MAX_URL,
    Code,
    Day,
    HttpUrl,
    PartialDateField,
    QueryInteger,
    QueryNumber,
    StrictBoolean,
    StrictInteger,
    StrictNumber,
    Text,
    parse_decimal,
)
from regmap.schemas.queries import Moment
from tests.domain.strategies import NONCHARACTERS, texts, urls

NO_SCALARS: list[Any] = [[], {}, [1], {"a": 1}]
NO_NUMBERS = [
    "",
    " ",
    "1_0",
    "１２",
    "٣",
    "NaN",
    "nan",
    "inf",
    "-Infinity",
    "1e5",
    "0x10",
    "1,5",
    "1 ",
    " 1",
    "1\n",
    "--1",
    "½",
    "one",
]


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0.0), ("-12.5", -12.5), ("+7", 7.0), ("007", 7.0), ("179.999999999", 179.999999999)],
)
def test_a_query_number_is_a_plain_decimal(text: str, number: float) -> None:
    assert parse_decimal(text) == QueryNumber().deserialize(text) == number


@pytest.mark.parametrize("text", [*NO_NUMBERS, "1.", ".5", "1" * 400])
def test_a_query_number_is_nothing_else(text: str) -> None:
    with pytest.raises(ValidationError, match=r"Not a plain decimal number\."):
        QueryNumber().deserialize(text)


@pytest.mark.parametrize("text", [*NO_NUMBERS, "1.0", "1.5", "9" * 5000])
def test_a_query_integer_is_a_plain_whole_number(text: str) -> None:
    assert QueryInteger().deserialize("-12") == -12
    with pytest.raises(ValidationError, match=r"Not a whole number\."):
        QueryInteger().deserialize(text)


@pytest.mark.parametrize("value", ["1", "1_0", "２１", 1.0, 1.5, True, False, *NO_SCALARS])
def test_an_integer_is_an_integer(value: Any) -> None:
    assert StrictInteger().deserialize(21) == 21
    with pytest.raises(ValidationError, match=r"Not a whole number\."):
        StrictInteger().deserialize(value)


@pytest.mark.parametrize(
    "value",
    ["1", "1_0", "1.5", True, False, float("nan"), float("inf"), float("-inf"), *NO_SCALARS],
)
def test_a_number_is_a_finite_number(value: Any) -> None:
    with pytest.raises(ValidationError, match=r"Not a number\."):
        StrictNumber().deserialize(value)


@pytest.mark.parametrize("value", [0, 2, 2.0, 0.5, -1, 10**30])
def test_a_whole_number_stays_whole_both_ways(value: float) -> None:
    read = StrictNumber().deserialize(value)
    written = StrictNumber().serialize("value", {"value": value})

    assert [repr(read), repr(written)] == [repr(value), repr(value)]


@pytest.mark.parametrize("value", [0, 1, 1.0, "true", "yes", "on", "1", "NO", *NO_SCALARS])
def test_a_truth_value_is_true_or_false(value: Any) -> None:
    assert StrictBoolean().deserialize(True) is True
    assert StrictBoolean().deserialize(False) is False
    with pytest.raises(ValidationError, match=r"Not true or false\."):
        StrictBoolean().deserialize(value)


@pytest.mark.parametrize("value", [" ", "\n\t", "\u00a0", "\u3000"])
def test_blank_text_says_nothing(value: str) -> None:
    with pytest.raises(ValidationError, match=r"Is blank\."):
        Text().deserialize(value)


@pytest.mark.parametrize("value", ["", 1, True, *NO_SCALARS, "x" * (MAX_TEXT + 1)])
def test_text_is_text_of_a_bounded_length(value: Any) -> None:
    with pytest.raises(ValidationError):
        Text().deserialize(value)


@pytest.mark.parametrize("text", ["a\x00b", "bell \x07", "half \ud800", "next\x85line"])
def test_text_that_no_feed_or_page_can_carry_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        Text().deserialize(text)


@pytest.mark.parametrize("one", NONCHARACTERS)
def test_a_code_point_that_never_is_a_character_is_refused(one: str) -> None:
    with pytest.raises(ValidationError, match="keeps free of characters"):
        Text().deserialize(f"before{one}after")


def test_text_takes_just_what_unicode_calls_characters() -> None:
    every = [chr(code) for code in range(sys.maxunicode + 1)]
    refused = {
        one
        for one in every
        if (unicodedata.category(one) in ("Cc", "Cs") and one not in "\n\t")
        or 0xFDD0 <= ord(one) <= 0xFDEF
        or ord(one) & 0xFFFE == 0xFFFE
    }
    taken = "".join(one for one in every if one not in refused)

    for first in range(0, len(taken), MAX_TEXT):
        Text().deserialize(taken[first : first + MAX_TEXT])
    for one in refused:
        with pytest.raises(ValidationError):
            Text().deserialize(f"a{one}b")


@pytest.mark.parametrize(
    "one", ["\ufdcf", "\ufdf0", "\ufffd", "\U00010000", "\U0001fffd", "\ue000"]
)
def test_its_neighbours_are_kept(one: str) -> None:
    assert Text().deserialize(one) == one


@given(texts(max_size=50))
def test_text_is_kept_as_it_was_written(text: str) -> None:
    assert Text().deserialize(text) == text


@pytest.mark.parametrize(
    "value",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "ftp://example.org/x",
        "file:///etc/passwd",
        "mailto:a@example.org",
        "//example.org",
        "example.org",
        "https:example.org",
        "https:///path",
        "https://",
        "https://:80/",
        "https://[::1",
        "https://exa mple.org",
        " https://example.org",
        "https://example.org\n",
        "ht\ntps://example.org",
        "\x01https://example.org",
        "https://example.org/\x00",
        "https://example.org/\x7f",
        "https://example\u200b.org",
        "",
        1,
        None,
        *NO_SCALARS,
        "https://example.org/" + "x" * MAX_URL,
    ],
)
def test_only_a_visible_http_address_is_an_address(value: Any) -> None:
    with pytest.raises(ValidationError):
        HttpUrl().deserialize(value)


@given(urls())
def test_an_address_is_kept_as_it_was_written(url: str) -> None:
    assert HttpUrl().deserialize(url) == url


@pytest.mark.parametrize("value", ["2019", "2019-07", "2019-07-15"])
def test_a_date_of_law_keeps_its_precision_both_ways(value: str) -> None:
    field = PartialDateField()

    read = field.deserialize(value)

    assert field.serialize("day", {"day": read}) == value


@pytest.mark.parametrize(
    "value",
    [2019, 2019.5, True, date(2019, 1, 1), "2019-7", "２０１９", "20190715", "", *NO_SCALARS],
)
def test_a_date_of_law_is_text(value: Any) -> None:
    with pytest.raises(ValidationError, match="date"):
        PartialDateField().deserialize(value)


def test_a_null_date_is_written_as_null() -> None:
    assert PartialDateField().serialize("day", {"day": None}) is None
    assert Day().serialize("day", {"day": None}) is None


@pytest.mark.parametrize(
    "value", ["20260102", "2026-1-2", "2026", "2026-02-30", "２０２６-01-02", "", 20260102, [], {}]
)
def test_a_day_is_one_day_of_the_calendar(value: Any) -> None:
    assert Day().deserialize("2026-01-02") == date(2026, 1, 2)
    with pytest.raises(ValidationError):
        Day().deserialize(value)


@pytest.mark.parametrize("value", ["Prohibited", "PROHIBITED", " prohibited", "", 1, *NO_SCALARS])
def test_a_code_is_one_of_its_list(value: Any) -> None:
    assert Code(Status).deserialize("prohibited") is Status.PROHIBITED
    with pytest.raises(ValidationError, match=r"Must be one of: prohibited, sale_prohibited, "):
        Code(Status).deserialize(value)


def test_a_code_can_be_one_of_a_part_of_its_list() -> None:
    field = Code(Permission, only=POSSESSION_VALUES)

    assert field.allowed == ["allowed", "prohibited", "unknown"]
    with pytest.raises(ValidationError):
        field.deserialize("restricted")


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2020-01-02T03:04:05Z", datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2020-01-02t03:04:05z", datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2020-01-02T03:04:05.25+01:00", datetime(2020, 1, 2, 2, 4, 5, 250_000, tzinfo=UTC)),
        ("2020-01-02", datetime(2020, 1, 2, 23, 59, 59, 999_999, tzinfo=UTC)),
    ],
)
def test_a_moment_is_rfc_3339_or_the_end_of_a_day(value: str, moment: datetime) -> None:
    assert Moment().deserialize(value) == moment


def test_a_plus_that_an_address_made_a_space_is_understood() -> None:
    [plus, space] = (
        Moment().deserialize(f"2026-11-23T13:57:12.5{sign}00:00") for sign in ("+", " ")
    )

    assert space == plus == datetime(2026, 11, 23, 13, 57, 12, 500_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("2999-01-01", "'2999-01-01' lies outside the years 1800 to 2200."),
        ("2026-02-30", "'2026-02-30' is not a day of the calendar."),
    ],
)
def test_what_is_wrong_with_a_day_that_stands_for_a_moment_is_told(
    value: str, message: str
) -> None:
    with pytest.raises(ValidationError, match=message):
        Moment().deserialize(value)


@pytest.mark.parametrize(
    "value",
    [
        "2020-01-02T03:04:05",
        "2020-01-02 03:04:05Z",
        "2020-01-02T03:04:05 Z",
        "2020-01-02 03:04:05 00:00",
        "20200102T030405Z",
        "2020-W01-1T00:00:00Z",
        "2020-01-02T24:00:01Z",
        "2020-13-02T00:00:00Z",
        "２０２０-01-02T00:00:00Z",
        "0001-01-01T00:00:00+05:00",
        "9999-12-31T23:59:59-05:00",
        "2020",
        "now",
        "",
    ],
)
def test_what_is_no_moment_is_refused(value: str) -> None:
    with pytest.raises(ValidationError, match=r"Not a moment \(RFC 3339\)"):
        Moment().deserialize(value)


@pytest.mark.parametrize(
    "field",
    [
        StrictInteger(),
        StrictNumber(),
        StrictBoolean(),
        Text(),
        HttpUrl(),
        PartialDateField(),
        Code(Status),
        Day(),
    ],
    ids=lambda field: type(field).__name__,
)
def test_null_is_a_value_only_where_it_is_allowed(field: fields.Field[Any]) -> None:
    with pytest.raises(ValidationError, match="may not be null"):
        field.deserialize(None)
