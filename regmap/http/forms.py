"""Reading forms: bounded, in UTF-8, and sent from our own pages."""

from collections.abc import Iterator
from urllib.parse import unquote_to_bytes, urlsplit

from flask import request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge

from regmap.domain.errors import InvalidValue, NotAllowed
from regmap.domain.wording import said

MAX_BYTES = 256 << 10
"""The largest form that is read; a whole record with its sources takes a tenth of it."""

_OWN_FETCHES = ("same-origin", "none")
_URLENCODED = "application/x-www-form-urlencoded"
_NOT_UTF8 = "\ufffd"  # what bytes become where they are no UTF-8
_DEFAULT_PORTS = (":80", ":443")


def posted_form(max_bytes: int = MAX_BYTES) -> MultiDict[str, str]:
    """The form that the current request brings.

    :raises RequestEntityTooLarge: if it is longer.
    :raises InvalidValue: naming the field that is not UTF-8, or if one has no name.
    """
    request.max_content_length = max_bytes
    try:
        raw = request.get_data()  # kept: the form is then read from it
        form = request.form
    except RequestEntityTooLarge:
        told = said("What was sent is longer than {size} KB.", size=max_bytes >> 10)
        raise RequestEntityTooLarge(told) from None
    fields: list[tuple[str | None, str]] = [*form.items(multi=True)]
    if request.mimetype == _URLENCODED:
        fields += _decoded(raw)
    for name, value in fields:
        if name is None:  # a part of a multipart form may lack one, whatever types say
            raise InvalidValue({"form": [said("A field has no name.")]})
        if _NOT_UTF8 in value or _NOT_UTF8 in name:
            field = "form" if _NOT_UTF8 in name else name
            raise InvalidValue({field: [said("Must be text in UTF-8.")]})
    return form


def _decoded(raw: bytes) -> Iterator[tuple[str, str]]:
    """The fields of a form, where werkzeug leaves bytes that are no UTF-8 as they were quoted."""
    for part in raw.replace(b"+", b" ").split(b"&"):
        name, _, value = part.partition(b"=")
        yield (
            unquote_to_bytes(name).decode(errors="replace"),
            unquote_to_bytes(value).decode(errors="replace"),
        )


def refuse_cross_site() -> None:
    """Refuse a form that another site's page sent, by what browsers tell of it.

    A proxy in front has to hand on ``Host`` as the browser sent it.

    :raises NotAllowed: if it comes from elsewhere.
    """
    fetched = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    by_fetch = fetched is not None and fetched not in _OWN_FETCHES
    if by_fetch or (origin is not None and _host(origin) != _host(f"//{request.host}")):
        raise NotAllowed(said("This form was sent from another site. Please use our own page."))


def _host(address: str) -> str:
    """The host of an address, with its port if that is none of the usual ones."""
    try:
        host = urlsplit(address).netloc.lower()
    except ValueError:
        return ""
    for port in _DEFAULT_PORTS:
        host = host.removesuffix(port)
    return host
