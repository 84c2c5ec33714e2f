"""``/data/versions``: what two versions of the data set say otherwise, as a page and as a file."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.served import json_of
from tests.told_anew import EDITED
from tests.web.conftest import Page
from tests.web.told_anew import edited_client, lines_of, links, page_of, versions


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A data set with four versions."""
    return edited_client(tmp_path_factory)


def both(client: FlaskClient) -> str:
    """The first and the last version, as parameters."""
    found = versions(client)
    return f"from={found[-1]['data_version']}&to={found[0]['data_version']}"


def test_the_newest_version_is_compared_with_the_one_before_it(edited: FlaskClient) -> None:
    newest, before, *_ = versions(edited)

    page = page_of(edited, "/data/versions")

    chosen = [one["value"] for one in page.all("option") if "selected" in one]
    assert chosen == [before["data_version"], newest["data_version"]]
    assert "2 records or jurisdictions differ" in page.text


def test_any_version_can_be_chosen(edited: FlaskClient) -> None:
    offered = [one["value"] for one in page_of(edited, "/data/versions").all("option")]

    assert offered == 2 * [one["data_version"] for one in versions(edited)]


def test_each_difference_is_told_in_words_with_its_type(edited: FlaskClient) -> None:
    text = page_of(edited, f"/data/versions?{both(edited)}").text

    assert "4 records or jurisdictions differ" in text
    assert "law changed 1" in text
    assert "record corrected 3" in text
    for told in (
        "1 April 2026 – open Regulated, from 21 years → then Regulated, from 18 years",
        "1 February 2027 – open",
        "The act says 18.",
        EDITED["name"],
        "The law is told as before: only wording, sources or evidence differ.",
    ):
        assert told in text, told


def test_differences_of_one_type_can_be_shown_alone(edited: FlaskClient) -> None:
    text = page_of(edited, f"/data/versions?{both(edited)}&type=law_changed").text

    assert "4 records or jurisdictions differ" in text
    assert "shown: 1" in text
    assert "An act was signed." in text
    assert "The act says 18." not in text


def test_the_page_leads_to_the_same_as_a_file_and_as_data(edited: FlaskClient) -> None:
    page = page_of(edited, f"/data/versions?{both(edited)}")

    [file] = [one for one in links(page) if one.startswith("/data/versions.csv")]
    [data] = [one for one in links(page) if one.startswith("/api/v1/versions/diff")]
    items = json_of(edited.get(data))["items"]
    lines = lines_of(edited, file)
    assert [(one["jurisdiction"], one["substance"]) for one in lines] == [
        (one["jurisdiction"]["id"], one["substance"] or "") for one in items
    ]


def test_the_file_has_a_row_for_each_stretch_and_one_without_dates_for_the_rest(
    edited: FlaskClient,
) -> None:
    thailand, rhode_island, utah, vermont = lines_of(edited, f"/data/versions.csv?{both(edited)}")

    assert (thailand["from"], thailand["to"], thailand["fields_changed"]) == ("", "", "/note")
    assert (rhode_island["from"], rhode_island["type"]) == (EDITED["since"], "record_corrected")
    assert (rhode_island["min_age_before"], rhode_island["min_age_after"]) == ("21", "18")
    assert (utah["from"], utah["type"]) == (EDITED["ban"], "law_changed")
    assert utah["status_after"] == "prohibited"
    assert (vermont["substance"], vermont["fields_changed"]) == ("", "/name")
    newest, *_, oldest = versions(edited)
    for one in (thailand, rhode_island, utah, vermont):
        assert (one["from_version"], one["to_version"], one["data_version"]) == (
            oldest["data_version"],
            newest["data_version"],
            newest["data_version"],
        )


def test_the_name_of_the_file_says_which_versions_it_compares(edited: FlaskClient) -> None:
    newest, *_, oldest = versions(edited)

    name = edited.get(f"/data/versions.csv?{both(edited)}").headers["Content-Disposition"]

    assert oldest["data_version"] in name
    assert newest["data_version"] in name


def test_a_name_with_the_mark_of_imported_limits_is_understood(edited: FlaskClient) -> None:
    newest, *_, oldest = versions(edited)
    query = f"from={oldest['data_version']}+0123abcd&to={newest['data_version']}+0123abcd"

    text = page_of(edited, f"/data/versions?{query}").text

    assert "4 records or jurisdictions differ" in text


def test_two_times_the_same_version_says_the_same(edited: FlaskClient) -> None:
    text = page_of(edited, "/data/versions?from=1&to=1").text

    assert "0 records or jurisdictions differ" in text
    assert "Both say the same." in text


@pytest.mark.parametrize(
    ("query", "status", "field"),
    [
        ("from=x", 422, "from"),
        ("to=x", 422, "to"),
        ("from=999999", 404, "from"),
        ("from=2&to=1", 422, "to"),
        ("from=1&type=news", 422, "type"),
        ("page=0", 422, "page"),
    ],
)
def test_what_cannot_be_compared_is_named(
    edited: FlaskClient, query: str, status: int, field: str
) -> None:
    response = edited.get(f"/data/versions?{query}")

    assert (response.status_code, response.mimetype) == (status, "text/html")
    assert field in Page(response.text).text


def test_the_first_version_has_nothing_to_be_compared_with(client: FlaskClient) -> None:
    text = page_of(client, "/data/versions").text

    assert "There is only one version so far" in text
    assert lines_of(client, "/data/versions.csv") == []


# --- The same history on the page of changes. ---------------------------------------------------


def test_changes_of_law_and_corrections_stand_on_one_page_told_apart(edited: FlaskClient) -> None:
    page = page_of(edited, "/changes")

    assert "record corrected 1" in page.text
    assert "The law did not move: what is said here of this time is another." in page.text
    for told in (
        "Told anew: 1 April 2026 – open",
        "said before: Regulated, from 21 years → said now: Regulated, from 18 years",
        "Reason given: The act says 18.",
    ):
        assert told in page.text, told
    only_law = page_of(edited, "/changes?type=law_changed").text
    assert "Told anew" not in only_law
    only_corrected = page_of(edited, "/changes?type=record_corrected").text
    assert "1 change from" in only_corrected


def test_the_file_of_changes_says_of_which_type_each_is(edited: FlaskClient) -> None:
    lines = lines_of(edited, "/changes.csv")

    [corrected] = [one for one in lines if one["type"] == "record_corrected"]
    assert (corrected["jurisdiction"], corrected["effective"]) == ("US-RI", EDITED["since"])
    assert corrected["summary"] == "The act says 18."
    others = lines_of(edited, "/changes.csv?type=law_changed")
    assert [one for one in lines if one != corrected] == others
    assert {one["type"] for one in others} == {"law_changed"}
    assert all(one["revision"].isdigit() and one["recorded_at"] for one in lines)


def test_the_edits_of_a_record_say_of_which_type_they_are(edited: FlaskClient) -> None:
    utah = page_of(edited, "/jurisdictions/US-UT").text
    rhode_island = page_of(edited, "/jurisdictions/US-RI").text

    assert "law changed" in utah.partition("How this record was edited")[2]
    assert "record corrected" in rhode_island.partition("How this record was edited")[2]
