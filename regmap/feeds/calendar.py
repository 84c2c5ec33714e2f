"""The coming dates as a calendar (RFC 5545, RFC 7986).

Dates of the last ninety days stay in it, so that a calendar which asks rarely loses none. A date
that is not known to the day stands on its first possible day, is tentative, and says so.
"""

from datetime import timedelta
from typing import Any

from regmap.domain.vocabulary import Confidence, Status
from regmap.feeds.question import Asked
from regmap.feeds.telling import KIND_WORDS, as_text, summary_of, told_of
from regmap.feeds.text import clean, in_one_line
from regmap.feeds.titles import COMING, COMING_SUBTITLE
from regmap.services.news import ComingDate

MIMETYPE = "text/calendar"
_PRODUCT = "-//regmap//coming dates in law//EN"
_ASK_AGAIN = timedelta(days=1)
_DAY = timedelta(days=1)


def calendar(asked: Asked) -> bytes:
    """The calendar; the same bytes for the same state of the data set, question and day."""
    # 2 MB that a worker nobody asks for calendars does without
    from icalendar import Calendar, vText

    made: Any = Calendar()
    name = in_one_line(asked.titled(COMING))
    made.add("prodid", _PRODUCT)
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    made.add("name", name)
    made.add("x-wr-calname", vText(name))
    made.add("description", COMING_SUBTITLE)
    made.add("x-wr-caldesc", vText(COMING_SUBTITLE))
    made.add("url", asked.addresses.for_people)
    made.add("source", asked.addresses.itself, {"VALUE": "URI"})
    made.add("refresh-interval", _ASK_AGAIN, {"VALUE": "DURATION"})
    made.add("x-published-ttl", "P1D")
    for coming in asked.coming():
        made.add_component(_event(asked, coming))
    body: bytes = made.to_ical()
    return body


def _event(asked: Asked, coming: ComingDate) -> Any:
    from icalendar import Event

    item, change = coming.item, coming.change
    substance = asked.substances.get(change.substance)
    blocks = told_of(item, asked.services.news.doubts(item), asked.addresses, coming.kind)
    event: Any = Event()
    event.add("uid", f"{item.key.replace('/', '.')}@regmap")
    # never the present moment: what did not change is not sent again
    event.add("dtstamp", coming.changed_at)
    event.add("created", item.recorded_at)
    event.add("last-modified", coming.changed_at)
    event.add("sequence", coming.revision)
    event.add("dtstart", change.day)
    event.add("dtend", change.day + _DAY)
    event.add("summary", summary_of(coming, substance))
    event.add("description", as_text(blocks))
    event.add("location", in_one_line(item.place))
    event.add("categories", [KIND_WORDS[coming.kind], clean(change.substance)])
    event.add("status", "TENTATIVE" if _is_doubtful(coming) else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    event.add("class", "PUBLIC")
    event.add("url", asked.addresses.page_of(item))
    return event


def _is_doubtful(coming: ComingDate) -> bool:
    """Whether the date is not known to the day, or the law not well enough to count on."""
    after = coming.change.after
    if coming.change.effective.precision != "day":
        return True
    return after is not None and (
        after.status is Status.UNKNOWN or after.confidence is Confidence.LOW
    )
