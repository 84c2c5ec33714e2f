"""``/corrections/{id}``: the public sees what is public, the submitter all that is their own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from regmap.domain.corrections import Correction, Decision, EventKind, State
from regmap.domain.errors import StoreAway
from regmap.http.context import desk_of
from regmap.services.corrections import Corrections, Submitted
from tests.served import HOSTILE, LONG, RIGHT_TO_LEFT, copied_database, make_app, shared_folder
from tests.web.conftest import Page
from tests.web.correcting import decided, proposal, public, secret, submitted, undone
from tests.web.forms import Form, form_at, sent

TEXT = "The age is 18 since July."
REASON = "As the source says."


@pytest.fixture(scope="module")
def writable(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An app on a database of its own."""
    database = copied_database(tmp_path_factory, tmp_path_factory.mktemp("corrections"))
    return make_app(database, Path(shared_folder(tmp_path_factory) / "cache"))


@pytest.fixture
def client(writable: Flask) -> FlaskClient:
    return writable.test_client()


def page_at(client: FlaskClient, address: str) -> Page:
    response = client.get(address)
    assert response.status_code == 200, response.get_data(as_text=True)[:500]
    page = Page(response.get_data(as_text=True))
    assert page.problems == []
    assert page.inline_scripts == []
    return page


def present(app: Flask, one: Submitted) -> Correction:
    return desk_of(app).corrections.one(one.correction.id)


# --- Before it is decided. --------------------------------------------------------------------


def test_the_public_sees_that_it_is_there_and_no_more(client: FlaskClient, writable: Flask) -> None:
    one = submitted(
        writable,
        proposed=proposal(writable, min_age=97),
        submitter={"name": "Grace", "email": None},
    )

    page = page_at(client, public(one))

    assert "Correction: Virginia, Kratom" in page.text
    assert "Waiting for a decision" in page.text
    assert "published once it is decided" in page.text
    for hidden in (TEXT, "The act", "law.example.org", "Grace", "Minimum age"):
        assert hidden not in page.text
    assert "97" not in page.text.split()  # whole words: the id is random and may hold it
    assert [form for form in page.all("form") if form.get("method") == "post"] == []


def test_the_submitter_sees_all_of_it_but_the_contact(client: FlaskClient, writable: Flask) -> None:
    one = submitted(
        writable,
        proposed=proposal(writable, min_age=19),
        submitter={"name": "Grace", "email": None},
    )

    page = page_at(client, secret(one))

    assert "Keep this address: it is the only way back" in page.text
    assert f"http://localhost{secret(one)}" in page.text
    for shown in (TEXT, "The act", "Minimum age removed: 21 → added: 19"):
        assert shown in page.text
    assert "Grace" not in page.text
    [source] = [a for a in page.all("a") if a.get("href") == "https://law.example.org/act"]
    assert source["rel"] == "noopener nofollow ugc"


def test_the_page_of_the_submitter_is_kept_by_nobody(client: FlaskClient, writable: Flask) -> None:
    headers = client.get(secret(submitted(writable))).headers

    assert headers["Cache-Control"] == "no-store"
    assert "ETag" not in headers
    assert headers.getlist("Referrer-Policy") == ["same-origin"]  # forms need their Origin
    assert headers.getlist("X-Robots-Tag") == ["noindex"]
    assert "Set-Cookie" not in headers


def test_the_public_page_is_asked_for_again_each_time(client: FlaskClient, writable: Flask) -> None:
    one = submitted(writable)
    response = client.get(public(one))
    known = {"If-None-Match": response.headers["ETag"]}

    assert response.headers["Cache-Control"] == "no-cache"
    assert client.get(public(one), headers=known).status_code == 304
    decided(writable, one.correction.id, Decision.REJECT)
    assert client.get(public(one), headers=known).status_code == 200


@pytest.mark.parametrize("wrong", ["x", "ü", "a" * 3000, "<script>alert(1)</script>"])
def test_a_wrong_secret_opens_nothing(client: FlaskClient, writable: Flask, wrong: str) -> None:
    one = submitted(writable)

    for response in (
        client.get(public(one), query_string={"secret": wrong}),
        client.post(public(one), query_string={"secret": wrong}, data={"action": "withdraw"}),
    ):
        html = response.get_data(as_text=True)
        assert response.status_code == 403
        assert response.headers["Cache-Control"] == "no-store"
        assert "its secret is wrong" in Page(html).text
        assert TEXT not in html
        assert "<script>alert" not in html
    assert present(writable, one).state is State.PENDING


def test_the_secret_of_another_correction_opens_nothing(
    client: FlaskClient, writable: Flask
) -> None:
    one, other = submitted(writable), submitted(writable)

    assert client.get(f"{public(one)}?secret={other.secret}").status_code == 403


def test_nothing_is_changed_without_a_secret(client: FlaskClient, writable: Flask) -> None:
    one = submitted(writable)

    assert client.post(public(one), data={"action": "withdraw"}).status_code == 403
    assert present(writable, one).state is State.PENDING


