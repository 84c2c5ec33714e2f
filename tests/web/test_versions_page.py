"""``/data/versions``: what two versions of the data set say otherwise, as a page and as a file."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from regmap.web import versions_page
from tests.served import copied_database, json_of, make_app, shared_folder
from tests.told_anew import EDITED, edit_history, record_town
from tests.web.conftest import Page
from tests.web.told_anew import edited_client, lines_of, links, page_of, versions


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A data set with four versions."""
    return edited_client(tmp_path_factory)


@pytest.fixture(scope="module")
def new_town(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A data set whose newest version tells of a town for the first time; one went before."""
    database = copied_database(tmp_path_factory, tmp_path_factory.mktemp("new-town"))
    edit_history(database, removed=True)
    record_town(database)
    return make_app(database, shared_folder(tmp_path_factory) / "cache").test_client()


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


def test_what_is_recorded_for_the_first_time_is_told_whole_and_counted_apart(
    new_town: FlaskClient,
) -> None:
    text = page_of(new_town, "/data/versions").text

    assert "law changed 0" in text
    assert "record corrected 0" in text
    assert "recorded for the first time 2" in text
    assert "Start not known – 2020 no record → then Unregulated" in text
    assert "2020 – open no record → then Prohibited" in text
    assert "The law is told as before" not in text


def test_a_new_jurisdiction_is_told_field_by_field_in_words(new_town: FlaskClient) -> None:
    page = page_of(new_town, "/data/versions")

    for told in (
        "Name added: Newtown",
        "Level added: town or city",
        "Part of added: Mississippi (US-MS)",
        "Point inside (latitude, longitude) added: 33.5, -88.4",
        "Bounds (west, south, east, north) added: -88.5, 33.4, -88.3, 33.6",
        "Land area added: 12.5 km²",
        "GEOID of the census added: 2851234",
    ):
        assert told in page.text, told
    assert not {"{", "}", "None"} & set(page.text.replace(",", " ").split())
    assert "{'" not in page.text


def test_what_was_removed_is_told_by_what_it_said(new_town: FlaskClient) -> None:
    _, removed, before, *_ = versions(new_town)
    query = f"from={before['data_version']}&to={removed['data_version']}"

    page = page_of(new_town, f"/data/versions?{query}")
    text = page.text
    town, record = lines_of(new_town, f"/data/versions.csv?{query}")

    assert "removed record corrected" in text
    assert "Prohibited → then no record" in text
    assert "Name removed: Columbus" in text
    assert not [one for one in links(page) if one.startswith("/jurisdictions/")]  # it has no page
    assert (record["status_before"], record["status_after"]) == ("prohibited", "")
    assert (town["first"], record["first"]) == ("false", "false")


def test_what_is_recorded_for_the_first_time_can_be_shown_alone(new_town: FlaskClient) -> None:
    oldest, newest = versions(new_town)[-1], versions(new_town)[0]
    query = f"from={oldest['data_version']}&to={newest['data_version']}&type=first"

    page = page_of(new_town, f"/data/versions?{query}")
    [file] = [one for one in links(page) if one.startswith("/data/versions.csv")]
    place, before, since = lines_of(new_town, file)

    assert "shown: 2" in page.text
    assert "An act was signed." not in page.text
    assert (place["substance"], place["first"], place["status_after"]) == ("", "true", "")
    told = [
        (one["first"], one["from"], one["to"], one["status_before"], one["status_after"])
        for one in (before, since)
    ]
    assert told == [("true", "", "2020", "", "unregulated"), ("true", "2020", "", "", "prohibited")]
    name = new_town.get(file).headers["Content-Disposition"]
    assert "-type-first-" in name


def test_the_kind_that_is_shown_alone_is_marked(new_town: FlaskClient) -> None:
    page = page_of(new_town, "/data/versions?type=first")

    [marked] = [one for one in page.all("a") if one.get("aria-current") == "true"]
    assert "type=first" in (marked["href"] or "")


def test_versions_of_one_minute_are_told_apart_by_what_comes_first(edited: FlaskClient) -> None:
    html = edited.get("/data/versions").get_data(as_text=True)
    labels = re.findall(r"<option[^>]*>([^<]*)", html)

    numbers = [str(one["revision"]) for one in versions(edited)]
    assert [one.partition(" · ")[0] for one in labels] == 2 * numbers
    assert all(re.fullmatch(r"[0-9]+ · [^,]+ 20[0-9]{2}, [0-9:]{5} UTC", one) for one in labels)


def test_the_file_is_made_once_and_known_again(
    edited: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"/data/versions.csv?{both(edited)}&type=law_changed"
    first = edited.get(url)
    # whatever it is made of cannot be read any more
    monkeypatch.setattr(versions_page, "_csv_file", None)

    again = edited.get(url)
    known = edited.get(url, headers={"If-None-Match": first.headers["ETag"]})

    assert (again.data, again.headers["ETag"]) == (first.data, first.headers["ETag"])
    assert again.headers["Content-Disposition"] == first.headers["Content-Disposition"]
    assert again.headers["Access-Control-Allow-Origin"] == "*"
    assert (known.status_code, known.data) == (304, b"")


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


@pytest.mark.parametrize(
    ("query", "status"), [("from=x", 422), ("type=news", 422), ("to=999999", 404)]
)
def test_a_file_that_cannot_be_made_is_refused_each_time(
    edited: FlaskClient, query: str, status: int
) -> None:
    answers = [edited.get(f"/data/versions.csv?{query}").status_code for _ in range(2)]

    assert answers == [status, status]


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
