"""What comes in with a correction: what is taken, what is filled in, and what is refused where."""

from __future__ import annotations

from typing import Any

import pytest

from regmap.domain.corrections import CitedSource, Contact
from regmap.schemas.corrections import (
    MOST_SOURCES,
    DecisionSchema,
    UndoSchema,
    addition_from_document,
    submission_from_document,
)
from regmap.schemas.documents import understood
from tests.schemas.proposed import ACT, errors_of
from tests.served import HOSTILE, RIGHT_TO_LEFT

NOTHING = object()


def a_submission(**values: Any) -> dict[str, Any]:
    """A good submission with other values; NOTHING leaves one out."""
    given = {
        "jurisdiction": "US-VA",
        "substance": "kratom",
        "message": "The minimum age is 21.",
        "sources": [ACT],
        **values,
    }
    return {name: value for name, value in given.items() if value is not NOTHING}


# --- Submissions. -------------------------------------------------------------------------------


def test_a_submission_is_read_with_its_sources_and_its_submitter() -> None:
    submitter = {"name": "Ann", "email": "ann@example.org"}
    sources = [{"url": "https://example.org/act", "title": "The act"}, {"url": "http://a.b"}]

    given = submission_from_document(a_submission(sources=sources, submitter=submitter))

    assert given["sources"] == (
        CitedSource("https://example.org/act", "The act"),
        CitedSource("http://a.b"),
    )
    assert given["submitter"] == Contact("Ann", "ann@example.org")
    assert (given["message"], given["proposed"]) == ("The minimum age is 21.", None)


@pytest.mark.parametrize(
    "values",
    [
        {"message": "Ten chars."},
        {"message": NOTHING, "proposed": {"status": "prohibited", "from": "2024"}},
        {"message": "Short", "proposed": {"status": "prohibited", "from": "2024"}},
        {"message": "x" * 10_000},
        {"message": "Two\nlines,\tand a tab."},
        {"sources": [ACT] * MOST_SOURCES},
        {"submitter": None},
        {"submitter": {}},
        {"submitter": {"name": None, "email": None}},
        {"sources": [{"url": "HTTPS://example.org/x", "title": None}]},
    ],
)
def test_what_is_enough_is_taken(values: dict[str, Any]) -> None:
    assert submission_from_document(a_submission(**values))["jurisdiction"] == "US-VA"


@pytest.mark.parametrize("text", [HOSTILE, RIGHT_TO_LEFT, "=HYPERLINK(1)", "{{7*7}} %s ${1}"])
def test_text_of_any_kind_stays_as_it_was_written(text: str) -> None:
    given = submission_from_document(
        a_submission(
            message=text + " and more",
            sources=[{"url": ACT["url"], "title": text}],
            submitter={"name": text},
        )
    )

    assert given["message"] == text + " and more"
    assert given["sources"][0].title == text
    assert given["submitter"].name == text


BAD_SUBMISSIONS: dict[str, tuple[dict[str, Any], set[str]]] = {
    "nothing said": ({"message": NOTHING}, {"message"}),
    "nothing meant": ({"message": None, "proposed": None}, {"message"}),
    "too short": ({"message": "Wrong age"}, {"message"}),
    "blank": ({"message": " " * 20}, {"message"}),
    "short but for its blanks": ({"message": "abc" + " " * 20}, {"message"}),
    "too long": ({"message": "x" * 10_001}, {"message"}),
    "a null byte": ({"message": "The age is 21.\x00"}, {"message"}),
    "half a surrogate pair": ({"message": "The age is 21.\ud800"}, {"message"}),
    **{
        f"U+{ord(one):04X}, which is no character, in {named}": ({field: value}, {named})
        for one in "\ufdd0\ufdef\ufffe\uffff\U0001fffe\U0010ffff"
        for field, value, named in (
            ("message", f"The age is 21.{one}", "message"),
            ("submitter", {"name": f"Ann{one}"}, "submitter.name"),
            ("sources", [{**ACT, "title": one}], "sources.0.title"),
            ("sources", [{"url": f"{ACT['url']}{one}"}], "sources.0.url"),
        )
    },
    "no text": ({"message": 12_345_678_901}, {"message"}),
    "a list for a text": ({"message": ["The age is 21."]}, {"message"}),
    "no source": ({"sources": []}, {"sources"}),
    "sources left out": ({"sources": NOTHING}, {"sources"}),
    "sources null": ({"sources": None}, {"sources"}),
    "sources no list": ({"sources": ACT}, {"sources"}),
    "21 sources": ({"sources": [ACT] * 21}, {"sources"}),
    "a source without address": ({"sources": [{"title": "x"}]}, {"sources.0.url"}),
    "a source that is a text": ({"sources": [ACT["url"]]}, {"sources.0"}),
    "an unknown field of a source": ({"sources": [{**ACT, "kind": "x"}]}, {"sources.0.kind"}),
    "a source's title too long": (
        {"sources": [ACT, {**ACT, "title": "x" * 501}]},
        {"sources.1.title"},
    ),
    "no jurisdiction": ({"jurisdiction": NOTHING}, {"jurisdiction"}),
    "a jurisdiction of another kind": ({"jurisdiction": ["US-VA"]}, {"jurisdiction"}),
    "an empty jurisdiction": ({"jurisdiction": ""}, {"jurisdiction"}),
    "a long jurisdiction": ({"jurisdiction": "x" * 81}, {"jurisdiction"}),
    "no substance": ({"substance": None}, {"substance"}),
    "a proposal that is a text": ({"proposed": "prohibited"}, {"proposed"}),
    "a proposal that is a list": ({"proposed": [{}]}, {"proposed"}),
    "a submitter that is a text": ({"submitter": "Ann"}, {"submitter"}),
    "a name too long": ({"submitter": {"name": "x" * 201}}, {"submitter.name"}),
    "a blank name": ({"submitter": {"name": " "}}, {"submitter.name"}),
    "no e-mail address": ({"submitter": {"email": "ann"}}, {"submitter.email"}),
    "an address with a line break": (
        {"submitter": {"email": "ann@example.org\nBcc: x@example.org"}},
        {"submitter.email"},
    ),
    "an address too long": (
        {"submitter": {"email": f"{'x' * 60}@{'y' * 60}.{'z' * 200}.org"}},
        {"submitter.email"},
    ),
    "an unknown field": ({"state": "accepted"}, {"state"}),
    "an unknown field of the submitter": ({"submitter": {"role": "admin"}}, {"submitter.role"}),
    "several at once": (
        {"message": " ", "sources": [{"url": "x"}], "substance": 5},
        {"message", "sources.0.url", "substance"},
    ),
}


