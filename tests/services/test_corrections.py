"""Corrections from their submitters' side, on a real store."""

from __future__ import annotations

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from regmap.domain.corrections import (
    Contact,
    EventKind,
    State,
)
from regmap.domain.errors import (
    InvalidValue,
    NotAllowed,
    UnknownJurisdiction,
)
from regmap.schemas.corrections import KEY_LENGTHS
from regmap.schemas.record import record_to_document
from regmap.services.corrections import Corrections
from regmap.services.snapshot import Geography
from regmap.store.database import Database
from tests.builders import a_period, a_record
from tests.services.corrections_model import (
    ANN,
    BAN,
    KEYS,
    NOON,
    SOURCE,
    TODAY,
    Office,
    a_submission,
    an_office,
)

KEY = "a key of a form, made anew"
CONTACT = {"name": "Petronella Quux", "email": "petronella.quux@example.org"}
SETTLED = [State.ACCEPTED, State.REJECTED, State.WITHDRAWN, State.UNDONE]


@pytest.fixture
def office(database: Database, geography: Geography, monkeypatch: pytest.MonkeyPatch) -> Office:
    return an_office(database, geography, monkeypatch)


def errors_of(office: Office, **values: Any) -> dict[str, list[str]]:
    """What is wrong with a submission, of which nothing was taken in."""
    before = office.contents()
    with pytest.raises(InvalidValue) as raised:
        office.submit(**values)
    assert office.contents() == before
    return raised.value.errors


# --- Handing in. --------------------------------------------------------------------------------


def test_a_correction_is_taken_in_as_it_was_sent(office: Office) -> None:
    taken = office.submitted(submitter=CONTACT, by=ANN, base=1)

    one = taken.correction
    assert taken.is_new
    assert office.corrections.one(one.id) == one
    assert (one.jurisdiction, one.substance, one.state) == ("US-VA", "kratom", State.PENDING)
    assert (one.version, one.base_revision, one.submitted_by) == (1, 1, "ann")
    assert (one.submitted_at, one.changed_at, one.decided_at) == (office.now, office.now, None)
    assert one.contact == Contact("Petronella Quux", "petronella.quux@example.org")
    assert [event.kind for event in one.events] == [EventKind.SUBMITTED]
    assert one.message == "The minimum age is 21."
    assert [cited.url for cited in one.sources] == [SOURCE["url"]]


def test_a_submission_rests_on_the_present_state_unless_it_says_what_was_seen(
    office: Office,
) -> None:
    newest = len(office.log())

    bases = {base: office.submitted(base=base).correction.base_revision for base in (0, 2, 99, -5)}

    assert office.submit().base_revision == newest
    assert bases == {0: 0, 2: 2, 99: newest, -5: 0}  # nobody can have seen what is still to come


def test_a_submitter_without_name_and_address_is_none(office: Office) -> None:
    assert office.submit(submitter={}).contact is None
    assert office.submit(submitter={"name": None, "email": None}).contact is None
    assert office.submit(submitter={"email": "x@example.org"}).contact == Contact(
        None, "x@example.org"
    )


def test_a_proposal_is_kept_whole_with_the_sources_of_the_correction(office: Office) -> None:
    proposed = office.submit(proposed=BAN, message=None).proposed

    assert proposed["status"] == "prohibited"
    assert proposed["sources"] == [
        {
            "title": "The act",
            "url": SOURCE["url"],
            "publisher": None,
            "kind": "government",
            "published": None,
        }
    ]


def test_ids_and_secrets_are_of_nobody_else(office: Office) -> None:
    taken = [office.submitted() for _ in range(30)]

    assert len({one.correction.id for one in taken}) == 30
    assert len({one.secret for one in taken}) == 30
    assert all(len(str(one.secret)) == 43 for one in taken)
    assert not any(one.correction.id in str(one.secret) for one in taken)


# --- What is refused. ---------------------------------------------------------------------------


def test_what_it_is_about_must_exist(office: Office) -> None:
    before = office.contents()
    for id in ("US-XX", "us-va", "nowhere", "US-VA "):
        with pytest.raises(UnknownJurisdiction):
            office.submit(jurisdiction=id)
    assert set(errors_of(office, substance="coffee")) == {"substance"}
    assert office.contents() == before


BAD_PERIODS: dict[str, tuple[dict[str, Any], set[str]]] = {
    "possession allowed under a ban": (
        {**BAN, "possession": "allowed"},
        {"proposed.possession"},
    ),
    "an end before its start": ({**BAN, "to": "2026-12-31"}, {"proposed.to", "proposed.from"}),
    "an end on its start": ({**BAN, "to": "2027-01-01"}, {"proposed.to", "proposed.from"}),
    "inside a rule that stays open": ({**BAN, "to": "2028"}, {"proposed.from"}),
    "over the border of two rules": (
        {"status": "prohibited", "from": "2020", "to": "2024"},
        {"proposed.from", "proposed"},
    ),
    "open in the middle": (
        {"status": "prohibited", "from": "2020"},
        {"proposed.from", "proposed"},
    ),
    "city limits in a state": ({**BAN, "extent": "unincorporated"}, {"proposed.extent"}),
    "evidence of tomorrow": (
        {**BAN, "sources": [{**SOURCE, "published": "2026-11-24"}]},
        {"proposed.sources.0.published", "proposed"},
    ),
    "an ending without an end": (
        {**BAN, "ended_by": {"summary": "Repealed.", "sources": []}},
        {"proposed.ended_by"},
    ),
}


@pytest.mark.parametrize(("period", "fields"), BAD_PERIODS.values(), ids=BAD_PERIODS)
def test_a_period_that_contradicts_the_record_is_refused_by_its_own_fields(
    office: Office, period: dict[str, Any], fields: set[str]
) -> None:
    assert set(errors_of(office, proposed=period)) == fields


