"""Bodies: JSON for every call that takes some, and the forms of the pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from flask.testing import FlaskClient
from hypothesis import strategies as st

from regmap.domain.corrections import State
from regmap.http.context import desk_of, source_of
from tests.api.desk import MESSAGE, PERIOD, PROPOSAL, SOURCE
from tests.fuzz.asking import MARK, Answer, ask, check
from tests.fuzz.structures import altered, altered_json, edited, json_bytes
from tests.fuzz.target import Run, Target, World
from tests.web.reviewing import ADA, BOB, Form, now, signed_in

JSON = {"Content-Type": "application/json"}

_WORDS = (
    b'"', b"{", b"}", b"[", b"]", b",", b":", b"null", b"true", b"NaN", b"1e999", b"-0", b'"zip"',
    b'"lat"', b'"lon"', b'"jurisdiction"', b'"items"', b'"stops"', b'"on"', b"\\u0000", b"\\ud800",
    b'"proposed"', b'"periods"', b'"from"', b'"status"', b'"sources"', b'"url"', b"US-TN",
)  # fmt: skip

_LINE = {"type": "LineString", "coordinates": [[-86.8, 33.5], [-85.3, 35.0], [-84.4, 33.7, 100]]}
_ROUTES = [
    _LINE,
    {"type": "Feature", "geometry": _LINE, "properties": {"a": 1}, "id": 7, "bbox": [0, 0, 1, 1]},
    {"stops": [{"zip": "37402"}, {"zip": "30303", "id": "b"}, {"lat": 33.5, "lon": -86.8}]},
    {"type": "LineString", "coordinates": [[179.9, 0], [-179.9, 1]], "substance": "7-oh"},
]
_PLACES = [
    {"id": "a", "lat": 33.5, "lon": -86.8},
    {"zip": "35203"},
    {"jurisdiction": "US-TN", "id": 2},
    {"lat": 91, "lon": 0},
]
_BATCHES = [
    {"items": _PLACES, "substance": "7-oh", "on": "2026-01-01"},
    {"items": _PLACES[:2], "detail": "full"},
    {"items": [{"lat": 13.75, "lon": 100.5}], "known_at": "2026-01-01"},
]
_VERDICTS = [
    {
        "items": _PLACES,
        "product": {"substance": "kratom", "form": "powder", "seven_oh_percent": 0.5},
        "on": "2026-01-01",
    },
    {"items": _PLACES[:1], "product": {"substance": "7-oh", "buyer_age": 21}},
]
_SUBMISSIONS = [
    MESSAGE,
    PROPOSAL,
    {**MESSAGE, "submitter": {"name": "Sub Mitter", "email": "sub.mitter@example.net"}},
    {
        **MESSAGE,
        "proposed": {"periods": [PERIOD], "pending": [], "note": "x", "evidence_as_of": "2026-01"},
    },
]
_ADDITIONS = [
    {"message": "The act says more.", "sources": [SOURCE]},
    {"proposed": PERIOD},
]
_DECISIONS = [
    {"decision": "reject", "note": "No.", "spam": True},
    {"decision": "needs_info", "note": "Which section?"},
    {"decision": "accept", "note": "So it is.", "record": {"periods": [PERIOD]}},
]


def _posting(path: str, *statuses: int) -> Callable[[World], Run]:
    """Sends a body to a call that answers what is right with one of some statuses."""

    def opened(world: World) -> Run:
        app = world.app

        def run(data: bytes) -> str:
            answer = ask(app, path, method="POST", headers=JSON, body=data)
            assert answer.status in (*statuses, 400, 404, 413, 422), answer.body[:300]
            return answer.kind

        return run

    return opened


@dataclass
class _Standing:
    """A correction that is open: another one as soon as it is not."""

    app: Flask
    id: str = ""
    secret: str = ""
    uses: int = field(default=99)

    def opened(self) -> str:
        self.uses += 1
        corrections = desk_of(self.app).corrections
        if self.uses > 40 or corrections.one(self.id).state not in (
            State.PENDING,
            State.NEEDS_INFO,
        ):
            taken = corrections.submit(
                source_of(self.app).refreshed().snapshot,
                {**MESSAGE, "proposed": {**PERIOD, "from": "2026-11-02"}},
                now=now(),
                today=now().date(),
            )
            self.id, self.secret, self.uses = taken.correction.id, str(taken.secret), 0
        return self.id


def _adding(world: World) -> Run:
    app, standing = world.app, _Standing(world.app)

    def run(data: bytes) -> str:
        path = f"/api/v1/corrections/{standing.opened()}"
        headers = {**JSON, "X-Correction-Secret": standing.secret}
        answer = ask(app, path, method="PATCH", headers=headers, body=data)
        assert answer.status in (200, 400, 404, 422), answer.body[:300]
        return answer.kind

    return run


def _deciding(world: World) -> Run:
    app = world.curated
    bearer = f"Bearer {desk_of(app).curators.make_token(BOB, 'fuzz', now())}"
    standing = _Standing(app)

    def run(data: bytes) -> str:
        path = f"/api/v1/corrections/{standing.opened()}"
        by = {"Authorization": bearer}
        etag = ask(app, f"{path}/impact", headers=by).header("ETag")
        supposed = ask(app, f"{path}/impact", method="POST", headers={**JSON, **by}, body=data)
        decided = {**JSON, **by, "If-Match": etag}
        answer = ask(app, f"{path}/decision", method="POST", headers=decided, body=data)
        assert answer.status in (200, 400, 422), answer.body[:300]
        return f"{supposed.status} {answer.kind}"

    return run


# --- Forms. -------------------------------------------------------------------------------------

_NEW = "/corrections/new?jurisdiction=US-VA&substance=kratom"
_MULTIPART = "multipart/form-data; boundary=b"
_TYPED = {
    "message": "The age is another one; see the act.",
    "source-0-url": "https://law.example.org/act",
    "source-0-title": "The act",
    "name": MARK.decode(),
    "min_age": "25",
}


class _Pages:
    """Browsers with the forms that they were shown."""

    def __init__(self, world: World) -> None:
        app = world.curated
        self.visitor, self.curator = app.test_client(), signed_in(app, ADA)
        self._standing = _Standing(app)

    def send(self, form: bytes, body: bytes) -> Answer:
        """Send a body as the form of a name."""
        if form == b"multipart":
            return self._post(self.visitor, _NEW, body, _MULTIPART)
        if form == b"change":
            id = self._standing.opened()
            address = f"/corrections/{id}?secret={self._standing.secret}"
            return self._post(self.visitor, address, body)
        if form in (b"review", b"undo", b"forget"):
            address = f"/review/{self._standing.opened()}"
            token = Form(self.curator.get(address).text, address).values.get("csrf_token", "")
            part = "" if form == b"review" else f"/{form.decode()}"
            signed = body + b"&" + urlencode({"csrf_token": token}).encode()
            return self._post(self.curator, address + part, signed)
        if form == b"sign-in":
            return self._post(self.visitor, "/sign-in", body)
        return self._post(self.visitor, _NEW, body)

    def _post(
        self,
        client: FlaskClient,
        address: str,
        body: bytes,
        kind: str = "application/x-www-form-urlencoded",
    ) -> Answer:
        response = client.post(address, data=body, content_type=kind)
        answer = Answer(response.status_code, list(response.headers), response.get_data())
        check(answer, address)
        assert answer.header("Location").startswith(("", "/"))
        return answer


def _forms(world: World) -> Run:
    pages = _Pages(world)

    def run(data: bytes) -> str:
        name, _, body = data.partition(b"\n")
        return f"{name[:9]!r} {pages.send(name, body).status}"

    return run


_FORMS: Mapping[str, Mapping[str, str]] = {
    "new": {**_TYPED, "key": "a key of the form, made anew", "base": "1", "website": ""},
    "change": {"action": "add", "message": "One thing more.", **_TYPED},
    "review": {
        "do": "preview", "note": "So it is.", "read": "x", "revision": "1", "edit": "text",
        "record": "periods:\n- from: '2020'\n  status: regulated\n", "clash": "note",
        "settled": "1",
    },
    "undo": {"note": "No.", "read": "x"},
    "forget": {"sure": "0"},
    "sign-in": {"name": "ada", "password": "wrong wrong wrong", "next": "//evil.example"},
}  # fmt: skip


def _form_seeds() -> list[bytes]:
    parts = "".join(
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in _TYPED.items()
    )
    plain = [f"{name}\n{urlencode(values)}".encode() for name, values in _FORMS.items()]
    return [*plain, f"multipart\n{parts}--b--\r\n".encode()]


@st.composite
def _form_shapes(draw: st.DrawFn) -> bytes:
    """A form with some fields otherwise, or left out; now and then with parts."""
    if draw(st.integers(0, 4)) == 0:
        return draw(edited(_form_seeds()[-1:]))
    name = draw(st.sampled_from(sorted(_FORMS)))
    values: Any = draw(altered([dict(_FORMS[name])]))
    pairs = values.items() if isinstance(values, dict) else [("message", values)]
    texts = [(str(key), str(value)) for key, value in pairs]
    return f"{name}\n{urlencode(texts, errors='surrogatepass')}".encode()


def _json_target(
    name: str, open_: Callable[[World], Run], documents: Sequence[Any], inputs: int = 200
) -> Target:
    return Target(
        name,
        open_,
        lambda: [json_bytes(one) for one in documents],
        lambda: altered_json(documents),
        _WORDS,
        inputs,
    )


TARGETS = (
    _json_target("routes", _posting("/api/v1/route", 200), _ROUTES),
    _json_target("batches", _posting("/api/v1/status/batch", 200), _BATCHES),
    _json_target("verdicts", _posting("/api/v1/verdicts", 200), _VERDICTS),
    _json_target("submissions", _posting("/api/v1/corrections", 201), _SUBMISSIONS),
    _json_target("additions", _adding, _ADDITIONS),
    _json_target("decisions", _deciding, _DECISIONS, inputs=20),
    Target(
        "forms", _forms, _form_seeds, _form_shapes,
        (b"&", b"=", b"%", b"+", b"\r\n", b"--b", b"name=", b'"', b"%0D%0A", b"source-0-url"),
        inputs=40,
    ),
)  # fmt: skip
