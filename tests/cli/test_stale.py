"""``regmap stale``: the records with old evidence, the worst first."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from regmap.http.context import today
from tests.cli.conftest import Run, assert_explained


def first_day(text: str) -> date:
    """A partial date counts as its first day."""
    return date.fromisoformat((text + "-01-01")[:10] if len(text) == 4 else (text + "-01")[:10])


def test_the_worst_come_first_with_their_reasons(run: Run, loaded: Path) -> None:
    result = run("stale", "--days", "365")
    records = json.loads(run("stale", "--days", "365", "--json").stdout)
    listed = [line.split()[:2] for line in result.stdout.splitlines() if not line.startswith(" ")]

    assert result.exit_code == 0
    assert listed[:-1] == [[one["jurisdiction"], one["substance"]] for one in records]
    assert f"{len(records)} records have evidence of more than 365 days" in result.stdout
    assert all(reason in result.stdout for reason in records[0]["reasons"])
    assert [one["score"] for one in records] == sorted(
        (one["score"] for one in records), reverse=True
    )


def test_only_evidence_that_is_older_or_without_a_date_is_listed(run: Run, loaded: Path) -> None:
    for days in (30, 365, 2_000):
        for one in json.loads(run("stale", "--days", str(days), "--json").stdout):
            dated = one["evidence_as_of"]
            assert dated is None or (today() - first_day(dated)).days > days
            assert (dated is None) == (one["age_days"] is None)


def test_a_substance_narrows_the_list(run: Run, loaded: Path) -> None:
    records = json.loads(run("stale", "--days", "30", "--substance", "7-oh", "--json").stdout)

    assert {one["substance"] for one in records} == {"7-oh"}


def test_nothing_so_old_is_no_problem(run: Run, loaded: Path) -> None:
    result = run("stale", "--days", "100000", "--json")

    assert result.exit_code == 0
    assert [one["evidence_as_of"] for one in json.loads(result.stdout) if one["age_days"]] == []


def test_wrong_use_is_explained(run: Run, loaded: Path) -> None:
    assert_explained(run("stale", "--days", "9", "--substance", "tea"), 2, "--substance", "kratom")
    assert run("stale").exit_code == 2
    assert run("stale", "--days", "-1").exit_code == 2
    assert run("stale", "--days", "many").exit_code == 2


def test_without_a_database_it_says_what_to_do(run: Run) -> None:
    assert_explained(run("stale", "--days", "9"), 1, "regmap init")
