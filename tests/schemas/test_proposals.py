"""What a correction proposes: what is filled in, what is refused where, and kinds of sources."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from regmap.domain.corrections import CitedSource
from regmap.domain.dates import PartialDate
from regmap.domain.records import Period
from regmap.domain.vocabulary import (
    Confidence,
    Extent,
    Level,
    Permission,
    SourceKind,
    Status,
)
from regmap.domain.wording import Said
from regmap.schemas.corrections import (
    MOST_PERIODS,
    problems_by_field,
    proposal_from_document,
    proposal_to_document,
    record_given,
    source_document,
    source_kind,
)
from regmap.schemas.record import record_to_document
from tests.builders import a_period, a_record
from tests.schemas.proposed import ACT, KEY, a_read_period, errors_of, read

TODAY = date(2026, 11, 23)
NOTHING = object()


# --- Proposals. ---------------------------------------------------------------------------------


def test_a_period_may_leave_out_what_only_a_curator_can_judge() -> None:
    period = a_read_period({"status": "prohibited", "from": "2024-07"})

    assert (period.start, period.end, period.status) == (
        PartialDate.parse("2024-07"),
        None,
        Status.PROHIBITED,
    )
    assert (period.possession, period.sale) == (Permission.UNKNOWN, Permission.UNKNOWN)
    assert (period.confidence, period.extent) == (Confidence.LOW, Extent.WHOLE)
    [source] = period.sources
    assert (source.url, source.title, source.kind) == (ACT["url"], "example.org", SourceKind.NEWS)


def test_how_far_a_countys_rule_reaches_is_not_guessed() -> None:
    given = {"status": "prohibited", "from": "2024"}

    assert a_read_period(given, Level.COUNTY).extent is None
    assert a_read_period({**given, "extent": "unincorporated"}, Level.COUNTY).extent is (
        Extent.UNINCORPORATED
    )


def test_what_a_period_says_itself_stands() -> None:
    said = {
        "from": None,
        "to": "2024-07-01",
        "status": "regulated",
        "min_age": 21,
        "possession": "allowed",
        "sale": "restricted",
        "confidence": "high",
        "extent": None,
        "sources": [{"url": "https://law.lis.virginia.gov/x", "title": "§ 9"}],
    }

    period = a_read_period(said)

    assert (period.min_age, period.sale, period.extent) == (21, Permission.RESTRICTED, None)
    assert (period.confidence, period.end) == (Confidence.HIGH, PartialDate.parse("2024-07-01"))
    [source] = period.sources
    assert (source.title, source.kind) == ("§ 9", SourceKind.GOVERNMENT)


def test_a_source_of_a_period_may_be_an_address_alone_and_null_means_not_said() -> None:
    given = {"url": "https://example.org/x", "title": None, "kind": "research", "published": None}

    [source] = a_read_period({"status": "unknown", "from": "2024", "sources": [given]}).sources

    assert (source.title, source.kind) == ("example.org", SourceKind.RESEARCH)


def test_a_period_with_a_known_start_changes_only_what_it_names() -> None:
    present = a_record(
        "US-VA",
        a_period("unregulated", "2019", "2023"),
        a_period("regulated", "2023", min_age=21, citation="Va. Code § 59.1-200"),
    )
    kept = proposal_to_document(present.periods[1])
    cited = CitedSource("https://example.org/amended")

    proposed = proposal_from_document(
        {"from": "2023", "min_age": 18}, KEY, Level.STATE, [cited], present
    )

    assert isinstance(proposed, Period)
    told = proposal_to_document(proposed)
    assert [one["url"] for one in told["sources"]] == [ACT["url"], cited.url]
    assert {**told, "sources": []} == {**kept, "min_age": 18, "sources": []}


@pytest.mark.parametrize("start", ["2024", 2023, None, "soon"])
def test_a_period_with_another_start_takes_nothing_over(start: Any) -> None:
    present = a_record("US-VA", a_period("regulated", "2023", min_age=21))

    errors = errors_of(
        lambda: proposal_from_document(
            {"from": start, "min_age": 18}, KEY, Level.STATE, [], present
        )
    )

    assert "proposed.status" in errors


def test_a_proposal_survives_its_document() -> None:
    period = a_read_period({"status": "prohibited", "from": "2024-07", "rules": {"kcpa": True}})
    record = a_record("US-VA", period)

    assert read(proposal_to_document(period)) == period
    assert read(proposal_to_document(record)) == record


def test_a_whole_record_need_not_repeat_what_it_is_about() -> None:
    document = record_to_document(a_record("US-VA", "regulated", evidence_as_of=None))
    for name in ("jurisdiction", "substance", "evidence_as_of"):
        del document[name]

    assert read(document) == a_record("US-VA", "regulated", evidence_as_of=None)


BAD_PROPOSALS: dict[str, tuple[dict[str, Any], set[str]]] = {
    "nothing": ({}, {"proposed.status", "proposed.from"}),
    "no status": ({"from": "2024"}, {"proposed.status"}),
    "no start": ({"status": "prohibited"}, {"proposed.from"}),
    "an unknown status": ({"status": "banned", "from": "2024"}, {"proposed.status"}),
    "a year 99999": ({"status": "prohibited", "from": "99999"}, {"proposed.from"}),
    "a year 9999": ({"status": "prohibited", "from": "9999"}, {"proposed.from"}),
    "a year 0000": ({"status": "prohibited", "from": "0000"}, {"proposed.from"}),
    "a day that is none": ({"status": "prohibited", "from": "2024-02-30"}, {"proposed.from"}),
    "a number for a date": ({"status": "prohibited", "from": 2024}, {"proposed.from"}),
    "digits of another script": ({"status": "prohibited", "from": "٢٠٢٤"}, {"proposed.from"}),
    "an age as text": ({"status": "unknown", "from": None, "min_age": "21"}, {"proposed.min_age"}),
    "an age of NaN": (
        {"status": "unknown", "from": None, "min_age": float("nan")},
        {"proposed.min_age"},
    ),
    "an unknown rule": (
        {"status": "unknown", "from": None, "rules": {"colour": True}},
        {"proposed.rules.colour"},
    ),
    "sources that are no list": (
        {"status": "unknown", "from": None, "sources": {"url": "x"}},
        {"proposed.sources"},
    ),
    "a source that is a text": (
        {"status": "unknown", "from": None, "sources": ["https://example.org"]},
        {"proposed.sources.0"},
    ),
    "a source with a script": (
        {"status": "unknown", "from": None, "sources": [{"url": "javascript:alert(1)"}]},
        {"proposed.sources.0.url"},
    ),
    "a source with half an address": (
        {"status": "unknown", "from": None, "sources": [{"url": "https://[::1"}]},
        {"proposed.sources.0.url"},
    ),
    "an unknown field": (
        {"status": "unknown", "from": None, "verdict": "fine"},
        {"proposed.verdict"},
    ),
    "periods null": ({"periods": None}, {"proposed.periods"}),
    "periods a number": ({"periods": 5}, {"proposed.periods"}),
    "periods an object": ({"periods": {"0": {}}}, {"proposed.periods"}),
    "a period that is a text": ({"periods": ["prohibited"]}, {"proposed.periods.0"}),
    "too many periods": ({"periods": [{}] * (MOST_PERIODS + 1)}, {"proposed.periods"}),
    "about another place": ({"periods": [], "jurisdiction": "US-TN"}, {"proposed.jurisdiction"}),
    "about another substance": ({"periods": [], "substance": "7-oh"}, {"proposed.substance"}),
    "evidence of some day": (
        {"periods": [], "evidence_as_of": "soon"},
        {"proposed.evidence_as_of"},
    ),
}


@pytest.mark.parametrize(("document", "fields"), BAD_PROPOSALS.values(), ids=BAD_PROPOSALS)
def test_what_is_wrong_with_a_proposal_is_told_below_it(
    document: dict[str, Any], fields: set[str]
) -> None:
    assert set(errors_of(lambda: read(document))) == fields


def test_what_is_wrong_with_a_curators_record_is_told_below_it() -> None:
    document = record_to_document(a_record("US-VA", "regulated"))
    document["periods"][0]["status"] = "banned"

    assert set(errors_of(lambda: record_given(document, KEY))) == {"record.periods.0.status"}
    assert set(errors_of(lambda: record_given({"periods": True}, KEY))) == {"record.periods"}
    assert set(errors_of(lambda: record_given({}, KEY))) == {"record.periods"}


def test_contradictions_are_told_by_the_path_to_them() -> None:
    overlapping = a_record(
        "US-VA",
        a_period("regulated", "2019"),
        a_period("prohibited", "2023", possession=Permission.ALLOWED),
    )

    found = problems_by_field(overlapping, Level.STATE, TODAY, "record")

    assert set(found) == {"record.periods.1.possession", "record.periods.1.from"}
    assert found["record.periods.1.from"] == ["Starts while the period before it is still open."]
    assert problems_by_field(a_record("US-VA", "regulated"), Level.STATE, TODAY, "record") == {}


def test_what_is_told_knows_its_translation() -> None:
    document = {"periods": [], "jurisdiction": "US-TN"}

    [message] = errors_of(lambda: read(document))["proposed.jurisdiction"]

    assert isinstance(message, Said)
    assert message == "Must be US-VA, as in the correction."


# --- The kind of a source, by its host. ---------------------------------------------------------

OFFICES = """
    congress.gov law.lis.virginia.gov www.gov.uk legislation.gov.uk health.gov.au www.gob.mx
    dof.gob.mx gc.ca canada.gc.ca eur-lex.europa.eu state.va.us leg.state.or.us co.fairfax.va.us
    ci.austin.tx.us health.mil www.legifrance.gouv.fr moh.govt.nz e-gov.go.jp fda.moph.go.th
    gub.uy www.ris.gv.at planalto.gov.br www.bag.admin.ch bmg.bund.de GOV.UK gov.uk.
