"""``/corrections/new``: find the place, see what is said, change it, hand it in."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from regmap.domain.corrections import Correction, Decision
from regmap.domain.errors import StoreAway
from regmap.http.context import desk_of
from regmap.services.corrections import Corrections
from tests.served import HOSTILE, LONG, RIGHT_TO_LEFT, copied_database, make_app, shared_folder
from tests.web.conftest import Page
from tests.web.correcting import TODAY, decided, proposal, submitted
from tests.web.forms import Form, form_at, sent

VIRGINIA = "/corrections/new?jurisdiction=US-VA&substance=kratom"
SOURCE = {"source__0__url": "https://law.example.org/act"}


@pytest.fixture(scope="module")
def writable(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An app on a database of its own."""
    database = copied_database(tmp_path_factory, tmp_path_factory.mktemp("handing-in"))
    return make_app(database, Path(shared_folder(tmp_path_factory) / "cache"))


@pytest.fixture
def client(writable: Flask) -> FlaskClient:
    return writable.test_client()


def text_of(response: TestResponse) -> str:
    return Page(response.get_data(as_text=True)).text


def correction_at(app: Flask, response: TestResponse) -> Correction:
    """The correction that a form led to."""
    assert response.status_code == 303, text_of(response)[:800]
    path, _, secret = response.headers["Location"].partition("?secret=")
    found = desk_of(app).corrections.one(path.rsplit("/", 1)[1])
    assert desk_of(app).corrections.is_submitter(found.id, secret)
    return found


def refused(response: TestResponse) -> Page:
    """The page of a form that was not taken, with its errors."""
    assert response.status_code == 422, text_of(response)[:300]
    assert response.headers["Cache-Control"] == "no-store"
    page = Page(response.get_data(as_text=True))
    assert page.problems == []
    return page


# --- The form. --------------------------------------------------------------------------------


def test_the_form_shows_what_is_said_now_and_holds_it(client: FlaskClient) -> None:
    response = client.get(VIRGINIA)
    form = Form(response.get_data(as_text=True))

    assert "Regulated, from 21 years" in text_of(response)
    assert "By its own law, since 1 July 2023." in text_of(response)
    assert form.values["min_age"] == "21"
    assert form.values["from"] == "2023-07-01"
    assert form.values["rules-kcpa"] == "yes"
    assert form.values["rules-lab_testing"] == "no"
    assert form.values["rules-vape_ban"] == ""
    assert form.values["citation"] == "Va. Code § 59.1-200"
    assert form.action.endswith("period=2023-07-01")


def test_every_form_has_a_key_of_its_own_and_is_kept_by_no_cache(client: FlaskClient) -> None:
    one, other = form_at(client, VIRGINIA), form_at(client, VIRGINIA)

    assert one.values["key"] != other.values["key"]
    assert client.get(VIRGINIA).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("period", "holds"),
    [
        ("first", {"from": "", "to": "2023-07-01", "status": "unregulated"}),
        ("new", {"from": "", "status": "", "possession": "unknown", "summary": ""}),
    ],
)
def test_another_rule_or_a_new_one_can_be_chosen(
    client: FlaskClient, period: str, holds: dict[str, str]
) -> None:
    form = form_at(client, f"{VIRGINIA}&period={period}")

    assert {name: form.values[name] for name in holds} == holds


def test_a_message_alone_needs_no_fields_of_a_rule(client: FlaskClient) -> None:
    form = form_at(client, f"{VIRGINIA}&period=none")

    assert {"message", "source-0-url", "name", "email"} <= set(form.values)
    assert "min_age" not in form.values


def test_a_rule_that_is_not_there_is_named(client: FlaskClient) -> None:
    response = client.get(f"{VIRGINIA}&period=1999")

    assert response.status_code == 422
    assert "period" in text_of(response)


@pytest.mark.parametrize("id", ["US-AL-jefferson-county", "FJ", "US-MS-columbus", "US", "AU-WA"])
@pytest.mark.parametrize("substance", ["kratom", "7-oh"])
def test_every_kind_of_jurisdiction_has_a_form(
    client: FlaskClient, id: str, substance: str
) -> None:
    form = form_at(client, f"/corrections/new?jurisdiction={id}&substance={substance}")

    assert ("extent" in form.values) is id.endswith("-county")


def test_no_person_meets_the_field_for_programs(client: FlaskClient) -> None:
    page = Page(client.get(VIRGINIA).get_data(as_text=True))
    [trap] = [one for one in page.all("input") if one.get("name") == "website"]

    assert trap["tabindex"] == "-1"
    assert trap["autocomplete"] == "off"
    assert any(one.get("aria-hidden") == "true" for one in page.all("div"))


