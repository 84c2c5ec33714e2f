"""The parameters of a page's address, read once, with what is wrong with them by name.

A page that keeps its form shows the messages beside the fields; a file cannot, so it raises them.
Parameters that a page does not know are left alone.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from flask import Response, redirect, render_template, request
from werkzeug.datastructures import MultiDict

from regmap.domain.dates import InvalidDate, parse_day
from regmap.domain.errors import InvalidValue
from regmap.domain.vocabulary import Substance
from regmap.domain.wording import said, sentence
from regmap.web.page import in_language, link

LONGEST_TEXT = 100
_YES = ("1", "on", "true", "yes")
_NO = ("0", "off", "false", "no")

E = TypeVar("E", bound=StrEnum)


class Parameters:
    """Reads the parameters one by one; ``errors`` has the messages of those that cannot be used.

    Reading a bad one gives what reading none would give.
    """

    def __init__(self, given: MultiDict[str, str]) -> None:
        self._given = given
        self.errors: dict[str, list[str]] = {}

    def check(self) -> None:
        """Go on only if all that was read can be used.

        :raises InvalidValue: naming the parameters.
        """
        if self.errors:
            raise InvalidValue(self.errors)

    def shown(self, name: str) -> str:
        """What stands in the address, to be shown in the form again."""
        return self._given.get(name, "")[: 2 * LONGEST_TEXT]

    def text(self, name: str) -> str:
        """A text of at most 100 characters without space around it; empty if there is none."""
        text = self._given.get(name, "").strip()
        if len(text) > LONGEST_TEXT:
            self.refuse(name, said("Longer than {count} characters.", count=LONGEST_TEXT))
            return ""
        return text

    def day(self, name: str) -> date | None:
        """A calendar day."""
        text = self._given.get(name, "").strip()
        try:
            return parse_day(text) if text else None
        except InvalidDate as error:
            self.refuse(name, sentence(error.args[0]))
            return None

    def code(self, name: str, kind: type[E]) -> E | None:
        """One code of a kind."""
        found = self.codes(name, kind)
        if len(found) > 1:
            self.refuse(name, said("Give only one."))
            return None
        return next(iter(found), None)

    def codes(self, name: str, kind: type[E]) -> frozenset[E]:
        """Codes of a kind: with commas between, or the parameter several times."""
        parts = [part.strip() for text in self._given.getlist(name) for part in text.split(",")]
        try:
            return frozenset(kind(part) for part in parts if part)
        except ValueError:
            self.refuse(name, said("Must be one of {codes}.", codes=", ".join(kind)))
            return frozenset()

    def substance(self, substances: Mapping[str, Substance]) -> Substance | None:
        """One of the substances."""
        code = self._given.get("substance", "")
        if code and code not in substances:
            self.refuse("substance", said("Must be one of {codes}.", codes=", ".join(substances)))
        return substances.get(code)

    def number(self, name: str, default: int, highest: int) -> int:
        """A whole number from 1 up to a limit."""
        text = self._given.get(name, "").strip()
        if not text:
            return default
        if text.isascii() and text.isdigit() and len(text) < 10 and 1 <= int(text) <= highest:
            return int(text)
        self.refuse(name, said("Must be a whole number from 1 to {highest}.", highest=highest))
        return default

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Yes or no."""
        text = self._given.get(name, "").strip().lower()
        if not text:
            return default
        if text not in (*_YES, *_NO):
            self.refuse(name, said("Must be 1 or 0."))
            return default
        return text in _YES

    def refuse(self, name: str, message: str) -> None:
        """Note that a parameter cannot be used although it can be read."""
        self.errors.setdefault(name, []).append(message)


def tidy_address(path: str, **usual: str) -> Response | None:
    """Where a form leads that sent empty fields, or one name several times; None if it did not.

    What is shared is then short, and every name stands in it once, with commas between.

    :param usual: what goes without saying, by parameter: today's date is left out, so that a link
        goes on meaning today.
    """
    joined = {
        name: ",".join(value for value in values if value)
        for name, values in request.args.lists()
        if any(values)
    }
    tidy = {name: value for name, value in joined.items() if usual.get(name) != value}
    if list(tidy.items()) == list(request.args.items(multi=True)):
        return None
    response = redirect(link(path, **tidy))
    response.headers["Cache-Control"] = "no-store"
    return response  # type: ignore[return-value]  # werkzeug's, which Flask takes as its own


def refused_page(template: str, errors: Mapping[str, list[str]], **values: Any) -> Response:
    """A page whose form stays, with what is wrong beside its fields; kept by no cache."""
    body = render_template(template, errors=errors, **values)
    response = Response(body, status=422, mimetype="text/html")
    response.headers["Cache-Control"] = "no-store"
    return in_language(response)
