"""The ledger of corrections: who sees what, and the list."""

from __future__ import annotations

from tests.api.desk import (
    CONTACT,
    CORRECTIONS,
    FIELDS,
    PERIOD,
    PROPOSAL,
    REVIEWER,
    Office,
    secret_of,
    texts_in,
)
from tests.api.lists import every_item, links
from tests.served import json_of

# --- Who sees what. ------------------------------------------------------------------------------


def test_until_it_is_decided_nobody_else_reads_what_was_written(office: Office) -> None:
    made = office.submit({**PROPOSAL, "submitter": CONTACT})

    shown = office.shown(made["id"])

    assert set(shown) == FIELDS
    assert texts_in(shown) == []
    kept = ("id", "state", "jurisdiction", "substance", "submitted_at")
    assert [shown[name] for name in kept] == [made[name] for name in kept]
    assert [event["kind"] for event in shown["events"]] == ["submitted"]


def test_the_submitter_reads_it_with_the_secret(office: Office) -> None:
    made = office.submit({**PROPOSAL, "submitter": CONTACT})

    response = office.client.get(made["url"], headers=secret_of(made))

    shown = json_of(response)
    assert shown == {name: made[name] for name in FIELDS}
    assert CONTACT["email"] not in response.get_data(as_text=True)
    assert response.headers["Cache-Control"] == "no-store"
    assert "ETag" not in response.headers


def test_a_curator_reads_all_of_it_and_who_sent_it(office: Office) -> None:
    made = office.submit({**PROPOSAL, "submitter": CONTACT})

    response = office.client.get(made["url"], headers=office.bearer(REVIEWER))

    shown = json_of(response)
    assert shown["message"] == PROPOSAL["message"]
    assert shown["submitter"] == {**CONTACT, "curator": None}
    assert response.headers["Cache-Control"] == "no-store"


def test_once_it_is_accepted_everybody_reads_it_but_not_who_sent_it(office: Office) -> None:
    made = office.submit(
        {**PROPOSAL, "jurisdiction": "US-NV", "proposed": {**PERIOD, "from": "2026-11-01"}},
        submitter=CONTACT,
    )
    json_of(office.decide(made["id"], "accept"))

    response = office.client.get(made["url"])
    shown = json_of(response)

    assert shown["state"] == "accepted"
    assert shown["message"] == PROPOSAL["message"]
    assert (shown["reason"], shown["decided_by"]) == ("Checked against the code.", REVIEWER)
    assert shown["submitter"] is None
    assert isinstance(shown["revision"], int)
    assert shown["decided_at"] == shown["changed_at"]
    for text in CONTACT.values():
        assert text not in response.get_data(as_text=True)


def test_a_rejected_one_is_public_and_spam_is_not(office: Office) -> None:
    honest, spam = (office.submit(message=f"Buy at my shop, {n} times.") for n in range(2))
    json_of(office.decide(honest["id"], "reject"))
    json_of(office.decide(spam["id"], "reject", spam=True))

    rejected, hidden = office.shown(honest["id"]), office.shown(spam["id"])

    assert (rejected["state"], hidden["state"]) == ("rejected", "rejected")
    assert (rejected["spam"], hidden["spam"]) == (False, True)
    assert rejected["message"] == honest["message"]
    assert texts_in(hidden) == []


def test_a_withdrawn_one_shows_no_word_of_it(office: Office) -> None:
    made = office.submit(PROPOSAL)
    office.client.delete(made["url"], headers=secret_of(made))

    shown = office.shown(made["id"])

    assert shown["state"] == "withdrawn"
    assert texts_in(shown) == []


def test_a_public_answer_is_kept_only_to_be_asked_again(office: Office) -> None:
    made = office.submit()
    public = office.client.get(made["url"])

    known = {"If-None-Match": public.headers["ETag"]}
    same = office.client.get(made["url"], headers=known)
    json_of(office.decide(made["id"], "reject"))
    decided = office.client.get(made["url"], headers=known)

    assert public.headers["Cache-Control"] == "no-cache"
    assert {"Authorization", "X-Correction-Secret"} <= set(public.headers["Vary"].split(", "))
    assert (same.status_code, decided.status_code) == (304, 200)


def test_a_compressed_answer_differs_by_who_asks_too(office: Office) -> None:
    made = office.submit()

    response = office.client.get(made["url"], headers={"Accept-Encoding": "gzip"})

    names = {
        name.strip() for value in response.headers.getlist("Vary") for name in value.split(",")
    }
    assert names == {"Authorization", "X-Correction-Secret", "Accept-Encoding"}


# --- The list. -----------------------------------------------------------------------------------


def test_the_ledger_lists_every_correction_once_the_newest_first(office: Office) -> None:
    made = [office.submit()["id"] for _ in range(3)]

    items = every_item(office.client, f"{CORRECTIONS}?page_size=2")

    assert [one["id"] for one in items[:3]] == made[::-1]
    assert len({one["id"] for one in items}) == len(items) == len(office.written()[1])
    moments = [one["submitted_at"] for one in items]
    assert moments == sorted(moments, reverse=True)
    assert all(set(one) == FIELDS for one in items)


def test_the_ledger_is_a_list_like_the_others(office: Office) -> None:
    office.submit()
    response = office.client.get(f"{CORRECTIONS}?page_size=1&state=pending")

    body = json_of(response)
    assert (body["page"], body["page_size"], len(body["items"])) == (1, 1, 1)
    assert "state=pending" in links(response.headers["Link"])["last"]
    etag = response.headers["ETag"]
    again = office.client.get(
        f"{CORRECTIONS}?page_size=1&state=pending", headers={"If-None-Match": etag}
    )
    assert again.status_code == 304


def test_the_ledger_is_narrowed_by_state_jurisdiction_and_substance(office: Office) -> None:
    made = office.submit(jurisdiction="TH", substance="7-oh")
    gone = office.submit(jurisdiction="TH")
    office.client.delete(gone["url"], headers=secret_of(gone))

    def ids(query: str) -> list[str]:
        items = json_of(office.client.get(f"{CORRECTIONS}?{query}"))["items"]
        return [one["id"] for one in items]

    assert ids("jurisdiction=TH") == [gone["id"], made["id"]]
    assert ids("jurisdiction=TH&state=pending,needs_info") == [made["id"]]
    assert ids("jurisdiction=TH&state=withdrawn") == [gone["id"]]
    assert ids("jurisdiction=TH&substance=7-oh") == [made["id"]]
    assert ids("jurisdiction=MM") == []


def test_a_curator_lists_what_was_written_and_by_whom(office: Office) -> None:
    made = office.submit(PROPOSAL, jurisdiction="US-ME", submitter=CONTACT)
    url = f"{CORRECTIONS}?jurisdiction=US-ME"

    response = office.client.get(url, headers=office.bearer(REVIEWER))
    public = json_of(office.client.get(url))

    [item] = json_of(response)["items"]
    assert (item["id"], item["submitter"]["email"]) == (made["id"], CONTACT["email"])
    assert response.headers["Cache-Control"] == "no-store"
    assert "ETag" not in response.headers
    assert 'rel="first"' in response.headers["Link"]
    assert [texts_in(one) for one in public["items"]] == [[]]