# --- Handing it in. ---------------------------------------------------------------------------


def test_an_untouched_form_is_not_taken(client: FlaskClient) -> None:
    page = refused(sent(client, form_at(client, VIRGINIA), **SOURCE))

    assert "Change a field above, or say here what is wrong" in page.text


def test_a_changed_age_is_handed_in_as_that_change(client: FlaskClient, writable: Flask) -> None:
    form = form_at(client, VIRGINIA)

    found = correction_at(
        writable, sent(client, form, min_age="18", message="Since July.\r\nReally.", **SOURCE)
    )

    assert found.message == "Since July.\nReally."
    assert found.base_revision == int(form.values["base"])
    assert found.proposed is not None
    assert found.proposed["periods"][1]["min_age"] == 18
    assert found.proposed["periods"][1]["sources"][-1]["url"] == "https://law.example.org/act"
    assert found.contact is None


def test_a_message_alone_is_handed_in(client: FlaskClient, writable: Flask) -> None:
    form = form_at(client, f"{VIRGINIA}&period=none")

    found = correction_at(
        writable,
        sent(client, form, message="A bill was signed.", name="Ada", email="a@b.org", **SOURCE),
    )

    assert found.proposed is None
    assert found.contact is not None
    assert (found.contact.name, found.contact.email) == ("Ada", "a@b.org")


def test_a_rule_for_a_place_without_a_record_is_handed_in(
    client: FlaskClient, writable: Flask
) -> None:
    form = form_at(client, "/corrections/new?jurisdiction=FJ")

    found = correction_at(writable, sent(client, form, status="prohibited", **SOURCE))

    assert found.proposed is not None
    assert [one["status"] for one in found.proposed["periods"]] == ["prohibited"]


def test_a_form_that_was_open_while_the_record_changed_proposes_its_own_change_alone(
    client: FlaskClient, writable: Flask
) -> None:
    form = form_at(client, "/corrections/new?jurisdiction=US-RI")
    meanwhile = submitted(writable, "US-RI", proposed=proposal(writable, "US-RI", penalty="Other"))
    decided(writable, meanwhile.correction.id, Decision.ACCEPT)

    found = correction_at(writable, sent(client, form, min_age="25", **SOURCE))
    preview = desk_of(writable).curation.preview(found.id, TODAY)

    assert found.base_revision == int(form.values["base"])
    assert preview.clashes == ()
    changed = {one.path.split("/")[3] for one in preview.changes}
    assert changed == {"min_age", "sources"}


def test_a_double_click_makes_one_correction(client: FlaskClient, writable: Flask) -> None:
    form = form_at(client, VIRGINIA)

    one, other = (sent(client, form, min_age="19", **SOURCE) for _ in range(2))

    assert one.headers["Location"] == other.headers["Location"]
    assert correction_at(writable, one).id == correction_at(writable, other).id


def test_going_back_and_changing_it_asks_before_it_makes_another(
    client: FlaskClient, writable: Flask
) -> None:
    form = form_at(client, VIRGINIA)
    first = correction_at(writable, sent(client, form, min_age="19", **SOURCE))

    again = sent(client, form, min_age="20", **SOURCE)
    page = refused(again)
    renewed = Form(again.get_data(as_text=True))
    second = correction_at(writable, sent(client, renewed))

    assert "was handed in before, with other contents" in page.text
    assert renewed.values["min_age"] == "20"
    assert second.id != first.id


def test_what_was_typed_stays_with_what_is_wrong_beside_it(client: FlaskClient) -> None:
    response = sent(
        client,
        form_at(client, VIRGINIA),
        min_age="eighteen",
        message=HOSTILE,
        summary="Changed\r\ntext",
        source__1__url="javascript:alert(1)",
        source__1__title=RIGHT_TO_LEFT,
        name="Ada",
        email="not one",
    )
    page = refused(response)
    form = Form(response.get_data(as_text=True))

    assert form.values["min_age"] == "eighteen"
    assert form.values["message"] == HOSTILE
    assert form.values["summary"] == "Changed\r\ntext"
    assert form.values["source-1-url"] == "javascript:alert(1)"
    assert form.values["source-1-title"] == RIGHT_TO_LEFT
    assert form.values["name"] == "Ada"
    wrong = [one for one in page.all("input", "select", "textarea") if "aria-invalid" in one]
    assert [one["name"] for one in wrong] == ["min_age", "source-1-url", "email"]
    described = [str(one["aria-describedby"]).split() for one in wrong]
    ids = {str(one["id"]) for _, one in page.elements if "id" in one}
    assert {id for each in described for id in each} <= ids
    links = [str(one["href"]) for one in page.all("a")]
    led = [link for link in links if link[1:] in ("min_age", "source-1-url", "email")]
    assert led == ["#min_age", "#source-1-url", "#email"]
    [summary] = [one for one in page.all("div") if one.get("role") == "alert"]
    assert "autofocus" in summary
    assert page.inline_scripts == []


