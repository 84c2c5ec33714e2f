"""The second clock of the pages: how the data set stood at a moment (``known_at``).

The pages for readers take it in their address and keep it in their links; each then says so at its
top. All others (corrections, review, the versions themselves) are about the present.
"""

from datetime import datetime

from flask import Blueprint, request
from flask_babel import gettext

from regmap.domain.errors import InvalidValue
from regmap.domain.wording import said
from regmap.http.context import answer_from
from regmap.schemas.queries import moment_given
from regmap.web.languages import shown_date

NAME = "known_at"
_MOMENT = "regmap.known_at"
_TEXT = "regmap.known_at.text"
_DAY = len("YYYY-MM-DD")
_PATHS = frozenset(
    {
        "/",
        "/map.svg",
        "/embed",
        "/check",
        "/table",
        "/table.csv",
        "/changes",
        "/changes.csv",
        "/data",
    }
)
_BELOW = "/jurisdictions/"


def set_clock(pages: Blueprint) -> None:
    """Answer every page of a blueprint as the data set stood when its address says."""
    pages.before_request(_settle)


def takes_clock(path: str) -> bool:
    """Whether the page at a path can show the data set as it stood at a moment."""
    return path in _PATHS or path.startswith(_BELOW)


def known_at() -> datetime | None:
    """The moment (UTC) that the current page is answered from; None: the present."""
    moment: datetime | None = request.environ.get(_MOMENT)
    return moment


def asked_known_at() -> str | None:
    """That moment as it stands in the address, for links to pages about the same."""
    text: str | None = request.environ.get(_TEXT)
    return text


def known_at_words() -> str:
    """That moment in words: a day, or a minute in UTC; empty for the present."""
    moment, text = known_at(), asked_known_at()
    if moment is None or text is None:
        return ""
    day = shown_date(moment.date())
    if len(text) == _DAY:
        return day
    return gettext("%(day)s, %(time)s UTC", day=day, time=moment.strftime("%H:%M:%S"))


def past_words() -> str:
    """A sentence that says which older state of the data set is shown; empty for the present."""
    moment = known_at_words()
    return gettext("As the data set stood on %(moment)s.", moment=moment) if moment else ""


def _settle() -> None:
    """Read the clock in the address.

    :raises InvalidValue: naming it, if it is given twice, is no moment, or lies in the future.
    """
    given = [text for text in request.args.getlist(NAME) if text]
    if not given:
        return
    if len(given) > 1:
        raise InvalidValue({NAME: [said("Give only one.")]})
    text = given[0].strip()
    moment = moment_given(text, NAME)
    answer_from(moment)
    request.environ[_MOMENT], request.environ[_TEXT] = moment, text
