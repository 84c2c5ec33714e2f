"""``/corrections``: the ledger, of all corrections, without what is not public."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from regmap.domain.corrections import Decision
from regmap.http.context import desk_of
from tests.served import HOSTILE, copied_database, make_app, shared_folder
from tests.web.conftest import Page
from tests.web.correcting import NOW, decided, proposal, submitted


@pytest.fixture(scope="module")
def writable(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An app with corrections in every state, each told by its message."""
    database = copied_database(tmp_path_factory, tmp_path_factory.mktemp("ledger"))
    app = make_app(database, Path(shared_folder(tmp_path_factory) / "cache"))
    submitted(app, "TH", message="Words of one that is pending.")
    asked = submitted(app, "US-TX", message="Words of one that was asked.")
    decided(app, asked.correction.id, Decision.NEEDS_INFO, "A question for it.")
    accepted = submitted(
        app, "US-RI", message="Words of one accepted.", proposed=proposal(app, "US-RI", min_age=25)
    )
    decided(app, accepted.correction.id, Decision.ACCEPT, "A reason to accept.")
    rejected = submitted(app, "US-VA", message=f"Words of one rejected. {HOSTILE}")
    decided(app, rejected.correction.id, Decision.REJECT, f"A reason to reject. {HOSTILE}")
    spam = submitted(app, "US-VA", substance="7-oh", message="Words of an advertisement.")
    decided(app, spam.correction.id, Decision.REJECT, "A reason for spam.", spam=True)
    withdrawn = submitted(app, "US-AL", message="Words of one withdrawn.")
    desk_of(app).corrections.withdraw(withdrawn.correction.id, withdrawn.secret, now=NOW)
    return app


@pytest.fixture
def client(writable: Flask) -> FlaskClient:
    return writable.test_client()


def ledger(client: FlaskClient, query: str = "") -> Page:
    response = client.get(f"/corrections{query}")
    assert response.status_code == 200, response.get_data(as_text=True)[:500]
    page = Page(response.get_data(as_text=True))
    assert page.problems == []
    assert page.inline_scripts == []
    return page


def names(page: Page) -> list[str]:
    """The jurisdictions in the list, in order, by the start of their entries."""
    known = ("Thailand", "Texas", "Rhode Island", "Virginia", "Alabama")
    listed = page.text.split("All corrections by state")[-1].split("How corrections are decided")[0]
    found = sorted((listed.find(f"{name} ,"), name) for name in known if f"{name} ," in listed)
    return [name for _, name in found]


def test_every_state_is_counted_and_every_correction_listed(client: FlaskClient) -> None:
    page = ledger(client)

    for counted in ("Waiting for a decision: 1", "Question to the submitter: 1", "Accepted: 1",
                    "Rejected: 2", "Withdrawn: 1", "Taken back: 0", "6 corrections"):  # fmt: skip
        assert counted in page.text
    links = [a for a in page.all("a") if str(a.get("href")).startswith("/corrections/")]
    own = [a for a in links if not str(a["href"]).startswith("/corrections/new")]
    assert len(own) == 6


def test_texts_stand_there_only_once_they_are_public(client: FlaskClient) -> None:
    text = ledger(client).text

    for shown in ("Words of one accepted.", "A reason to accept.", "Words of one rejected.",
                  "A reason to reject.", " ".join(HOSTILE.split())):  # fmt: skip
        assert shown in text
    for hidden in ("Words of one that", "A question for it", "advertisement", "A reason for spam",
                   "Words of one withdrawn"):  # fmt: skip
        assert hidden not in text
    assert "Marked as spam" in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?state=accepted", ["Rhode Island"]),
        ("?state=pending", ["Thailand"]),
        ("?jurisdiction=US-VA&substance=kratom", ["Virginia"]),
        ("?jurisdiction=Texas", ["Texas"]),
        ("?jurisdiction=th", ["Thailand"]),
        ("?substance=7-oh", ["Virginia"]),
        ("?state=undone", []),
    ],
)
def test_it_is_narrowed_by_state_jurisdiction_and_substance(
    client: FlaskClient, query: str, found: list[str]
) -> None:
    page = ledger(client, query)

    assert names(page) == found
    assert ("No correction fits" in page.text) is (not found)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?state=nonsense", "state"),
        ("?state=pending,accepted", "state"),
        ("?jurisdiction=Atlantis", "jurisdiction"),
        ("?jurisdiction=" + "x" * 101, "jurisdiction"),
        ("?substance=tea", "substance"),
        ("?page=0", "page"),
        ("?page=99", "page"),
        ("?page_size=100000", "page_size"),
    ],
)
def test_what_cannot_be_used_is_named(client: FlaskClient, query: str, field: str) -> None:
    response = client.get(f"/corrections{query}")

    assert response.status_code == 422
    assert f"{field} :" in Page(response.get_data(as_text=True)).text


def test_a_long_ledger_comes_in_pages(client: FlaskClient) -> None:
    first, last = ledger(client, "?page_size=4"), ledger(client, "?page_size=4&page=2")

    assert "shown: 1 to 4" in first.text
    assert "shown: 5 to 6" in last.text
    assert any(a.get("rel") == "next" for a in first.all("a"))
    assert not any(a.get("rel") == "next" for a in last.all("a"))


def test_it_is_asked_for_again_each_time(client: FlaskClient) -> None:
    response = client.get("/corrections")
    known = {"If-None-Match": response.headers["ETag"]}

    assert response.headers["Cache-Control"] == "no-cache"
    assert "Set-Cookie" not in response.headers
    assert client.get("/corrections", headers=known).status_code == 304


def test_an_empty_ledger_says_so(app: Flask) -> None:
    assert "Nobody has handed in a correction yet." in ledger(app.test_client()).text


def test_it_leads_to_the_form_for_what_is_looked_at(client: FlaskClient) -> None:
    page = ledger(client, "?jurisdiction=US-VA&substance=7-oh")

    links = [a.get("href") for a in page.all("a")]
    assert "/corrections/new?jurisdiction=US-VA&substance=7-oh" in links
