from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regmap.domain.dates import InvalidDate, PartialDate, parse_day

NOT_A_DATE = [
    "",
    "19",
    "02019",
    "2019-1",
    "2019-1-1",
    "2019-13",
    "2019-00",
    "2019-02-30",
    "2019-02-29",
    "2019-06-31",
    "20190101",
    "2019/01/01",
    "2019-01-01T00:00:00",
    " 2019",
    "2019 ",
    "2019\n",
    "2019-",
    "-2019",
    "+2019",
    "2_19",
    "２０１９",
    "٢٠١٩",
    "1799",
    "1799-12-31",
    "2201",
    "2201-01-01",
    "0000",
]


@pytest.mark.parametrize(
    ("text", "first_day", "precision"),
    [
        ("2019", date(2019, 1, 1), "year"),
        ("2019-07", date(2019, 7, 1), "month"),
        ("2019-07-15", date(2019, 7, 15), "day"),
        ("2020-02-29", date(2020, 2, 29), "day"),
        ("1800", date(1800, 1, 1), "year"),
        ("2200-12-31", date(2200, 12, 31), "day"),
    ],
)
def test_a_partial_date_counts_as_its_first_day_and_keeps_its_precision(
    text: str, first_day: date, precision: str
) -> None:
    read = PartialDate.parse(text)

    assert (str(read), read.first_day, read.precision) == (text, first_day, precision)


@pytest.mark.parametrize("text", NOT_A_DATE)
def test_what_is_no_date_of_law_is_refused(text: str) -> None:
    with pytest.raises(InvalidDate, match=r"is not a|lies outside"):
        PartialDate.parse(text)


@pytest.mark.parametrize("text", [*NOT_A_DATE, "2019", "2019-07"])
def test_a_day_is_a_whole_day_or_nothing(text: str) -> None:
    with pytest.raises(InvalidDate):
        parse_day(text)


@given(st.dates(date(1800, 1, 1), date(2200, 12, 31)))
def test_every_day_of_four_centuries_can_be_read_back(day: date) -> None:
    assert parse_day(day.isoformat()) == day
    assert PartialDate.parse(day.isoformat()).first_day == day


@given(st.lists(st.dates(date(1800, 1, 1), date(2200, 12, 31))))
def test_partial_dates_sort_like_their_first_days(days: list[date]) -> None:
    texts = [(day.isoformat()[:4], day.isoformat()[:7], day.isoformat()) for day in days]
    dates = [PartialDate.parse(text) for three in texts for text in three]

    assert [one.first_day for one in sorted(dates)] == sorted(one.first_day for one in dates)


def test_dates_of_other_precision_are_equal_when_they_begin_on_the_same_day() -> None:
    year, day = PartialDate.parse("2019"), PartialDate.parse("2019-01-01")

    assert year == day
    assert hash(year) == hash(day)
    assert str(year) != str(day)
    assert PartialDate.parse("2019-01") >= day


def test_a_partial_date_equals_no_other_type() -> None:
    assert PartialDate.parse("2019-01-01") != date(2019, 1, 1)
    assert PartialDate.parse("2019") != "2019"
