"""The languages of the pages: which there are, and which one an answer is given in.

A language stands in the address (``?lang=es``), so that a link shows what its sender saw; without
it the browser's own wish decides. Nothing is stored. The texts are English in the code; the
catalogue of every other language is ``translations/<language>/LC_MESSAGES/messages.po``, compiled
at set-up (``scripts/texts``).
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from babel import negotiate_locale
from flask import Flask, request
from flask_babel import Babel, get_locale, gettext

from regmap.domain.dates import PartialDate
from regmap.domain.errors import InvalidValue
from regmap.domain.wording import Said, said

LANGUAGES: Mapping[str, str] = {"en": "English", "es": "Español"}
"""Codes (BCP 47), each with the language's own name for itself; the first is the fallback."""

TRANSLATIONS = Path(__file__).parent / "translations"


def join_languages(app: Flask) -> None:
    """Give an app its languages."""
    Babel(
        app,
        default_locale=next(iter(LANGUAGES)),
        default_translation_directories=str(TRANSLATIONS),
        locale_selector=_wished,
    )


def language() -> str:
    """The code of the language that the current request is answered in."""
    return str(get_locale())


def asked_language() -> str | None:
    """The language that the address itself asks for, or None: links keep it."""
    asked = request.args.get("lang", "")
    return asked if asked in LANGUAGES else None


def check_language() -> None:
    """Refuse an address that asks for a language that there is not.

    :raises InvalidValue: naming ``lang``.
    """
    if request.args.get("lang") and asked_language() is None:
        raise InvalidValue({"lang": [said("Must be one of {codes}.", codes=", ".join(LANGUAGES))]})


def told(text: str) -> str:
    """A text in the language of the request: one that was said, or one of the catalogue."""
    if isinstance(text, Said):
        return text.translated(gettext, _written)
    return gettext(text) if text else text


def shown_date(value: PartialDate | date | None) -> str:
    """A date as people write it, as precise as it is known."""
    if value is None:
        return gettext("date not known")
    day = value.first_day if isinstance(value, PartialDate) else value
    precision = value.precision if isinstance(value, PartialDate) else "day"
    if precision == "year":
        return str(day.year)
    month = get_locale().months["format"]["wide"][day.month]
    if precision == "month":
        return gettext("%(month)s %(year)s", month=month, year=day.year)
    return gettext("%(day)s %(month)s %(year)s", day=day.day, month=month, year=day.year)


def _written(value: Any) -> Any:
    """A value inside a sentence: dates in words, all else as it is."""
    return shown_date(value) if isinstance(value, PartialDate | date) else value


def _wished() -> str:
    # not best_match: to it an exact "es" of little weight comes before an "en-GB" of the most
    wishes = list(request.accept_languages.values())
    wished = asked_language() or negotiate_locale(wishes, list(LANGUAGES), sep="-")
    return wished or next(iter(LANGUAGES))
