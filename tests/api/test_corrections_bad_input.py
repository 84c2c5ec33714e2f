"""Bad submissions, through the real app: refused by name, and nothing is written."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from regmap.api.corrections import MAX_BYTES
from tests.api.desk import (
    ADMIN,
    CORRECTIONS,
    MESSAGE,
    PERIOD,
    PROPOSAL,
    SOURCE,
    Office,
    proposed,
    secret_of,
)
from tests.served import assert_problem


def record(*periods: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A submission of a whole record."""
    whole = [{**PERIOD, "to": None, "extent": "whole", **one} for one in periods]
    return {**MESSAGE, "proposed": {"periods": whole, "evidence_as_of": None, **changes}}


def without(*names: str) -> dict[str, Any]:
    """A submission that lacks something."""
    return {name: value for name, value in MESSAGE.items() if name not in names}


def cited(url: Any, **more: Any) -> dict[str, Any]:
    """A submission with one source."""
    return {**MESSAGE, "sources": [{"url": url, **more}]}


def nested(depth: int) -> Any:
    """An object in an object in an object …."""
    found: Any = 1
    for _ in range(depth):
        found = {"a": found}
    return found


NO_ADDRESSES: list[Any] = [
    "javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,<script>alert(1)</script>",
    "ftp://example.org/law", "//example.org/law", "/law", "law", "http://", "https:///law",
    "http:/example.org", "file:///etc/passwd", "vbscript:x", " https://example.org",
    "https://exa mple.org", "https://example.org\n", "java\nscript:alert(1)", "http://[::1",
    "https://example.org/\u202egro.elpmaxe", "x" * 2_001, f"https://example.org/{'x' * 2_000}", "",
    None, 1, True, [], {}, ["https://example.org"],
]  # fmt: skip

WRONG_TYPES: list[Any] = [1, 1.5, True, [], ["x"], {}, {"a": 1}]