@pytest.mark.parametrize(
    ("values", "fields"),
    BAD_SUBMISSIONS.values(),
    ids=BAD_SUBMISSIONS,
)
def test_what_is_wrong_with_a_submission_is_told_by_field(
    values: dict[str, Any], fields: set[str]
) -> None:
    errors = errors_of(lambda: submission_from_document(a_submission(**values)))

    assert set(errors) == fields
    assert all(message for messages in errors.values() for message in messages)


@pytest.mark.parametrize("document", [None, [], "text", 5, [a_submission()]])
def test_what_is_no_object_is_no_submission(document: Any) -> None:
    assert set(errors_of(lambda: submission_from_document(document))) == {"body"}


BAD_URLS = [
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    "data:text/html,x",
    "ftp://example.org/act",
    "file:///etc/passwd",
    "//example.org/act",
    "example.org/act",
    "/act",
    "https://",
    "https:///act",
    "https:example.org",
    "https://[::1",
    "https://example.org/a b",
    "https://example.org/\nact",
    " https://example.org",
    "https://example.org/\u202eact",
    "https://example.org/\x00",
    "https://example.org/" + "x" * 2_000,
    "",
    None,
    5,
    ["https://example.org"],
]


@pytest.mark.parametrize("url", BAD_URLS)
def test_an_address_that_is_not_http_is_refused(url: Any) -> None:
    errors = errors_of(lambda: submission_from_document(a_submission(sources=[ACT, {"url": url}])))

    assert set(errors) == {"sources.1.url"}


# --- Additions, decisions. ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "document",
    [{"message": "Yes."}, {"sources": [ACT]}, {"proposed": {"status": "prohibited"}}],
)
def test_an_addition_may_be_short(document: dict[str, Any]) -> None:
    given = addition_from_document(document)

    assert given["message"] == document.get("message")
    assert given["proposed"] == document.get("proposed")
    assert len(given["sources"]) == len(document.get("sources", []))


@pytest.mark.parametrize(
    ("document", "fields"),
    [
        ({}, {"message"}),
        ({"message": None, "proposed": None, "sources": []}, {"message"}),
        ({"message": ""}, {"message"}),
        ({"sources": [ACT] * 21}, {"sources"}),
        ({"sources": [{"url": "data:x"}]}, {"sources.0.url"}),
        ({"message": "Yes.", "submitter": {"name": "Ann"}}, {"submitter"}),
        ({"message": "Yes.", "state": "accepted"}, {"state"}),
        ([], {"body"}),
        (None, {"body"}),
    ],
)
def test_what_is_wrong_with_an_addition_is_told_by_field(document: Any, fields: set[str]) -> None:
    assert set(errors_of(lambda: addition_from_document(document))) == fields


@pytest.mark.parametrize(
    ("document", "fields"),
    [
        ({"decision": "accept"}, {"note"}),
        ({"decision": "accept", "note": " "}, {"note"}),
        ({"note": "So."}, {"decision"}),
        ({"decision": "undo", "note": "So."}, {"decision"}),
        ({"decision": ["accept"], "note": "So."}, {"decision"}),
        ({"decision": "reject", "note": "So.", "spam": 1}, {"spam"}),
        ({"decision": "accept", "note": "So.", "record": "x"}, {"record"}),
        ({"decision": "accept", "note": "So.", "by": "bob"}, {"by"}),
    ],
)
def test_a_decision_says_what_and_why(document: dict[str, Any], fields: set[str]) -> None:
    assert set(errors_of(lambda: understood(DecisionSchema(), document))) == fields


def test_taking_back_has_its_reason() -> None:
    assert understood(UndoSchema(), {"note": "Another act."}) == {"note": "Another act."}
    assert set(errors_of(lambda: understood(UndoSchema(), {}))) == {"note"}