def test_one_that_does_not_exist_is_not_found(client: FlaskClient) -> None:
    assert client.get("/corrections/0000").status_code == 404
    assert client.get("/corrections/0000?secret=x").status_code == 404
    assert client.post("/corrections/0000?secret=x", data={"action": "add"}).status_code == 404


# --- What the submitter does. -----------------------------------------------------------------


def test_a_question_is_shown_and_answered(client: FlaskClient, writable: Flask) -> None:
    one = submitted(writable)
    decided(writable, one.correction.id, Decision.NEEDS_INFO, "Which section?")

    page = page_at(client, secret(one))
    response = sent(
        client,
        form_at(client, secret(one)),
        message="Section 5.\r\nAnd 6.",
        source__1__url="https://law.example.org/section-5",
    )

    assert "Which section?" in page.text
    assert "Question, by ada" in page.text
    assert "Answer the question, or add something" in page.text
    assert "Which section?" not in page_at(client, public(one)).text
    assert response.status_code == 303
    assert response.headers["Location"] == secret(one)
    after = present(writable, one)
    assert after.state is State.PENDING
    assert after.events[-1].text == "Section 5.\nAnd 6."
    assert [cited.url for cited in after.events[-1].sources] == [
        "https://law.example.org/section-5"
    ]
    assert "Section 5." in page_at(client, secret(one)).text


def test_a_second_click_adds_nothing_again(client: FlaskClient, writable: Flask) -> None:
    one = submitted(writable)
    form = form_at(client, secret(one))

    for _ in range(2):
        assert sent(client, form, message="One more thing.").status_code == 303
    assert len(present(writable, one).events) == 2
    sent(client, form_at(client, secret(one)), message="One more thing.")
    assert len(present(writable, one).events) == 3


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({}, ["message"]),
        ({"source__2__url": "javascript:alert(1)"}, ["source-2-url"]),
        ({"message": "x" * 10_001}, ["message"]),
    ],
)
def test_what_cannot_be_added_stays_in_the_form(
    client: FlaskClient, writable: Flask, typed: dict[str, str], wrong: list[str]
) -> None:
    one = submitted(writable)

    response = sent(client, form_at(client, secret(one)), **typed)
    page = Page(response.get_data(as_text=True))
    again = Form(response.get_data(as_text=True))

    assert response.status_code == 422
    invalid = [one["name"] for one in page.all("input", "textarea") if "aria-invalid" in one]
    assert invalid == wrong
    for name, text in typed.items():
        assert again.values[name.replace("__", "-")] == text
    assert len(present(writable, one).events) == 1


def test_an_action_that_there_is_not_is_refused(client: FlaskClient, writable: Flask) -> None:
    one = submitted(writable)

    response = client.post(secret(one), data={"action": "accept"})

    assert response.status_code == 422
    assert present(writable, one).state is State.PENDING


def test_withdrawing_asks_once_more_first(client: FlaskClient, writable: Flask) -> None:
    one = submitted(writable)
    [link] = [
        str(a["href"])
        for a in page_at(client, secret(one)).all("a")
        if "withdraw=1" in str(a.get("href"))
    ]

    asking = client.get(link)
    assert "Yes, withdraw it" in Page(asking.get_data(as_text=True)).text
    assert present(writable, one).state is State.PENDING
    for _ in range(2):  # a second click is no error
        response = client.post(secret(one), data={"action": "withdraw"})
        assert response.status_code == 303
    assert present(writable, one).state is State.WITHDRAWN
    assert len(present(writable, one).events) == 2
    assert TEXT in page_at(client, secret(one)).text
    assert TEXT not in page_at(client, public(one)).text
    assert "What it said is not published." in page_at(client, public(one)).text


def test_what_is_settled_takes_no_addition_and_loses_no_text(
    client: FlaskClient, writable: Flask
) -> None:
    one = submitted(writable)
    form = form_at(client, secret(one))
    decided(writable, one.correction.id, Decision.REJECT)

    response = sent(client, form, message="But wait, there is more.")
    page = Page(response.get_data(as_text=True))

    assert response.status_code == 409
    assert "This correction is settled" in page.text
    assert "But wait, there is more." in page.text
    assert [form for form in page.all("form") if form.get("method") == "post"] == []
    assert present(writable, one).events[-1].kind is EventKind.REJECTED


def test_a_form_of_another_site_changes_nothing(client: FlaskClient, writable: Flask) -> None:
    one = submitted(writable)

    response = client.post(
        secret(one), data={"action": "withdraw"}, headers={"Origin": "https://evil.example"}
    )

    assert response.status_code == 403
    assert present(writable, one).state is State.PENDING


