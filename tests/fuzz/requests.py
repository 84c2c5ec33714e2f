"""Addresses and headers: points, filters, boxes, dates of OGC, negotiation, cookies, anything."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from urllib.parse import unquote_to_bytes

import brotli  # type: ignore[import-untyped]  # it ships no types
from hypothesis import strategies as st

from regmap.api.lean import quick_answers
from regmap.api.status import full_answer
from regmap.http.curators import COOKIE
from regmap.http.front import Front
from regmap.http.observing import observer_of
from regmap.web.languages import LANGUAGES
from tests.fuzz.asking import MARK, Answer, as_wire_text, ask, check
from tests.fuzz.structures import query_strings, texts_of
from tests.fuzz.target import Run, Target, World
from tests.http.test_front import Given, Scope, Wire
from tests.waiting import finished
from tests.web.reviewing import ADA, signed_in

_POINTS: Mapping[str, Sequence[str]] = {
    "lat": ("33.5", "-33.9", "0", "+1.0", "90", "91", "1e1", "00.5", "-0", "13.75 "),
    "lon": ("-86.8", "151.2", "0", "-180", "180", "181", "NaN", "100.5"),
    "lng": ("-86.8", "10"),
    "on": ("2026-01-01", "1800-01-01", "2200-12-31", "2026-02-30", "2026"),
    "substance": ("kratom", "7-oh", "tea", ""),
    "known_at": ("2026-11-23", "2020-01-01", "2026-01-01T00:00:00+00:00"),
    "zip": ("35203", "02134-1234", "1"),
    "place": ("Columbus, MS", "x"),
    "jurisdiction": ("US-TN", "TH", "XX"),
}
_FILTERS: Mapping[str, Sequence[str]] = {
    **_POINTS,
    "bbox": ("-90,30,-80,35", "170,-20,-170,0", "0,0,0,0", "-181,0,1,1", "1,2,3", "1,2,3,4,5,6"),
    "level": ("state", "state,county", ",", "planet"),
    "status": ("prohibited", "unknown", "legal"),
    "page": ("1", "2", "1000000", "0", "-1"),
    "page_size": ("1", "200", "201"),
    "q": ("ten", "é", "%", MARK.decode()),
    "from": ("2020-01-01", "2030-01-01"),
    "to": ("2026-01-01", "2019-01-01"),
    "type": ("law_changed", "record_corrected,law_changed", "x"),
    "scope": ("all", "listed"),
    "parent": ("US", "US-MS", "XX"),
    "format": ("topojson", "geojson"),
    "compare": ("2020-01-01",),
    "since": ("0", "600", "-1"),
    "lang": ("es", "en", "de"),
    "detail": ("low", "high"),
    "color_by": ("status",),
}
_OGC: Mapping[str, Sequence[str]] = {
    "bbox": (*_FILTERS["bbox"], "1e1,2.,.3,4", "-180,-90,0,180,90,9"),
    "datetime": (
        "2026-01-01", "2020-01-01/..", "../2026-01-01", "../..", "2026-01-01T00:00:00Z",
        "2026-01-01T23:59:60+23:59/2026-01-02", "2020-01-02/2020-01-01",
        "1800-01-01T00:00:00+12:00",
    ),
    "limit": ("1", "10000", "99999999999", "0"),
    "offset": ("0", "5", "999999999", "٣"),
    "level": ("state", "county,place"),
    "status": ("prohibited",),
    "on": ("2026-01-01",),
    "known_at": ("2026-11-23",),
    "f": ("json", "html", "xml"),
    "crs": ("http://www.opengis.net/def/crs/OGC/1.3/CRS84", "EPSG:4326"),
    "bbox-crs": ("http://www.opengis.net/def/crs/OGC/1.3/CRS84",),
}  # fmt: skip
_LISTS = (
    "/api/v1/jurisdictions", "/api/v1/changes", "/api/v1/map", "/api/v1/revisions",
    "/api/v1/search",
    "/api/v1/jurisdictions/US-TN", "/api/v1/jurisdictions/US-TN/history", "/api/v1/corrections",
    "/api/v1/map/timeline", "/api/v1/versions", "/api/v1/versions/diff", "/feeds/changes.json",
    "/", "/check", "/table", "/changes", "/corrections", "/corrections/new", "/embed", "/map.svg",
    "/jurisdictions/US-TN", "/data", "/data/versions", "/table.csv", "/jurisdictions/TH/badge.svg",
)  # fmt: skip


def _points(world: World) -> Run:
    app, quick = world.app, quick_answers(world.app)

    def run(data: bytes) -> str:
        query = as_wire_text(data).replace(" ", "+").replace("#", "")
        found = quick("GET", "/api/v1/status", query, lambda name: None)
        whole = ask(app, "/api/v1/status", query)
        if found is None:
            assert whole.status != 200 or not _is_plain(query), query
            return whole.kind
        with app.test_request_context("/api/v1/status", query_string=query):
            full = full_answer()
        assert found[1] == full.get_data() == whole.body
        assert full.status_code == whole.status == 200
        assert dict(found[0])["ETag"] == full.headers["ETag"]
        return "quick"

    return run


def _is_plain(query: str) -> bool:
    """Whether a query, answered with 200, was one for the quick way."""
    names = re.findall(r"(?:^|&)([a-z_]+)=", query)
    return set(names) == {"lat", "lon"} == set(names) and len(names) == 2 == query.count("=")


def _addresses(world: World) -> Run:
    app = world.app

    def run(data: bytes) -> str:
        path, _, query = as_wire_text(data).partition("?")
        path = "/" + unquote_to_bytes(path.lstrip("/")).decode("latin-1")
        return f"{path[:14]} {ask(app, path, query).kind}"

    return run


def _ogc(world: World) -> Run:
    app = world.app

    def run(data: bytes) -> str:
        answer = ask(app, "/ogc/collections/jurisdictions/items", as_wire_text(data))
        assert answer.status in (200, 400)
        return answer.kind

    return run


def _with_header(
    name: str, path: str, judge: Callable[[Answer, str], str]
) -> Callable[[World], Run]:
    def opened(world: World) -> Run:
        app = world.app

        def run(data: bytes) -> str:
            value = as_wire_text(data)
            return judge(ask(app, path, headers={name: value}), value)

        return run

    return opened


def _by_etag(answer: Answer, value: str) -> str:
    etag = answer.header("ETag").strip('"')
    assert answer.status in (200, 304)
    assert etag
    if answer.status == 304:
        assert value.strip() == "*" or etag in value
    return str(answer.status)


def _by_accept(answer: Answer, value: str) -> str:
    assert answer.status in (200, 406)
    return answer.kind


def _by_language(answer: Answer, value: str) -> str:
    assert answer.status == 200
    language = re.search(rb'<html[^>]* lang="([^"]*)"', answer.body)
    assert language is not None
    assert language[1].decode() in LANGUAGES
    return language[1].decode()


def _by_encoding(answer: Answer, value: str) -> str:
    packed = answer.header("Content-Encoding")
    if packed == "br":
        plain = brotli.decompress(answer.body)
    elif packed == "gzip":
        plain = gzip.decompress(answer.body)
    else:
        plain = answer.body
        assert not packed
    assert plain.startswith(b"{")
    asked_for = value.lower()  # RFC 9110, section 8.4.1: names of codings know no case
    assert not packed or packed in asked_for or "*" in asked_for
    return packed or "identity"


def _by_cookie(world: World) -> Run:
    app = world.curated
    found = signed_in(app, ADA).get_cookie(COOKIE)
    assert found is not None
    genuine = found.value
    payload = genuine.rsplit(".", 2)[0]

    def run(data: bytes) -> str:
        value = as_wire_text(data.replace(b"GENUINE", genuine.encode()))
        answer = ask(app, "/review", headers={"Cookie": value})
        assert answer.status in (200, 303)
        if answer.status == 200:
            assert payload in value, "a session that nobody was given"
        return str(answer.status)

    return run


def _requests(world: World) -> Run:
    """Whole requests, through what granian calls."""
    front = Front(world.app, quick_answers(world.app), observer_of(world.app))

    def run(data: bytes) -> str:
        head, _, body = data.partition(b"\n\n")
        first, *lines = head.split(b"\n")
        method, _, target = as_wire_text(first).partition(" ")
        path, _, query = target.partition("?")
        pairs = [as_wire_text(line).partition(":")[::2] for line in lines]
        headers = [(name.strip().lower(), value.strip()) for name, value in pairs if name.strip()]
        # what granian checks itself, before anybody is asked
        headers = [one for one in headers if one[0] not in ("content-length", "transfer-encoding")]
        if body:
            headers.append(("content-length", str(len(body))))
        scope = Scope(
            method=re.sub(r"[^A-Z]", "", method.upper()) or "GET",
            path="/" + unquote_to_bytes(path.lstrip("/")).decode(errors="replace"),
            query_string=query,
            headers=Given(headers),
        )
        wire = Wire([body] if body else [])
        finished(front.__rsgi__(scope, wire))  # type: ignore[arg-type]  # they have all it uses
        [(status, sent, content)] = wire.sent
        answer = Answer(status, sent, b"" if isinstance(content, Path) else content)
        check(answer, scope.path)
        return f"{scope.path[:14]} {answer.status}"

    return run


_ADDRESSES = [f"{path}?{query}" for path in _LISTS for query in ("", "on=2026-01-01&page=1")]
_REQUESTS = [
    b"GET /api/v1/status?lat=33.5&lon=-86.8\nHost: a.example\nAccept: */*\n\n",
    b"POST /api/v1/status/batch\nHost: a.example\nContent-Type: application/json\n\n"
    b'{"items": [{"zip": "35203"}]}',
    b"GET /table?substance=7-oh\nHost: [::1]:80\nAccept-Language: es\nCookie: a=b\n"
    b"X-Forwarded-For: 1.2.3.4\nReferer: https://x/\n\n",
    b"OPTIONS /api/v1/verdicts\nOrigin: https://shop.example\n\n",
    b"HEAD /static/js/map.js\nRange: bytes=0-10\nIf-Modified-Since: Mon, 23 Nov 2026 00:00:00 GMT"
    b"\nIf-None-Match: W/\"a\"\n\n",
    b"POST /corrections/new?jurisdiction=US-TN\nSec-Fetch-Site: same-origin\n"
    b"Content-Type: multipart/form-data; boundary=b\n\n--b\r\nContent-Disposition: form-data;"
    b' name="message"\r\n\r\nHello\r\n--b--\r\n',
    b"GET /api/v1/corrections/x/impact\nAuthorization: Bearer rm_x\nIf-Match: \"a\"\n\n",
    b"GET /sign-in?next=//evil.example\nCookie: regmap_session=x.y.z\n\n",
]  # fmt: skip
_HEADERS: Mapping[str, Sequence[str]] = {
    "etags": ("*", 'W/"abc"', '"a", "b"', '"0123456789abcdef01234567:gzip"', ",,", '"'),
    "accept": (
        "*/*", "text/html;q=0.9,application/json", "application/geo+json; charset=utf-8", "text/*",
        "application/json;q=0", 'a/b;c="d', "q=1", "*/*;q=NaN",
    ),
    "languages": ("es", "es-MX,en;q=0.5", "*", "en-GB;q=1,es;q=0.1", "zh-Hant-TW", "x;q=", "es_ES"),
    "encodings": ("gzip", "br;q=0.1, gzip", "identity;q=0", "*", "gzip;q=0, *", "zstd"),
    "cookies": ("regmap_session=GENUINE", 'a=b; regmap_session="GENUINE"', "x", "=;=", "é=1"),
}  # fmt: skip
_HEADER_WORDS = [
    ",", ";", "=", '"', "q=", "0.5", "*", "/", "W/", ":gzip", "-", ".", " ", "\t", "\\", "1e9",
    "\xff",
]  # fmt: skip


def _header_target(name: str, open_: Callable[[World], Run]) -> Target:
    seeds = [one.encode() for one in _HEADERS[name]]
    pieces = [*_HEADERS[name], *_HEADER_WORDS]
    words = tuple(word.encode() for word in _HEADER_WORDS)
    return Target(name, open_, lambda: seeds, lambda: texts_of(pieces), words, longest=8_000)


def _addresses_shapes() -> st.SearchStrategy[bytes]:
    path = st.sampled_from([one.encode() for one in _LISTS]) | texts_of(
        ["/", "..", "%00", "%2F", "%ff", "api", "v1", "jurisdictions", "US-TN", "table", "é", "//"]
    )
    return st.builds(lambda one, query: one + b"?" + query, path, query_strings(_FILTERS))


TARGETS = (
    Target(
        "points", _points,
        lambda: [b"lat=33.5&lon=-86.8", b"lon=100.5&lat=13.75&on=2026-01-01&substance=7-oh"],
        lambda: query_strings(_POINTS),
        (b"&", b"=", b"%20", b"+", b"lat", b"lon", b"on", b"%00", b"%d9%a3", b"."), longest=2_000,
    ),
    Target(
        "addresses", _addresses, lambda: [one.encode() for one in _ADDRESSES], _addresses_shapes,
        (b"&", b"=", b"%", b"/", b"..", b"%2e", b"%2F", MARK, b"US-TN", b"on=", b"known_at="),
        longest=4_000,
    ),
    Target(
        "ogc", _ogc,
        lambda: [b"bbox=-90,30,-80,35&limit=2", b"datetime=2020-01-01/..&limit=1", b"f=html"],
        lambda: query_strings({**_OGC, "limit": ("1", "2", "0", "x")}),
        (b",", b"/", b"..", b"T", b"Z", b"-", b"%2B", b"e9", b"&", b"limit=1"), longest=2_000,
    ),
    Target(
        "requests", _requests, lambda: _REQUESTS,
        lambda: texts_of([one.decode() for one in _REQUESTS] + ["\n\n", ": ", "Host", "?"], 3),
        (b"\n", b": ", b"Host", b"Origin", b"Content-Type", b"?", b"/", b"%", MARK, b"Range"),
    ),
    _header_target("etags", _with_header("If-None-Match", "/api/v1/jurisdictions/TH", _by_etag)),
    _header_target("accept", _with_header("Accept", "/ogc/collections", _by_accept)),
    _header_target("languages", _with_header("Accept-Language", "/about", _by_language)),
    _header_target("encodings", _with_header("Accept-Encoding", "/api/v1/codebook", _by_encoding)),
    _header_target("cookies", _by_cookie),
)  # fmt: skip
