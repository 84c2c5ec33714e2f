"""Which release a new one is compared with, and what it must not lose."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from regmap.domain.errors import InvalidValue, RegmapError, UnknownVersion
from regmap.services.publishing import contents, publish
from regmap.services.publishing.checking import check_package
from regmap.services.publishing.edition import ReleaseRefused
from regmap.store.revisions import Edit
from tests.services.publishing.releasing import DAY, Publisher


@pytest.fixture
def other(publisher: Publisher, tmp_path: Path) -> Iterator[Publisher]:
    """Another edit log from the same beginning, released to the same folder."""
    (tmp_path / "other").mkdir()
    database = shutil.copy(tmp_path / "regmap.sqlite", tmp_path / "other")
    made = Publisher(Path(database), publisher.cache_dir, publisher.to)
    made.correct("US-VA", last_period={"min_age": 19})
    made.correct("US-VA", last_period={"min_age": 20})
    yield made
    made.database.close()


# --- Which release it is compared with. -----------------------------------------------------------


def test_the_newest_release_in_the_folder_comes_before(publisher: Publisher) -> None:
    first = publisher.release().package
    publisher.correct("US-VA", last_period={"min_age": 25})
    second = publisher.release().package
    publisher.correct("US-VA", last_period={"min_age": 26})
    third = publisher.release().package

    assert (first.previous, second.previous, third.previous) == (
        None,
        first.version,
        second.version,
    )
    told = json.loads((third.folder / "dcat.jsonld").read_text("utf-8"))
    assert told["dcat:previousVersion"] == {"@id": f"../{second.folder.name}/"}
    assert (third.folder / told["dcat:previousVersion"]["@id"]).is_dir()


def test_an_older_version_may_be_asked_for(publisher: Publisher) -> None:
    first = publisher.release().package
    publisher.correct("US-VA", last_period={"min_age": 25})
    publisher.release()
    publisher.correct("US-VA", last_period={"min_age": 26})

    third = publisher.release(since=str(first.revision))

    assert third.package.previous == first.version
    told = (third.package.folder / "CHANGELOG.md").read_text("utf-8")
    assert "from age 21 → regulated from age 26" in told


def test_a_release_of_another_edit_log_is_refused(publisher: Publisher, other: Publisher) -> None:
    publisher.correct("US-VA", last_period={"min_age": 25})
    folder = publisher.release().package.folder

    with pytest.raises(ReleaseRefused, match="is no earlier state of this edit log") as refused:
        other.release()

    assert str(folder) in str(refused.value)
    assert list(publisher.to.iterdir()) == [folder]


def test_another_edit_log_may_be_left_aside_by_naming_a_version(
    publisher: Publisher, other: Publisher
) -> None:
    publisher.correct("US-VA", last_period={"min_age": 25})
    publisher.release()

    assert other.release(since="1").package.previous is not None


@pytest.mark.parametrize(
    ("since", "error"),
    [("999999", UnknownVersion), ("9-ffff", UnknownVersion), ("newest", InvalidValue)],
)
def test_a_version_that_never_was_is_refused(
    publisher: Publisher, since: str, error: type[RegmapError]
) -> None:
    with pytest.raises(error):
        publisher.release(since=since)
    assert not publisher.to.exists()


def test_a_release_that_cannot_be_read_is_not_passed_over(publisher: Publisher) -> None:
    folder = publisher.release().package.folder
    (folder / "datapackage.json").write_text("{}", "utf-8")
    publisher.correct("US-VA", last_period={"min_age": 25})

    with pytest.raises(ReleaseRefused, match=r"datapackage\.json: is no release"):
        publisher.release()


def test_imported_limits_are_part_of_the_name_of_the_version(publisher: Publisher) -> None:
    services = publisher.services
    marked = replace(services.snapshot, data_version=f"{services.snapshot.data_version}+0a1b2c3d")
    asked = publish.Asked(to=publisher.to, today=DAY)

    made = publish.publish(asked, replace(services, snapshot=marked), publisher.database)

    assert made.package.folder.name == f"regmap-data-{marked.data_version}"
    assert check_package(made.package.folder).problems == ()
    publisher.correct("US-VA", last_period={"min_age": 25})
    assert publisher.release().package.previous == marked.data_version


# --- What must not be lost. -----------------------------------------------------------------------


def without_records(publisher: Publisher, count: int) -> None:
    """Remove so many records, those with the least in them first."""
    records = publisher.services.snapshot.records
    keys = sorted(records, key=lambda key: (len(records[key].periods), key))
    publisher.record(*(Edit(key, None, "ana", "Gone.") for key in keys[:count]))


def test_a_table_that_lost_a_tenth_is_refused_unless_it_is_meant(publisher: Publisher) -> None:
    first = publisher.release().package
    count = len(publisher.services.snapshot.records)
    without_records(publisher, count // 5)

    with pytest.raises(ReleaseRefused) as refused:
        publisher.release()
    left = count - count // 5
    assert f"records.csv: {left} rows are left of {count}" in str(refused.value)
    assert "--allow-shrink" in str(refused.value)
    assert list(publisher.to.iterdir()) == [first.folder]

    assert publisher.release(may_shrink=True).is_new


def test_a_table_may_lose_less(publisher: Publisher) -> None:
    publisher.release()
    without_records(publisher, 1)

    assert publisher.release().is_new


def test_a_lost_column_is_refused_whatever_is_allowed(
    publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher.release()
    publisher.correct("US-VA", last_period={"min_age": 25})
    fewer = contents.PANEL.columns[:4] + contents.PANEL.columns[5:]
    monkeypatch.setattr(contents, "PANEL", _with_columns(contents.PANEL, fewer))

    with pytest.raises(ReleaseRefused, match=r"by-month\.csv: column month is no longer there"):
        publisher.release(may_shrink=True)


def test_a_column_of_another_type_is_refused(
    publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher.release()
    publisher.correct("US-VA", last_period={"min_age": 25})
    columns = list(contents.PANEL.columns)
    columns[5] = columns[0].__class__(**{**_values(columns[5]), "kind": columns[0].kind})
    monkeypatch.setattr(contents, "PANEL", _with_columns(contents.PANEL, tuple(columns)))

    with pytest.raises(ReleaseRefused, match="column on was of type date and would be string"):
        publisher.release(may_shrink=True)


def test_a_lost_file_is_refused_whatever_is_allowed(
    publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher.release()
    publisher.correct("US-VA", last_period={"min_age": 25})
    forms = {table: forms[:1] for table, forms in contents._TABLES.items()}
    monkeypatch.setattr(contents, "_TABLES", forms)

    with pytest.raises(ReleaseRefused, match=r"records\.jsonl: is no longer there"):
        publisher.release(may_shrink=True)


def _with_columns(content: contents.Content, columns: tuple[Any, ...]) -> contents.Content:
    return contents.Content(**{**_values(content), "columns": columns})


def _values(thing: Any) -> dict[str, Any]:
    return {name: getattr(thing, name) for name in thing.__dataclass_fields__}