""".split()
OTHERS = """
    example.org gov.example.com gov.uk.example.com mygov.org notgov gov-uk.org europa.com
    europa.eu.example.org gob.net state.va.us.evil.org statevaus.us go.com go.evil.io
    state.com mil.evil.net gc.ca.example.com notgc.ca notadmin.ch 127.0.0.1 localhost
""".split()


@pytest.mark.parametrize("host", OFFICES)
def test_offices_of_state_are_told_by_their_domain(host: str) -> None:
    assert source_kind(f"https://{host}/act") is SourceKind.GOVERNMENT


@pytest.mark.parametrize("host", OTHERS)
def test_nobody_looks_like_an_office_by_a_name_that_anybody_can_have(host: str) -> None:
    assert source_kind(f"https://{host}/act") is SourceKind.NEWS


def test_a_user_name_in_an_address_makes_no_office_of_it() -> None:
    assert source_kind("https://congress.gov@example.org/") is SourceKind.NEWS
    assert source_kind("https://congress.gov:443/") is SourceKind.GOVERNMENT


def test_a_source_without_title_goes_by_its_host() -> None:
    assert source_document(CitedSource("https://www.gov.uk/a/b")) == {
        "title": "www.gov.uk",
        "url": "https://www.gov.uk/a/b",
        "kind": "government",
    }
    assert source_document(CitedSource("https://example.org/x", "The act"))["title"] == "The act"