# Every one is refused with 422, naming just these fields.
UNUSABLE: dict[str, tuple[Any, tuple[str, ...]]] = {
    "nothing": ({}, ("jurisdiction", "substance", "sources")),
    "no jurisdiction": (without("jurisdiction"), ("jurisdiction",)),
    "no substance": (without("substance"), ("substance",)),
    "no source": (without("sources"), ("sources",)),
    "an empty list of sources": ({**MESSAGE, "sources": []}, ("sources",)),
    "21 sources": ({**MESSAGE, "sources": [SOURCE] * 21}, ("sources",)),
    "a source without an address": ({**MESSAGE, "sources": [{"title": "x"}]}, ("sources.0.url",)),
    "a title of 501 characters": (
        cited("https://example.org", title="x" * 501),
        ("sources.0.title",),
    ),
    "an unknown substance": ({**MESSAGE, "substance": "tea"}, ("substance",)),
    "a substance of other letters": ({**MESSAGE, "substance": "KRATOM"}, ("substance",)),
    "no message and no proposal": (without("message"), ("message",)),
    "a short message": ({**MESSAGE, "message": "is wrong"}, ("message",)),
    "a blank message": ({**MESSAGE, "message": " \n\t" * 20}, ("message",)),
    "a message of 10,001 characters": ({**MESSAGE, "message": "x" * 10_001}, ("message",)),
    "a message with a null byte": ({**MESSAGE, "message": "The age \x00 is 25."}, ("message",)),
    "a message with a bell": ({**MESSAGE, "message": "The age \x07 is 25."}, ("message",)),
    "an e-mail address that is none": (
        {**MESSAGE, "submitter": {"email": "x"}},
        ("submitter.email",),
    ),
    "two e-mail addresses": (
        {**MESSAGE, "submitter": {"email": "a@example.org\nBcc: b@example.org"}},
        ("submitter.email",),
    ),
    "a long name": ({**MESSAGE, "submitter": {"name": "x" * 201}}, ("submitter.name",)),
    "an unknown field": ({**MESSAGE, "colour": "red"}, ("colour",)),
    "a state": ({**MESSAGE, "state": "accepted", "revision": 1}, ("state", "revision")),
    "an unknown field of a source": (cited("https://example.org", rel="x"), ("sources.0.rel",)),
    "an unknown field of the submitter": (
        {**MESSAGE, "submitter": {"phone": "x"}},
        ("submitter.phone",),
    ),
    "an empty proposal": ({**MESSAGE, "proposed": {}}, ("proposed.from", "proposed.status")),
    "an unknown field of a period": (proposed(colour="red"), ("proposed.colour",)),
    "the inside of an object": (proposed(__class__="x"), ("proposed.__class__",)),
    "an unknown status": (proposed(status="legal"), ("proposed.status",)),
    "a status of another type": (proposed(status=["regulated"]), ("proposed.status",)),
    "an unknown rule": (proposed(rules={"magic": True}), ("proposed.rules.magic",)),
    "a rule of another type": (proposed(rules={"kcpa": "yes"}), ("proposed.rules.kcpa",)),
    "a negative limit": (
        proposed(rules={"serving_limit_mg": -1}),
        ("proposed.rules.serving_limit_mg",),
    ),
    "an age in words": (proposed(min_age="21"), ("proposed.min_age",)),
    "an age that is a truth value": (proposed(min_age=True), ("proposed.min_age",)),
    "an age of 1,000": (proposed(min_age=1_000), ("proposed.min_age",)),
    "the year 99999": (proposed(**{"from": "99999"}), ("proposed.from",)),
    "the year 99999, with a day": (proposed(**{"from": "99999-01-01"}), ("proposed.from",)),
    "the year 0000": (proposed(**{"from": "0000"}), ("proposed.from",)),
    "the year 9999": (proposed(to="9999-12-31"), ("proposed.to",)),
    "a year that is a number": (proposed(**{"from": 2023}), ("proposed.from",)),
    "a day that is none": (proposed(**{"from": "2023-02-30"}), ("proposed.from",)),
    "digits of another script": (proposed(**{"from": "２０２３"}), ("proposed.from",)),
    "a source of a period with a script": (
        proposed(sources=[{"url": "javascript:alert(1)", "title": "x", "kind": "news"}]),
        ("proposed.sources.0.url",),
    ),
    "a source of tomorrow": (
        proposed(sources=[{**PERIOD["sources"][0], "published": "2199"}]),
        ("proposed", "proposed.sources.0.published"),
    ),
    "a ban that allows possession": (
        proposed(status="prohibited", possession="allowed", sale="prohibited"),
        ("proposed.possession",),
    ),
    "a lawful product that may not be sold": (
        proposed(status="unregulated", sale="prohibited"),
        ("proposed.sale",),
    ),
    "an end before the start": (proposed(to="2020-01-01"), ("proposed.to",)),
    "an end without an ending": (
        proposed(ended_by={"summary": "x", "sources": [PERIOD["sources"][0]]}),
        ("proposed.ended_by",),
    ),
    "pre-emption in a county": (
        {**proposed(rules={"preempts_local": True}), "jurisdiction": "US-TX-travis-county"},
        ("proposed.rules.preempts_local",),
    ),
    "an extent of counties in a state": (
        proposed(extent="unincorporated"),
        ("proposed.extent",),
    ),
    "periods that overlap": (
        record({"from": "2020", "to": "2024"}, {"from": "2023"}),
        ("proposed.periods.1.from",),
    ),
    "two open periods": (
        record({"from": "2020"}, {"from": "2023"}),
        ("proposed.periods.1.from",),
    ),
    "a period that overlaps the record": (
        proposed(**{"from": "2020", "to": "2024"}),
        ("proposed", "proposed.from"),
    ),
    "a record of another jurisdiction": (
        record({}, jurisdiction="US-TN"),
        ("proposed.jurisdiction",),
    ),
    "a record of another substance": (record({}, substance="7-oh"), ("proposed.substance",)),
    "201 periods": (record(*[{}] * 201), ("proposed.periods",)),
    "a record with evidence of tomorrow": (
        record({"from": "2023"}, evidence_as_of="2199"),
        ("proposed.evidence_as_of",),
    ),
    "a bill with a script": (
        record({"from": "2023"}, pending=[{"title": "x", "stage": "y", "url": "javascript:1"}]),
        ("proposed.pending.0.url",),
    ),
    "periods that are none": ({**MESSAGE, "proposed": {"periods": "x"}}, ("proposed.periods",)),
    "a deep proposal": ({**MESSAGE, "proposed": nested(500)}, ("proposed",)),
    "a deep message": ({**MESSAGE, "message": nested(900)}, ("message",)),
    **{
        f"no address: {str(url)[:30]!r} ({place})": (cited(url), ("sources.0.url",))
        for place, url in enumerate(NO_ADDRESSES)
    },
    **{
        f"{field}: {value!r}": ({**MESSAGE, field: value}, (field,))
        for field in ("jurisdiction", "substance", "message")
        for value in WRONG_TYPES
    },
    **{
        f"{field}: {value!r}": (
            {**MESSAGE, field: value},
            (field,),
        )
        for field in ("proposed", "sources", "submitter")
        for value in (1, True, "x")
    },
    "sources of other things": (
        {**MESSAGE, "sources": [1, "x", None]},
        ("sources.0", "sources.1", "sources.2"),
    ),
    "a proposal that is a list": ({**MESSAGE, "proposed": [PERIOD]}, ("proposed",)),
}