def test_a_record_that_contradicts_itself_is_refused_by_the_path(office: Office) -> None:
    overlapping = record_to_document(
        a_record("US-VA", a_period("regulated", "2019"), a_period("prohibited", "2023"))
    )

    assert set(errors_of(office, proposed=overlapping)) == {"proposed.periods.1.from"}


def test_a_county_cannot_set_other_counties_rules_aside(office: Office) -> None:
    period = {"status": "regulated", "from": "2024", "rules": {"preempts_local": True}}

    errors = errors_of(office, jurisdiction="US-VA-fairfax-county", proposed=period)

    assert set(errors) == {"proposed.rules.preempts_local"}


def test_a_period_is_placed_in_the_record_that_the_submitter_saw(office: Office) -> None:
    seen = office.source.refreshed().snapshot.revision
    office.revise(a_record("US-VA", a_period("prohibited", "2026-06")))

    taken = office.submitted(proposed={"status": "regulated", "from": "2024"}, base=seen)

    assert taken.correction.base_revision == seen
    assert set(errors_of(office, proposed={"status": "regulated", "from": "2024"})) == {"proposed"}


# --- The same again. ----------------------------------------------------------------------------


def test_the_same_key_with_the_same_contents_is_the_same_correction(office: Office) -> None:
    first = office.submitted(key=KEY)
    before = office.contents()

    again = office.submitted(key=KEY)

    assert (again.correction, again.secret) == (first.correction, first.secret)
    assert (first.is_new, again.is_new) == (True, False)
    assert office.contents() == before


def test_a_repeat_is_answered_whatever_has_moved_since(office: Office) -> None:
    first = office.submitted(key=KEY, proposed=BAN)
    office.decide(first.correction.id)
    office.revise(a_record("US-VA", a_period("prohibited", "2028")))  # BAN would overlap it now

    again = office.submitted(key=KEY, proposed=BAN)

    assert (again.correction.id, again.secret) == (first.correction.id, first.secret)
    assert again.correction.state is State.ACCEPTED


def test_the_same_key_with_other_contents_is_refused(office: Office) -> None:
    office.submitted(key=KEY)

    assert set(errors_of(office, key=KEY, message="Another matter.")) == {"Idempotency-Key"}
    assert set(errors_of(office, key=KEY, message="\ud800")) == {"Idempotency-Key"}


def test_without_a_key_each_is_another(office: Office) -> None:
    assert office.submit().id != office.submit().id


@pytest.mark.parametrize(
    "key", ["", "short", "x" * KEY_LENGTHS.stop, "tab\tin it, long", "größere Länge", "\x00" * 9]
)
def test_a_key_that_cannot_be_one_is_refused(office: Office, key: str) -> None:
    assert set(errors_of(office, key=key)) == {"Idempotency-Key"}


def test_a_key_is_not_kept_in_the_clear(office: Office) -> None:
    office.submitted(key=KEY)

    assert KEY not in repr(office.contents())


def test_many_at_once_with_one_key_make_one_correction(office: Office) -> None:
    snapshot = office.source.refreshed().snapshot
    start = threading.Barrier(8)

    def submit(_: int) -> tuple[str, str | None, bool]:
        start.wait()
        taken = office.corrections.submit(
            snapshot, a_submission(proposed=BAN), now=NOON, today=TODAY, key=KEY
        )
        return taken.correction.id, taken.secret, taken.is_new

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(submit, range(8)))

    assert len({(id, secret) for id, secret, _ in answers}) == 1
    assert sum(is_new for _, _, is_new in answers) == 1
    assert office.corrections.listed()[1] == 1


# --- Secrets. -----------------------------------------------------------------------------------


def test_only_the_secret_of_a_correction_opens_it(office: Office) -> None:
    one, other = office.submitted(), office.submitted()
    id = one.correction.id
    forged = str(one.secret)[:-1] + ("A" if str(one.secret)[-1] != "A" else "B")
    before = office.contents()

    assert office.corrections.is_submitter(id, one.secret)
    for wrong in (other.secret, forged, id, "", None, "\ud800", str(one.secret) + " "):
        assert not office.corrections.is_submitter(id, wrong)
        with pytest.raises(NotAllowed):
            office.add(id, wrong)
        with pytest.raises(NotAllowed):
            office.withdraw(id, wrong)
    assert not office.corrections.is_submitter("no such id", one.secret)
    assert office.contents() == before


def test_a_secret_is_stored_as_its_hash_alone(office: Office) -> None:
    taken = office.submitted()
    stored = repr(office.contents())

    assert str(taken.secret) not in stored
    assert hashlib.sha256(str(taken.secret).encode()).hexdigest() in stored


def test_what_is_stored_gives_no_secret_without_the_key(office: Office) -> None:
    taken = office.submitted(key=KEY)
    thief = Corrections(office.database, ["a key that the thief of the file made up"])

    again = thief.submit(
        office.source.current().snapshot, a_submission(), now=NOON, today=TODAY, key=KEY
    )

    assert again.correction.id == taken.correction.id
    assert again.secret is None


def test_after_a_change_of_keys_secrets_stay_good_and_repeats_are_answered(
    office: Office,
) -> None:
    taken = office.submitted(key=KEY)
    office.corrections = Corrections(office.database, ["the key that came after it", *KEYS])

    again = office.submitted(key=KEY)
    new = office.submitted()

    assert again.secret == taken.secret
    assert office.corrections.is_submitter(taken.correction.id, taken.secret)
    without_the_old = Corrections(office.database, ["the key that came after it"])
    assert without_the_old.is_submitter(taken.correction.id, taken.secret)
    assert without_the_old.is_submitter(new.correction.id, new.secret)