def test_while_the_store_cannot_be_written_the_addition_stays(
    client: FlaskClient, writable: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = submitted(writable)
    form = form_at(client, secret(one))

    def away(*_: object, **__: object) -> None:
        raise StoreAway("the disk is full")

    monkeypatch.setattr(Corrections, "add", away)
    response = sent(client, form, message="One more thing.")

    assert response.status_code == 503
    assert Form(response.get_data(as_text=True)).values["message"] == "One more thing."


# --- After it is decided. ---------------------------------------------------------------------


def test_what_was_accepted_is_public_with_its_reason_and_its_revision(
    client: FlaskClient, writable: Flask
) -> None:
    one = submitted(writable, "US-RI", proposed=proposal(writable, "US-RI", min_age=25))
    after = decided(writable, one.correction.id, Decision.ACCEPT)

    for address in (public(one), secret(one)):
        page = page_at(client, address)
        for shown in ("Accepted", TEXT, REASON, "Accepted, by ada", "What was changed",
                      "added: 25", f"Revision {after.revision} in the history"):  # fmt: skip
            assert shown in page.text
        assert "What was proposed" not in page.text  # it is the same
    leads_to = f"/jurisdictions/US-RI#revision-{after.revision}"
    page = page_at(client, public(one))
    assert leads_to in [a.get("href") for a in page.all("a")]
    history = page_at(client, "/jurisdictions/US-RI")
    assert leads_to.split("#")[1] in [li.get("id") for li in history.all("li")]
    assert public(one) in [a.get("href") for a in history.all("a")]


def test_what_was_taken_back_tells_both(client: FlaskClient, writable: Flask) -> None:
    one = submitted(writable, "US-TX", proposed=proposal(writable, "US-TX", min_age=25))
    decided(writable, one.correction.id, Decision.ACCEPT)
    undone(writable, one.correction.id)

    page = page_at(client, public(one))

    for shown in ("Taken back, by ada", "It was a draft.", "What was set back", "removed: 25",
                  "What was proposed", "added: 25"):  # fmt: skip
        assert shown in page.text


def test_what_was_rejected_is_public_with_its_reason(client: FlaskClient, writable: Flask) -> None:
    one = submitted(writable)
    decided(writable, one.correction.id, Decision.REJECT, "The act never passed.")

    page = page_at(client, public(one))

    for shown in ("Rejected, by ada", TEXT, "The act never passed.", "The act"):
        assert shown in page.text


def test_spam_is_never_public(client: FlaskClient, writable: Flask) -> None:
    one = submitted(writable, message="Buy it at our shop.")
    decided(writable, one.correction.id, Decision.REJECT, "An advertisement.", spam=True)

    page = page_at(client, public(one))

    assert "marked as spam" in page.text
    for hidden in ("Buy it", "law.example.org", "An advertisement.", "by ada"):
        assert hidden not in page.text


def test_a_bare_period_as_programs_send_it_is_shown_as_its_change(
    client: FlaskClient, writable: Flask
) -> None:
    one = submitted(writable, proposed={"from": "2027-01-01", "status": "prohibited"})

    page = page_at(client, secret(one))

    assert "Period from 1 January 2027: added" in page.text


def test_a_proposal_that_cannot_be_read_any_more_is_said_to_be(
    client: FlaskClient, writable: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = submitted(writable, proposed=proposal(writable, min_age=19))
    kept = present(writable, one)
    events = (_with(kept.events[0], proposed={"periods": "of another form"}),)
    monkeypatch.setattr(Corrections, "one", lambda *_: _with(kept, events=events))

    assert "of a form that is not read any more" in page_at(client, secret(one)).text


def _with(one: Any, **values: Any) -> Any:
    return replace(one, **values)


@pytest.mark.parametrize("text", [HOSTILE, RIGHT_TO_LEFT, LONG.strip(), "W" * 5_000])
def test_any_text_is_shown_as_text(client: FlaskClient, writable: Flask, text: str) -> None:
    source = {"url": "https://example.org/?a=%3Cb%3E&c='d'", "title": text[:400]}
    one = submitted(
        writable, message=text, sources=[source], proposed=proposal(writable, summary=text)
    )
    decided(writable, one.correction.id, Decision.REJECT, text)

    for address in (public(one), secret(one)):
        page = page_at(client, address)
        assert page.text.count(" ".join(text.split())) >= 3
        assert all((image["src"] or "").startswith("/") for image in page.all("img"))
        [cited] = [a for a in page.all("a") if "example.org" in str(a.get("href"))]
        assert cited["href"] == source["url"]
        assert set(cited) == {"href", "rel"}


def test_the_contact_is_on_no_page(client: FlaskClient, writable: Flask) -> None:
    contact = {"name": "Grace Hopper", "email": "grace@example.org"}
    one = submitted(writable, submitter=contact)
    decided(writable, one.correction.id, Decision.REJECT)

    for address in (public(one), secret(one), "/corrections"):
        html = client.get(address).get_data(as_text=True)
        assert "Hopper" not in html
        assert "grace@" not in html