@pytest.mark.parametrize(("body", "fields"), UNUSABLE.values(), ids=UNUSABLE)
def test_a_submission_that_cannot_be_used_names_what_is_wrong(
    office: Office, body: Any, fields: tuple[str, ...]
) -> None:
    before = office.written()

    response = office.post(body)

    found = set(response.get_json(force=True).get("errors", {}))
    assert response.status_code == 422
    assert found == set(fields)
    assert_problem(response, 422, *fields)
    assert office.written() == before


@pytest.mark.parametrize(
    "jurisdiction", ["XX", "us-va", "", "US-VA ", "US-VA\x00", "%", "' OR 1=1", "../US-VA", "*"]
)
def test_a_jurisdiction_that_does_not_exist_is_named(office: Office, jurisdiction: str) -> None:
    before = office.written()

    response = office.post({**PROPOSAL, "jurisdiction": jurisdiction})

    assert_problem(response, 404 if jurisdiction else 422, "jurisdiction")
    assert office.written() == before


def test_a_parameter_that_is_not_known_is_not_passed_over(office: Office) -> None:
    made = office.submit()
    headers = {**secret_of(made), **office.bearer(ADMIN), "If-Match": office.etag(made["id"])}
    decision = {"decision": "reject", "note": "x"}
    before = office.written()

    for method, path, body in (
        ("POST", "", MESSAGE),
        ("PATCH", "/{id}", {"message": "More."}),
        ("DELETE", "/{id}", None),
        ("GET", "/{id}/impact", None),
        ("POST", "/{id}/impact", {"record": {"periods": []}}),
        ("POST", "/{id}/decision", decision),
        ("POST", "/{id}/undo", {"note": "x"}),
    ):
        url = f"{CORRECTIONS}{path.format(id=made['id'])}?dry_run=1"
        response = office.client.open(url, method=method, json=body, headers=headers)
        assert_problem(response, 422, "dry_run")

    assert office.written() == before


NOT_JSON = {
    "nothing": b"",
    "broken": b'{"jurisdiction": "US-VA",',
    "NaN": b'{"jurisdiction": "US-VA", "message": NaN}',
    "Infinity": b'{"jurisdiction": "US-VA", "proposed": {"min_age": Infinity}}',
    "Latin-1": b'{"jurisdiction": "US-VA", "message": "C\xf4te d\'Ivoire"}',
    "cut UTF-8": b'{"message": "\xe2\x82"}',
    "overlong UTF-8": b'{"message": "\xc0\xaf"}',
    "a surrogate in UTF-8": b'{"message": "\xed\xa0\x80"}',
    "half a pair": b'{"message": "The age is \\ud800 25."}',
    "too deep": b'{"proposed": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"}",
    "two values": b"{} {}",
    "single quotes": b"{'message': 'x'}",
    "UTF-16": '{"message": "x"}'.encode("utf-16"),
}


