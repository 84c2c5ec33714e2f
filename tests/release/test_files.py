"""Record files on disk: what is wrong in one is told with its file, its line and its field."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regmap.domain.errors import DataProblem
from regmap.domain.jurisdictions import Jurisdiction, LocalGeo
from regmap.domain.records import Record
from regmap.domain.vocabulary import Level
from regmap.release import yaml_files
from regmap.release.files import (
    FileProblem,
    Release,
    file_document,
    read_release,
    record_path,
    write_file,
)
from tests.builders import SUBSTANCES, a_jurisdiction, a_period, a_record
from tests.domain.strategies import records, texts

TODAY = date(2026, 6, 15)
ABOVE = {"US": a_jurisdiction("US")}
TENNESSEE = """\
jurisdiction: US-TN
name: Tennessee
level: state
parent: US
records:
  kratom:
    periods:
    - from: null
      to: 2018-07-01
      status: unregulated
      possession: allowed
      sale: allowed
      sources: []
      confidence: low
      extent: whole
    - from: 2018-07-01
      to: null
      status: regulated
      min_age: 21
      possession: allowed
      sale: restricted
      rules:
        kcpa: false
        serving_limit_mg: 2.5
      sources:
      - title: The act
        url: https://example.org/act
        kind: statute
        published: 2018-05
      confidence: high
      extent: whole
    evidence_as_of: '2026'
