"""What feeds tell: every change once, with the moment at which it was told as it is now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from regmap.domain.coming import ComingKind
from regmap.domain.errors import UnknownJurisdiction
from regmap.domain.records import Record
from regmap.domain.vocabulary import ChangeType, Confidence
from regmap.schemas.record import record_to_document
from regmap.services.bundle import Services, open_services
from regmap.services.news import News, NewsItem
from regmap.services.source import SnapshotSource
from regmap.store import revisions
from regmap.store.database import Database
from regmap.store.revisions import Edit
from tests.builders import a_period, a_record
from tests.conftest import DATA

DAY = date(2026, 1, 15)
MARCH, JUNE, SEPTEMBER = (datetime(2025, month, 1, tzinfo=UTC) for month in (3, 6, 9))

Tell = Callable[..., News]


@pytest.fixture
def source(database: Database, kept: Path) -> SnapshotSource[Services]:
    return open_services(database, DATA, kept, lambda: DAY)


@pytest.fixture
def tell(database: Database, source: SnapshotSource[Services]) -> Tell:
    """Records something at a moment, and gives the news since."""

    def record(*told: Record | tuple[str, str], at: datetime = MARCH) -> News:
        edits = [
            Edit(one.key, record_to_document(one), "ana", "Told.")
            if isinstance(one, Record)
            else Edit(one, None, "ana", "Removed.")
            for one in told
        ]
        with database.writing() as connection:
            revisions.append(connection, edits, at)
        return source.refreshed().news

    return record


def _banned(day: str = "2025-01-10", **others: object) -> Record:
    periods = (a_period("unregulated", None, day), a_period("prohibited", day, **others))  # type: ignore[arg-type]
    return a_record("US-TN", *periods, evidence_as_of="2025-02-01")


def _coming(now: str = "unregulated", **others: object) -> Record:
    periods = (
        a_period(now, None, "2026-07-01"),
        a_period("regulated", "2026-07-01", **others),  # type: ignore[arg-type]
    )
    return a_record("US-TN", *periods, evidence_as_of="2025-02-01")


def _of_law(news: News) -> list[NewsItem]:
    return [one for one in news.items() if one.change.type is ChangeType.LAW_CHANGED]


def _of_record(news: News) -> list[NewsItem]:
    return [one for one in news.items() if one.change.type is ChangeType.RECORD_CORRECTED]


def test_nothing_recorded_is_no_news(source: SnapshotSource[Services]) -> None:
    assert source.current().news.items() == []
    assert source.current().news.coming(DAY) == []


def test_a_record_told_for_the_first_time_gives_its_changes_of_law(tell: Tell) -> None:
    [item] = tell(_banned()).items()

    assert item.key == "law/US-TN/kratom/2025-01-10"
    assert item.recorded_at == MARCH
    assert item.place == "Tennessee"
    assert str(item.evidence_as_of) == "2025-02-01"
    assert not item.is_announced


def test_another_wording_moves_nothing(tell: Tell) -> None:
    tell(_banned())
    [item] = tell(_banned(summary="Said better."), at=JUNE).items()

    assert (item.key, item.recorded_at) == ("law/US-TN/kratom/2025-01-10", MARCH)
    assert item.change.summary == "Said better."


def test_a_correction_is_told_beside_the_change_that_it_corrects(tell: Tell) -> None:
    tell(_banned())
    news = tell(_banned(min_age=None, schedule="Schedule I"), at=JUNE)

    [law], [record] = _of_law(news), _of_record(news)
    assert (law.key, law.recorded_at) == ("law/US-TN/kratom/2025-01-10", MARCH)
    assert (law.updated_at, law.is_told_anew) == (JUNE, True)
    assert record.key.startswith("record/US-TN/kratom/2025-01-10/")
    assert (record.recorded_at, record.updated_at) == (JUNE, JUNE)


def test_a_correction_is_the_news_and_leaves_the_old_law_where_it_stood(tell: Tell) -> None:
    tell(_banned())
    tell(a_record("US-OH", a_period("prohibited", "2025-02-01")), at=JUNE)
    news = tell(_banned(schedule="Schedule I"), at=SEPTEMBER)

    assert [one.key.rsplit("/", 1)[0] for one in news.items()] == [
        "record/US-TN/kratom/2025-01-10",
        "law/US-OH/kratom",
        "law/US-TN/kratom",
    ]


def test_a_coming_law_told_anew_is_news_again(tell: Tell) -> None:
    tell(_coming(min_age=18))
    tell(a_record("US-OH", a_period("prohibited", "2025-02-01")), at=JUNE)
    news = tell(_coming(min_age=21), at=SEPTEMBER)

    assert _of_record(news) == []
    assert [one.change.jurisdiction.id for one in news.items()] == ["US-TN", "US-OH"]
    law = news.items()[0]
    assert (law.recorded_at, law.updated_at, law.is_announced) == (MARCH, SEPTEMBER, True)


def test_what_is_told_anew_of_both_sides_of_a_coming_day_is_news_of_it(tell: Tell) -> None:
    tell(_coming(min_age=18))
    tell(a_record("US-OH", a_period("prohibited", "2025-02-01")), at=JUNE)
    news = tell(_coming("controlled", min_age=21), at=SEPTEMBER)

    assert [one.change.jurisdiction.id for one in news.items()] == ["US-TN", "US-TN", "US-OH"]
    assert {one.listed_at for one in news.items()[:2]} == {SEPTEMBER}


def test_who_counts_by_the_newest_seen_misses_no_edit_of_the_law(tell: Tell) -> None:
    steps = [
        _coming(min_age=18),
        _coming(min_age=21),
        _coming("controlled", min_age=21),
        _banned(),
        _banned(schedule="Schedule I"),
        _banned("2025-01-12"),
        _banned("2025-01-10"),
    ]
    for month, record in enumerate(steps, start=1):
        news = tell(record, at=datetime(2025, month, 1, tzinfo=UTC))
        assert news.items()[0].listed_at.month == month


def test_the_first_telling_stays_whatever_follows(tell: Tell) -> None:
    tell(_banned("2025-01-12"))
    tell(_banned("2025-01-10"), at=JUNE)
    tell(_banned("2025-01-12"), at=SEPTEMBER)
    tell(("US-TN", "kratom"), at=datetime(2025, 10, 1, tzinfo=UTC))
    november = datetime(2025, 11, 1, tzinfo=UTC)
    [twelfth] = _of_law(tell(_banned("2025-01-12"), at=november))
    december = datetime(2025, 12, 1, tzinfo=UTC)
    [tenth] = _of_law(tell(_banned("2025-01-10"), at=december))

    assert (twelfth.recorded_at, twelfth.updated_at, twelfth.listed_at) == (
        MARCH,
        november,
        november,
    )
    assert (tenth.recorded_at, tenth.updated_at, tenth.listed_at) == (JUNE, december, december)


def test_the_past_knows_no_later_telling(tell: Tell, source: SnapshotSource[Services]) -> None:
    tell(_coming(min_age=18))
    tell(_coming(min_age=21), at=SEPTEMBER)

    [item] = source.known_at(datetime(2025, 7, 1, tzinfo=UTC)).news.items()

    assert (item.updated_at, item.is_told_anew) == (MARCH, False)


def test_a_change_that_is_found_later_is_recorded_then(tell: Tell) -> None:
    tell(_banned())
    ended = a_record(
        "US-TN",
        a_period("unregulated", None, "2025-01-10"),
        a_period("prohibited", "2025-01-10", "2026-07-01"),
        a_period("regulated", "2026-07-01", min_age=21),
        evidence_as_of="2025-08-01",
    )
    news = tell(ended, at=SEPTEMBER)

    assert _of_record(news) == []
    assert [(one.key[-10:], one.recorded_at, one.is_announced) for one in news.items()] == [
        ("2026-07-01", SEPTEMBER, True),
        ("2025-01-10", MARCH, False),
    ]


def test_periods_split_without_another_law_are_told_when_they_were_split(tell: Tell) -> None:
    tell(_banned())
    split = a_record(
        "US-TN",
        a_period("unregulated", None, "2025-01-10"),
        a_period("prohibited", "2025-01-10", "2025-02"),
        a_period("prohibited", "2025-02", summary="Codified."),
        evidence_as_of="2025-02-01",
    )
    news = tell(split, at=JUNE)

    assert {one.key[-10:]: one.recorded_at for one in news.items()} == {
        "2025-02-01": JUNE,
        "2025-01-10": MARCH,
    }


def test_what_was_removed_and_told_again_is_told_again(tell: Tell) -> None:
    tell(_banned())
    gone = tell(("US-TN", "kratom"), at=JUNE)
    assert _of_law(gone) == []
    back = tell(_banned(), at=SEPTEMBER)

    [law] = _of_law(back)
    assert (law.recorded_at, law.updated_at, law.listed_at) == (MARCH, SEPTEMBER, SEPTEMBER)
    assert {one.recorded_at for one in _of_record(back)} == {JUNE, SEPTEMBER}


def test_the_past_has_the_news_of_its_time(tell: Tell, source: SnapshotSource[Services]) -> None:
    tell(_banned())
    tell(_banned(schedule="Schedule I"), at=JUNE)

    [item] = source.known_at(datetime(2025, 4, 1, tzinfo=UTC)).news.items()

    assert item.recorded_at == MARCH


def test_no_two_items_share_a_key(tell: Tell) -> None:
    tell(_banned(), a_record("US-TN", "prohibited", substance="7-oh"))
    tell(_banned("2025-01-12"), at=JUNE)
    tell(_banned("2025-01-10"), at=SEPTEMBER)
    news = tell(_banned("2025-01-12"), at=datetime(2025, 10, 1, tzinfo=UTC))

    keys = [one.key for one in news.items()]
    assert len(keys) == len(set(keys)) >= 4


def test_who_follows_a_state_hears_of_its_counties_and_of_the_country(tell: Tell) -> None:
    banned = a_period("prohibited", "2025-01-10")
    news = tell(*(a_record(id, banned) for id in ("US", "US-FL", "US-TN")))
    county = next(id for id in news.around("US-FL") if id.count("-") > 1)
    news = tell(a_record(county, banned))

    heard = {one.change.jurisdiction.id for one in news.items(news.around("US-FL"))}
    assert heard == {"US", "US-FL", county}
    assert {one.change.jurisdiction.id for one in news.items(news.around(county))} == heard
    with pytest.raises(UnknownJurisdiction):
        news.around("XX")


def test_names_that_two_jurisdictions_bear_say_which_is_meant(tell: Tell) -> None:
    told = [a_record(id, a_period("prohibited", "2025-01-10")) for id in ("GE", "US-GA", "US-OH")]

    places = {one.change.jurisdiction.id: one.place for one in tell(*told).items()}

    assert places == {"GE": "Georgia", "US-GA": "Georgia, United States", "US-OH": "Ohio"}


def test_a_doubtful_change_comes_with_its_doubts(tell: Tell) -> None:
    weak = a_period("prohibited", "2025-01-10", sources=(), confidence=Confidence.LOW)
    news = tell(a_record("US-TN", weak, evidence_as_of=None))
    corrected = tell(
        a_record(
            "US-TN",
            a_period("regulated", "2025-01-10", sources=(), confidence=Confidence.LOW),
            evidence_as_of=None,
        ),
        at=JUNE,
    )

    expected = ["confidence: low", "No source is on file", "date of the evidence"]
    for item in [*news.items(), *_of_record(corrected)]:
        said = " ".join(corrected.doubts(item))
        assert all(part in said for part in expected), item.key


def test_the_coming_dates_are_those_to_come_and_those_of_ninety_days(tell: Tell) -> None:
    def rule(id: str, start: str) -> Record:
        return a_record(id, a_period("prohibited", start))

    news = tell(
        rule("US-TN", "2025-10-16"),
        rule("US-AL", "2025-10-17"),
        rule("US-OH", "2027"),
        a_record("US-FL", a_period("prohibited", "2025-01", "2026-03-01", instrument="Emergency")),
    )

    coming = news.coming(DAY)

    assert [(one.change.jurisdiction.id, one.kind) for one in coming] == [
        ("US-AL", ComingKind.TAKES_EFFECT),
        ("US-FL", ComingKind.EMERGENCY_EXPIRES),
        ("US-OH", ComingKind.TAKES_EFFECT),
    ]