@pytest.mark.parametrize("method", ["POST", "PATCH"])
@pytest.mark.parametrize("body", [one for name, one in NOT_JSON.items() if len(one) <= MAX_BYTES])
def test_what_is_no_json_is_a_400(office: Office, method: str, body: bytes) -> None:
    made = office.submit()
    url = CORRECTIONS if method == "POST" else made["url"]
    before = office.written()

    response = office.client.open(
        url, method=method, data=body, headers=secret_of(made), content_type="application/json"
    )

    assert_problem(response, 400)
    assert office.written() == before


@pytest.mark.parametrize("depth", [40, 200, 300, 990, 1_000, 1_020, 1_030, 20_000])
@pytest.mark.parametrize(("opening", "closing"), [(b'{"a":', b"}"), (b"[", b"]")])
def test_a_deep_body_within_the_limit_is_refused(
    office: Office, depth: int, opening: bytes, closing: bytes
) -> None:
    made = office.submit()
    headers = {**secret_of(made), **office.bearer(ADMIN), "If-Match": '"0"'}
    deep = opening * depth + b"1" + closing * depth
    before = office.written()

    for method, path, field in (
        ("POST", "", "proposed"),
        ("PATCH", "/{id}", "proposed"),
        ("POST", "/{id}/impact", "record"),
        ("POST", "/{id}/decision", "record"),
        ("POST", "/{id}/undo", "note"),
    ):
        response = office.client.open(
            CORRECTIONS + path.format(id=made["id"]),
            method=method,
            data=b'{"%s": %s}' % (field.encode(), deep),
            content_type="application/json",
            headers=headers,
        )
        assert response.status_code in (400, 422), path
        if response.status_code == 422:
            assert field in response.get_json()["errors"], path

    assert office.written() == before


@pytest.mark.parametrize("body", [b"[]", b'"x"', b"5", b"null", b"true"])
def test_json_that_is_no_object_is_a_422(office: Office, body: bytes) -> None:
    response = office.client.post(CORRECTIONS, data=body, content_type="application/json")

    assert_problem(response, 422, "body")


@pytest.mark.parametrize(
    "media_type", ["text/plain", "", "application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_another_media_type_is_a_415(office: Office, media_type: str) -> None:
    before = office.written()
    response = office.client.post(CORRECTIONS, data=json.dumps(MESSAGE), content_type=media_type)

    assert_problem(response, 415)
    assert office.written() == before


CHANGES = [("POST", ""), ("PATCH", "/{id}"), ("POST", "/{id}/decision"), ("POST", "/{id}/undo")]


@pytest.mark.parametrize("size", [2 << 20, MAX_BYTES + 1])
@pytest.mark.parametrize(("method", "path"), CHANGES)
@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_that_is_too_long_is_a_413(
    office: Office, method: str, path: str, size: int, chunked: bool
) -> None:
    made = office.submit()
    headers = {**secret_of(made), **office.bearer(ADMIN)} if path else {}
    padding = b" " * (size - 2)
    body = b"{" + padding + b"}"
    before = office.written()

    response = office.client.open(
        CORRECTIONS + path.format(id=made["id"]),
        method=method,
        headers=headers,
        content_type="application/json",
        **(
            {
                "input_stream": io.BytesIO(body),
                "environ_overrides": {
                    "HTTP_TRANSFER_ENCODING": "chunked",
                    "wsgi.input_terminated": True,
                },
            }
            if chunked
            else {"data": body}
        ),
    )

    assert_problem(response, 413)
    assert office.written() == before


def test_a_body_just_within_the_limit_is_read(office: Office) -> None:
    body = json.dumps(MESSAGE).encode()
    padded = body + b" " * (MAX_BYTES - len(body))

    response = office.client.post(CORRECTIONS, data=padded, content_type="application/json")

    assert response.status_code == 201
