"""Forms as a browser without scripts fills them in and sends them."""

from __future__ import annotations

from html.parser import HTMLParser

from flask.testing import FlaskClient
from werkzeug.test import TestResponse


class Form(HTMLParser):
    """The first form of a page that is sent by POST: its address, and what it holds."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.action = ""
        self.values: dict[str, str] = {}
        self._inside = self._done = False
        self._select: str | None = None
        self._area: str | None = None
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("method") == "post" and not self._done:
            self._inside, self.action = True, given["action"]
        if not self._inside:
            return
        name = given.get("name", "")
        if tag == "input" and name:
            self.values[name] = given.get("value", "")
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            if "selected" in given or self._select not in self.values:
                self.values[self._select] = given["value"]
        elif tag == "textarea":
            self._area, self.values[name] = name, ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._inside:
            self._inside, self._done = False, True
        elif tag == "select":
            self._select = None
        elif tag == "textarea" and self._area:
            text = self.values[self._area].removeprefix("\n")  # the first one is markup
            self.values[self._area] = text.replace("\n", "\r\n")
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._area:
            self.values[self._area] += data


def form_at(client: FlaskClient, address: str) -> Form:
    """The form at an address."""
    response = client.get(address)
    assert response.status_code == 200, response.get_data(as_text=True)[:500]
    return Form(response.get_data(as_text=True))


def sent(client: FlaskClient, form: Form, **typed: str) -> TestResponse:
    """What answers to the form with some fields typed into; ``__`` stands for a hyphen."""
    texts = {name.replace("__", "-"): text for name, text in typed.items()}
    return client.post(form.action, data={**form.values, **texts})
