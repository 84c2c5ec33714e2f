"""Forms are bounded, in UTF-8, and come from our own pages."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from werkzeug.exceptions import RequestEntityTooLarge

from regmap.domain.errors import InvalidValue, NotAllowed
from regmap.http.forms import MAX_BYTES, posted_form, refuse_cross_site

app = Flask(__name__)
FORM = "application/x-www-form-urlencoded"
HERE = "https://regmap.example"


def sent(data: Any, **more: Any) -> Any:
    """A request that posts a form."""
    return app.test_request_context("/", method="POST", data=data, **more)


def test_a_form_is_read_in_any_script() -> None:
    with sent({"message": "Ley nº 5, «año» 日本 🦊", "empty": ""}):
        assert posted_form().to_dict() == {"message": "Ley nº 5, «año» 日本 🦊", "empty": ""}


@pytest.mark.parametrize("kind", ["urlencoded", "multipart"])
def test_a_form_as_long_as_allowed_is_read_and_a_longer_one_is_not(kind: str) -> None:
    more = {"content_type": "multipart/form-data"} if kind == "multipart" else {}
    with sent({"m": "x" * (MAX_BYTES - 1000)}, **more):
        assert len(posted_form()["m"]) == MAX_BYTES - 1000
    with sent({"m": "x" * MAX_BYTES}, **more), pytest.raises(RequestEntityTooLarge) as raised:
        posted_form()
    assert raised.value.description == "What was sent is longer than 256 KB."


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"name=ana&message=caf\xe9", "message"),
        (b"name=ana&message=%ff%fe", "message"),
        (b"name=%C3%28", "name"),
        (b"name=%ED%A0%80", "name"),  # half a surrogate pair
        (b"\xff\xfe=x", "form"),
    ],
)
def test_what_is_not_utf8_is_refused_by_its_field(body: bytes, field: str) -> None:
    with sent(body, content_type=FORM), pytest.raises(InvalidValue) as raised:
        posted_form()
    assert set(raised.value.errors) == {field}


def test_a_form_in_parts_is_checked_likewise() -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="message"\r\n\r\ncaf\xe9\r\n--x--\r\n'
    with (
        sent(part, content_type="multipart/form-data; boundary=x"),
        pytest.raises(InvalidValue, match="message"),
    ):
        posted_form()


OWN: list[dict[str, str]] = [
    {},  # a program, or a browser older than these headers
    {"Sec-Fetch-Site": "same-origin", "Origin": HERE},
    {"Sec-Fetch-Site": "none"},
    {"Origin": HERE},
    {"Origin": HERE.upper()},
    {"Origin": f"{HERE}:443"},
]
FOREIGN: list[dict[str, str]] = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},  # another host of the same owner
    {"Sec-Fetch-Site": "cross-site", "Origin": HERE},
    {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
    {"Sec-Fetch-Site": ""},
    {"Origin": "https://evil.example"},
    {"Origin": "https://regmap.example.evil.example"},
    {"Origin": f"{HERE}:8443"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "http://["},
]


@pytest.mark.parametrize("headers", OWN)
def test_a_form_of_our_own_pages_is_taken(headers: dict[str, str]) -> None:
    with sent({}, base_url=HERE, headers=headers):
        refuse_cross_site()


@pytest.mark.parametrize("headers", FOREIGN)
def test_a_form_of_another_site_is_refused(headers: dict[str, str]) -> None:
    with sent({}, base_url=HERE, headers=headers), pytest.raises(NotAllowed):
        refuse_cross_site()


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "[::1]:8000", "localhost:8000"])
def test_ports_count(host: str) -> None:
    with sent({}, base_url=f"http://{host}", headers={"Origin": f"http://{host}"}):
        refuse_cross_site()
    other = f"http://{host}".replace("8000", "8001")
    with sent({}, base_url=f"http://{host}", headers={"Origin": other}), pytest.raises(NotAllowed):
        refuse_cross_site()
