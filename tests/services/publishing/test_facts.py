"""The changelog of facts: what became another, why, and nothing else."""

from __future__ import annotations

import re
from typing import Any

import pytest

from regmap.store.revisions import Edit
from tests.served import HOSTILE, RIGHT_TO_LEFT
from tests.services.publishing.releasing import Publisher


def changelog(publisher: Publisher, **asked: Any) -> str:
    """The changelog of a new release, without its title."""
    folder = publisher.release(**asked).package.folder
    return (folder / "CHANGELOG.md").read_text("utf-8").partition("\n\n")[2]


def sections(told: str) -> dict[str, list[str]]:
    """The facts of a changelog by their heading."""
    found: dict[str, list[str]] = {}
    for line in told.splitlines():
        if line.startswith("## "):
            found[line[3:]] = []
        elif line.startswith("- "):
            found[list(found)[-1]].append(line[2:])
    return found


def test_a_correction_is_told_as_one_and_as_nothing_else(publisher: Publisher) -> None:
    n = publisher.released_to() + 1
    publisher.correct("US-VA", last_period={"min_age": 25}, reason="The code says 25.")

    assert sections(changelog(publisher)) == {
        "Record corrected": [
            "**Virginia** (`US-VA`), Kratom: from 2023-07-01, regulated from age 21 → regulated"
            f" from age 25. Why: The code says 25. (correction `c-1`, revision {n})."
        ]
    }


def test_news_of_the_law_is_told_as_such(publisher: Publisher) -> None:
    n = publisher.released_to() + 1
    record = publisher.present("US-VA")
    old = record["periods"][-1]
    new = {**old, "from": "2027-01-01", "status": "sale_prohibited", "min_age": None}
    new |= {"sale": "prohibited", "rules": {"kcpa": False}}
    old["to"] = "2027-01-01"
    publisher.record(Edit(("US-VA", "kratom"), record | {"periods": [old, new]}, "ana", "An act."))

    (fact,) = sections(changelog(publisher))["Law changed"]

    assert fact.startswith(
        "**Virginia** (`US-VA`), Kratom: from 2027-01-01, regulated from age 21 → sale prohibited ("
    )
    assert "sale: restricted → prohibited; " in fact or "sale: allowed → prohibited; " in fact
    assert "rule kcpa: yes → no" in fact
    assert fact.endswith(f"Why: An act. (revision {n}).")


def test_a_better_source_leaves_the_law_as_it_was_told(publisher: Publisher) -> None:
    n = publisher.released_to() + 1
    publisher.correct("US-VA", last_period={"summary": "For adults.", "confidence": "low"})

    assert sections(changelog(publisher)) == {
        "Record corrected": [
            "**Virginia** (`US-VA`), Kratom: the law is told as before; changed: `confidence`,"
            f" `summary`. Why: It was wrong. (correction `c-1`, revision {n})."
        ]
    }


def test_every_reason_since_the_release_before_is_given(publisher: Publisher) -> None:
    publisher.correct("US-VA", last_period={"min_age": 30}, correction="c-0")
    n = publisher.released_to() + 1
    publisher.correct("US-VA", last_period={"min_age": 25}, correction="c-1", reason="One.")
    publisher.correct("US-VA", last_period={"min_age": 26}, correction="c-2", reason="Two.")

    (fact,) = sections(changelog(publisher))["Record corrected"]

    assert "from age 30 → regulated from age 26." in fact
    assert fact.endswith(
        f"Why: One. (correction `c-1`, revision {n}); Two. (correction `c-2`, revision {n + 1})."
    )


def test_what_was_taken_back_is_no_fact(publisher: Publisher) -> None:
    publisher.release()
    before = publisher.present("US-VA")
    publisher.correct("US-VA", last_period={"min_age": 25})
    publisher.record(Edit(("US-VA", "kratom"), before, "ana", "It was right."))

    told = changelog(publisher)

    assert sections(told) == {}
    assert "No fact is another." in told


def test_a_removed_and_a_new_record_are_told(publisher: Publisher) -> None:
    publisher.release()
    record = publisher.present("US-VA") | {"substance": "7-oh"}
    publisher.record(
        Edit(("US-VA", "kratom"), None, "ana", "Twice there."),
        Edit(("US-VA", "7-oh"), record, "b", "N."),
    )

    found = sections(changelog(publisher))

    assert found["Record corrected"][0].startswith(
        "**Virginia** (`US-VA`), Kratom: was removed from the data set. Why: Twice there."
    )
    assert any("(`US-VA`), 7-OH: " in fact for facts in found.values() for fact in facts)


def test_a_record_that_comes_back_is_told_once_and_as_new(publisher: Publisher) -> None:
    record = publisher.present("US-VA")
    publisher.record(Edit(("US-VA", "kratom"), None, "ana", "Twice there."))
    publisher.release()
    publisher.record(Edit(("US-VA", "kratom"), record, "ana", "It was the only one."))

    found = sections(changelog(publisher))

    assert list(found) == ["Recorded for the first time"]
    assert len(found["Recorded for the first time"]) == 1


def test_a_corrected_name_is_told_of_the_jurisdiction_itself(publisher: Publisher) -> None:
    n = publisher.released_to() + 1
    itself = publisher.present("US-VA", None) | {"name": "Old Dominion"}
    publisher.record(Edit(("US-VA", None), itself, "ana", "Its name."))

    assert sections(changelog(publisher))["Record corrected"] == [
        "**Old Dominion** (`US-VA`): the jurisdiction itself; changed: `name`. Why: Its name."
        f" (revision {n})."
    ]


@pytest.mark.parametrize("text", [HOSTILE, RIGHT_TO_LEFT, "a\n## Law changed\n- b", "*a* [b](c) |"])
def test_a_text_by_anyone_stays_text_on_its_line(publisher: Publisher, text: str) -> None:
    n = publisher.released_to() + 1
    publisher.correct("US-VA", last_period={"min_age": 25}, reason=text)

    told = changelog(publisher)

    assert list(sections(told)) == ["Record corrected"]
    (fact,) = sections(told)["Record corrected"]
    assert fact.endswith(f"(correction `c-1`, revision {n}).")
    acting = re.findall(r"(?<!\\)[<>*_|#\[\]\u202e]", fact.partition("Why: ")[2])
    assert acting == []
