"""The numbers that say how well the data set is evidenced are counted, not typed."""

from __future__ import annotations

from datetime import date

import pytest

from regmap.domain.timeline import period_on
from regmap.domain.vocabulary import Confidence, Level
from regmap.http.context import source_of
from regmap.services.snapshot import Snapshot
from regmap.services.soundness import soundness
from tests.served import shared_app

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """The snapshot of the real records."""
    return source_of(shared_app(tmp_path_factory)).current().snapshot


def test_the_counts_are_those_of_the_records(held: Snapshot) -> None:
    periods = [period_on(record, TODAY) for record in held.records.values()]
    found = soundness(held, TODAY)

    assert found.records == len(held.records)
    assert found.jurisdictions == len({record.jurisdiction for record in held.records.values()})
    assert found.current == sum(period is not None for period in periods)
    assert found.low == sum(
        period.confidence is Confidence.LOW for period in periods if period is not None
    )
    assert found.low_percent == round(100 * found.low / found.current)


def test_evidence_without_a_date_is_neither_old_nor_new(held: Snapshot) -> None:
    found = soundness(held, TODAY)
    years_on = soundness(held, date(2036, 1, 1))

    assert found.undated == sum(one.evidence_as_of is None for one in held.records.values())
    assert years_on.old == found.records - found.undated
    assert found.oldest is not None
    assert found.newest is not None
    assert found.oldest < found.newest


def test_towns_without_exact_limits_are_told_apart(held: Snapshot) -> None:
    places = {id for id, _ in held.records if held.tree.get(id).level is Level.PLACE}
    found = soundness(held, TODAY)

    assert found.places == len(places)
    assert found.places_bounded == 0  # nothing is imported for the tests


def test_every_country_without_a_record_is_a_gap(held: Snapshot) -> None:
    found = soundness(held, TODAY)

    assert 0 < found.countries_known < found.countries