def test_the_key_and_the_base_stay_while_something_is_wrong(client: FlaskClient) -> None:
    form = form_at(client, VIRGINIA)
    response = sent(client, form, min_age="x", **SOURCE)
    again = Form(response.get_data(as_text=True))

    assert [again.values[name] for name in ("key", "base")] == [
        form.values[name] for name in ("key", "base")
    ]


def test_a_program_that_fills_in_everything_is_told_why_it_is_refused(client: FlaskClient) -> None:
    page = refused(sent(client, form_at(client, VIRGINIA), website="https://x.org", **SOURCE))

    assert "Leave this field empty." in page.text
    [trap] = [one for one in page.all("input") if one.get("name") == "website"]
    assert "tabindex" not in trap


@pytest.mark.parametrize("text", [HOSTILE, RIGHT_TO_LEFT, LONG.strip(), "=HYPERLINK(1)"])
def test_any_text_is_taken_as_text(client: FlaskClient, text: str) -> None:
    form = form_at(client, VIRGINIA)
    shorter = text[:400]
    response = sent(
        client, form, summary=text, penalty=text, message=text, source__0__title=shorter, **SOURCE
    )

    assert response.status_code == 303
    page = Page(client.get(response.headers["Location"]).get_data(as_text=True))
    assert " ".join(text.split()) in page.text
    assert page.problems == []
    assert page.inline_scripts == []
    assert all(image.get("src") != "x" for image in page.all("img"))


def test_a_form_of_another_site_is_refused(client: FlaskClient) -> None:
    form = form_at(client, VIRGINIA)
    data = {**form.values, "min_age": "18", "source-0-url": "https://x.org"}

    foreign = [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}]
    for headers in foreign:
        response = client.post(form.action, data=data, headers=headers)
        assert response.status_code == 403
    own = client.post(form.action, data=data, headers={"Sec-Fetch-Site": "same-origin"})
    assert own.status_code == 303


@pytest.mark.parametrize("base", ["", "-1", "x", "9" * 30, "٣"])
def test_a_base_that_no_form_of_ours_has_is_refused(client: FlaskClient, base: str) -> None:
    form = form_at(client, VIRGINIA)

    response = sent(client, form, base=base, min_age="18", **SOURCE)

    assert response.status_code == 422
    assert "base" in text_of(response)


def test_a_form_that_is_too_large_or_no_text_is_refused(client: FlaskClient) -> None:
    form = form_at(client, VIRGINIA)

    assert sent(client, form, message="x" * 300_000, **SOURCE).status_code == 413
    no_text = client.post(
        form.action, data=b"message=%ff%fe", content_type="application/x-www-form-urlencoded"
    )
    assert no_text.status_code == 422
    assert "message" in text_of(no_text)


def test_a_jurisdiction_that_does_not_exist_takes_no_form(client: FlaskClient) -> None:
    form = form_at(client, VIRGINIA)
    response = client.post("/corrections/new?jurisdiction=XX", data=form.values)

    assert response.status_code == 404


def test_too_many_are_asked_to_wait_and_keep_what_they_typed(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    database = copied_database(tmp_path_factory, tmp_path_factory.mktemp("limited"))
    cache = Path(shared_folder(tmp_path_factory) / "cache")
    client = make_app(database, cache, rate_limits="on").test_client()
    form = form_at(client, VIRGINIA)

    answers = [sent(client, form, min_age="18", **SOURCE) for _ in range(11)]

    assert [one.status_code for one in answers] == [303] * 10 + [429]
    assert int(answers[-1].headers["Retry-After"]) >= 1
    assert Form(answers[-1].get_data(as_text=True)).values["min_age"] == "18"
    assert "Too many requests" in text_of(answers[-1])


def test_while_the_store_cannot_be_written_what_was_typed_stays(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = form_at(client, VIRGINIA)

    def away(*_: object, **__: object) -> None:
        raise StoreAway("the disk is full")

    monkeypatch.setattr(Corrections, "submit", away)
    response = sent(client, form, min_age="18", **SOURCE)

    assert response.status_code == 503
    assert Form(response.get_data(as_text=True)).values["min_age"] == "18"
    assert "the disk" not in text_of(response)


def test_no_cookie_is_set_or_read(client: FlaskClient) -> None:
    form = form_at(client, VIRGINIA)
    response = sent(client, form, min_age="17", **SOURCE)

    for answer in (client.get("/corrections/new"), client.get(VIRGINIA), response):
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.headers.get("Vary", "")