"""

Put = Callable[[str, str], Path]


@pytest.fixture
def put(tmp_path: Path) -> Put:
    """Puts a file of that name and text below the folder of records."""

    def write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write


def read(folder: Path, only: list[Path] | None = None) -> Release:
    return read_release(folder, SUBSTANCES, ABOVE, TODAY, only)


def told(release: Release) -> list[tuple[str, int, str]]:
    """File, line and field of every problem."""
    return [(one.file.name, one.line, one.field) for one in release.problems]


def test_a_good_file_is_read_whole(put: Put, tmp_path: Path) -> None:
    put("US/US-TN.yaml", TENNESSEE)

    release = read(tmp_path)

    assert release.problems == []
    assert release.jurisdictions == {"US-TN": Jurisdiction("US-TN", "Tennessee", Level.STATE, "US")}
    [record] = release.records.values()
    assert record.key == ("US-TN", "kratom")
    assert [period.status for period in record.periods] == ["unregulated", "regulated"]
    assert dict(record.periods[1].rules) == {"kcpa": False, "serving_limit_mg": 2.5}
    assert str(record.periods[1].sources[0].published) == "2018-05"
    assert str(record.evidence_as_of) == "2026"


def test_writing_what_was_read_gives_the_same_bytes(put: Put, tmp_path: Path) -> None:
    path = put("US/US-TN.yaml", TENNESSEE)
    release = read(tmp_path)

    written = write_file(tmp_path, release.jurisdictions["US-TN"], release.records.values())

    assert written == path
    assert path.read_text(encoding="utf-8") == TENNESSEE


@pytest.mark.parametrize(
    ("old", "new", "line", "field", "message"),
    [
        ("to: 2018-07-01", "to: 2018-07-01\n      to: null", 10, "to", "stands twice"),
        ("sources: []", "sources: &x []", 13, "sources", "anchors and aliases"),
        ("min_age: 21", "min_age: !!int 21", 19, "min_age", "the tag"),
        ("min_age: 21", "min_age: '21'", 19, "min_age", "Not a whole number."),
        ("min_age: 21", "min_age: true", 19, "min_age", "Not a whole number."),
        ("kcpa: false", "kcpa: NO", 23, "rules.kcpa", "Not true or false."),
        ("kcpa: false", "kpca: false", 23, "rules.kpca", "Unknown rule."),
        ("kcpa: false", "preempts: true", 23, "rules.preempts", "Unknown rule."),
        ("2.5", ".inf", 24, "rules.serving_limit_mg", "Not a number."),
        ("2.5", "1_0", 24, "rules.serving_limit_mg", "Not a number."),
        ("'2026'", "2026", 32, "evidence_as_of", "Not a date in quotes"),
        ("'2026'", "2026-07", 32, "evidence_as_of", "2026-07 lies in the future"),
        ("'2026'", "2026-02-30", 32, "evidence_as_of", "is not a day of the calendar"),
        ("2018-05", "2027-05", 29, "published", "2027-05 lies in the future"),
        ("https://example.org/act", "example.org", 27, "url", "Not an http or https address."),
        ("https://example.org/act", "javascript:alert(1)", 27, "url", "Not an http or https"),
        ("kind: statute", "kind: blog", 28, "kind", "Must be one of: statute,"),
        ("title: The act", "title: ' '", 26, "title", "Is blank."),
        ("sale: restricted", "sale: prohibited", 21, "sale", "contradicts the status regulated"),
        ("from: 2018-07-01", "from: 2018-06", 16, "from", "2018-06 overlaps the period before"),
        ("to: 2018-07-01", "to: null", 16, "from", "the period before it is still open"),
        ("from: 2018-07-01", "from: null", 16, "from", "only the first period may have no start"),
        ("level: state", "level: county", 1, "jurisdiction", "is not the id of a county"),
        ("level: state", "level: region", 3, "level", "Must be one of: country, state,"),
        ("parent: US", "parent: CA", 4, "parent", "is 'CA', but the id asks for 'US'"),
        ("parent: US", "parent: null", 4, "parent", "is None, but the id asks for 'US'"),
        ("name: Tennessee", "name: ''", 2, "name", "Is blank."),
        ("name: Tennessee", "name: NO\nsize: 1", 3, "size", "Unknown field."),
        ("  kratom:", "  kava:", 6, "records.kava", "unknown substance; known are kratom, 7-oh"),
        (
            "extent: whole\n    - ",
            "extent: unincorporated\n    - ",
            15,
            "extent",
            "a county's rule",
        ),
    ],
)
def test_a_mistake_is_told_with_file_line_and_field(
    put: Put, tmp_path: Path, old: str, new: str, line: int, field: str, message: str
) -> None:
    path = put("US/US-TN.yaml", TENNESSEE.replace(old, new, 1))

    problems = read(tmp_path).problems

    matching = [one for one in problems if message in one.message]
    assert [(one.file, one.line) for one in matching] == [(path, line)], problems
    assert matching[0].field.endswith(field)
    assert str(matching[0]).startswith(f"{path}:{line}: {matching[0].field}: ")


def test_a_missing_field_is_told_at_the_line_of_what_lacks_it(put: Put, tmp_path: Path) -> None:
    put("US/US-TN.yaml", TENNESSEE.replace("      status: regulated\n", ""))

    [problem] = read(tmp_path).problems

    assert (problem.line, problem.field) == (16, "records.kratom.periods.1.status")
    assert problem.message == "Missing data for required field."


def test_all_mistakes_of_all_files_are_told_at_once(put: Put, tmp_path: Path) -> None:
    put(
        "US/US-TN.yaml",
        TENNESSEE.replace("min_age: 21", "min_age: x").replace("confidence: low", "confidence: no"),
    )
    put("US/US-GA.yaml", "jurisdiction: [")

    assert told(read(tmp_path)) == [
        ("US-GA.yaml", 2, ""),
        ("US-TN.yaml", 14, "records.kratom.periods.0.confidence"),
        ("US-TN.yaml", 19, "records.kratom.periods.1.min_age"),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty"),
        ("# nothing\n", "the file is empty"),
        ("null\n", "Invalid input type."),
        ("just text\n", "Invalid input type."),
        ("- jurisdiction: US-TN\n", "Invalid input type."),
        ("[" * 100_000, "nested too deeply"),
    ],
    ids=["empty", "comment", "null", "text", "list", "deep"],
)
def test_a_file_that_is_no_mapping_is_told(
    put: Put, tmp_path: Path, text: str, message: str
) -> None:
    path = put("US/US-TN.yaml", text)

    release = read(tmp_path)

    assert release.problems == [FileProblem(path, 1, "", message)]
    assert str(release.problems[0]) == f"{path}:1: file: {message}"
    assert release.jurisdictions == {}


def test_a_file_that_is_not_utf_8_is_told(tmp_path: Path) -> None:
    path = tmp_path / "TH.yaml"
    path.write_bytes("name: Königreich".encode("latin-1"))

    assert read(tmp_path).problems == [FileProblem(path, 1, "", "the file is not UTF-8 text")]


def test_a_folder_named_like_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "TH.yaml").mkdir()

    assert told(read(tmp_path)) == [("TH.yaml", 1, "")]


def test_a_folder_that_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataProblem, match=r"nowhere: no such folder"):
        read(tmp_path / "nowhere")


def test_a_parent_that_no_file_and_no_boundary_brings_is_told(put: Put, tmp_path: Path) -> None:
    town = TENNESSEE.replace("US-TN", "US-TN-knoxville").replace("parent: US", "parent: US-TN")
    put("US/TN/US-TN-knoxville.yaml", town.replace("level: state", "level: place"))

    [problem] = read(tmp_path).problems

    assert (problem.line, problem.field) == (4, "parent")
    assert problem.message == "no jurisdiction has the id 'US-TN'"


def test_parents_in_a_circle_are_told(put: Put, tmp_path: Path) -> None:
    put("US/US-TN.yaml", TENNESSEE)
    country = TENNESSEE.replace("US-TN", "US").replace("parent: US", "parent: US-TN")
    put("US.yaml", country.replace("level: state", "level: country"))

    circles = [one for one in read(tmp_path).problems if "circle" in one.message]

    assert [(one.file.name, one.line, one.field) for one in circles] == [
        ("US.yaml", 4, "parent"),
        ("US-TN.yaml", 4, "parent"),
    ]


@pytest.mark.parametrize("name", ["US-TN.yaml", "US/TN.yaml", "US/TN/US-TN.yaml", "US/US-TN.yml"])
def test_a_file_in_the_wrong_place_is_told_where_it_belongs(
    put: Put, tmp_path: Path, name: str
) -> None:
    put(name, TENNESSEE)

    [problem] = read(tmp_path).problems

    assert (problem.line, problem.field) == (1, "jurisdiction")
    assert problem.message == "the file of this id is US/US-TN.yaml"


def test_two_files_of_one_id_are_told(put: Put, tmp_path: Path) -> None:
    put("US/US-TN.yaml", TENNESSEE)
    put("US/other.yaml", TENNESSEE)

    messages = [one.message for one in read(tmp_path).problems]

    assert "another file has the same id" in messages


def test_a_file_without_a_record_is_told(put: Put, tmp_path: Path) -> None:
    put("US/US-TN.yaml", TENNESSEE.split("records:")[0] + "records: {}\n")

    assert told(read(tmp_path)) == [("US-TN.yaml", 5, "records")]


def test_problems_can_be_asked_of_some_files_alone(put: Put, tmp_path: Path) -> None:
    bad = TENNESSEE.replace("min_age: 21", "min_age: 0")
    tennessee = put("US/US-TN.yaml", bad)
    put("US/US-GA.yaml", bad.replace("US-TN", "US-GA"))

    assert told(read(tmp_path, [tennessee]))[0][0] == "US-TN.yaml"
    assert len(read(tmp_path, [tennessee]).problems) == 1
    assert len(read(tmp_path, [tmp_path / "US"]).problems) == 2
    assert read(tmp_path, [tmp_path / "CA"]).problems == []


@pytest.mark.parametrize(
    ("id", "path"),
    [
        ("TH", "TH.yaml"),
        ("US-TN", "US/US-TN.yaml"),
        ("US-MS-bay-st-louis", "US/MS/US-MS-bay-st-louis.yaml"),
    ],
)
def test_a_file_stands_in_the_folders_of_its_parents(id: str, path: str) -> None:
    assert record_path(id) == Path(path)


def test_what_is_null_is_left_out_where_that_says_the_same() -> None:
    record = a_record("US-TN", a_period("unknown", extent=None, sources=()), evidence_as_of=None)

    text = yaml_files.write(file_document(a_jurisdiction("US-TN", name="Tennessee"), [record]))

    assert text == dedent(
        """\
        jurisdiction: US-TN
        name: Tennessee
        level: state
        parent: US
        records:
          kratom:
            periods:
            - from: null
              to: null
              status: unknown
              possession: allowed
              sale: allowed
              sources: []
              confidence: high
              extent: null
            evidence_as_of: null
        """
    )


@given(
    record=records(),
    name=texts(),
    geo=st.none() | st.builds(LocalGeo, lat=st.floats(-90, 90), county=st.none() | texts()),
)
def test_any_record_survives_being_written_and_read(
    tmp_path_factory: pytest.TempPathFactory, record: Record, name: str, geo: LocalGeo | None
) -> None:
    folder = tmp_path_factory.mktemp("records")
    jurisdiction = Jurisdiction("US-TN", name, Level.STATE, "US", geo=geo)

    path = write_file(folder, jurisdiction, [record])
    once = path.read_bytes()
    release = read(folder)
    write_file(folder, release.jurisdictions["US-TN"], release.records.values())

    assert release.problems == []
    assert release.jurisdictions == {"US-TN": jurisdiction}
    assert release.records == {record.key: record}
    assert path.read_bytes() == once
