"""``/feeds``: what changed as Atom and JSON Feed, what comes as a calendar.

**Missing nothing.** A reader that polls keeps the ``updated`` of the newest entry it has seen and
reads pages (``rel="next"``, ``next_url``) until it meets one that is older: entries stand by the
moment at which they became news, and nothing is ever put in behind one that was news before.

**Told anew.** ``published`` is when an entry was first told and stays; ``updated`` moves. A coming
law that is told anew moves to the front under its old id: it is news, and no other entry tells of
it. One that a correction tells anew stays where it is: the correction is an entry of its own at
the front, and an old law there again would read as new law. Every edit, wordings included, stands
in ``/api/v1/revisions?since=``.

**Following a jurisdiction** is following all law that binds in it: its own, that of everything
below it (a state's counties and towns), and that of the layers above (the country).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from flask import Blueprint, Flask, Response, request
from werkzeug.http import http_date

from regmap.feeds.addresses import Addresses
from regmap.feeds.atom import MIMETYPE as ATOM
from regmap.feeds.atom import atom
from regmap.feeds.calendar import MIMETYPE as CALENDAR
from regmap.feeds.calendar import calendar
from regmap.feeds.json_feed import MIMETYPE as JSON_FEED
from regmap.feeds.json_feed import json_feed
from regmap.feeds.question import Asked
from regmap.http import caching
from regmap.http.context import services
from regmap.http.host import site
from regmap.schemas.feeds import FeedQuery, PagedFeedQuery, read_feed_question
from regmap.services.kept import Kept

_KEPT_BYTES = 8 << 20
_SETTLED = timedelta(seconds=2)
"""From then on no further revision bears the same second; snapshots follow within half of it."""


@dataclass(frozen=True, slots=True)
class _Feed:
    """A kind of feed; ``by_day``: what it tells depends on the day, not on the data set alone."""

    name: str
    make: Callable[[Asked], bytes]
    mimetype: str
    query: type[FeedQuery]
    by_day: bool = False


@dataclass(frozen=True, slots=True)
class _Body:
    content: bytes
    etag: str

    @classmethod
    def of(cls, content: bytes) -> "_Body":
        return cls(content, caching.etag_of(content))


_FEEDS = (
    _Feed("changes.atom", atom, ATOM, PagedFeedQuery),
    _Feed("changes.json", json_feed, JSON_FEED, PagedFeedQuery),
    _Feed("upcoming.ics", calendar, CALENDAR, FeedQuery, by_day=True),
)


def join_feeds(app: Flask) -> None:
    """Register the feeds; their bodies are kept ready, 8 MB of them in a worker."""
    feeds = Blueprint("feeds", __name__, url_prefix="/feeds")
    bodies: Kept[_Body] = Kept(_KEPT_BYTES, lambda body: len(body.content))
    for feed in _FEEDS:
        feeds.add_url_rule(f"/{feed.name}", feed.name.replace(".", "_"), _view(feed, bodies))
    app.register_blueprint(feeds)


def _view(feed: _Feed, bodies: Kept[_Body]) -> Callable[[], Response]:
    def view() -> Response:
        asked = _asked(feed)
        snapshot = asked.services.snapshot
        day = asked.day if feed.by_day else None
        key = (feed.name, snapshot.data_version, day, asked.addresses.itself)
        body = bodies.get(key, lambda: _Body.of(feed.make(asked)))
        response = caching.answer(body.content, feed.mimetype, etag=body.etag)
        return _conditional(response, _changed_at(asked, day))

    return view


def _asked(feed: _Feed) -> Asked:
    question = read_feed_question(request.args.to_dict(flat=False), feed.query)
    found = services(question.known_at)
    given = dict(sorted(request.args.to_dict().items()))
    addresses = Addresses(site(), request.path, given)
    asked = Asked(found, question, addresses, found.lookup.today())
    asked.check()
    return asked


def _changed_at(asked: Asked, day: date | None) -> datetime | None:
    """When the body may have changed last: with the data set, or as a day began."""
    recorded = asked.services.snapshot.recorded_at
    if day is None:
        return recorded
    began = datetime.combine(day, time(), UTC)
    return max(recorded, began) if recorded else began


def _conditional(response: Response, changed_at: datetime | None) -> Response:
    """Add Last-Modified, and answer 304 where the client has nothing but that to ask by."""
    if changed_at is None or datetime.now(UTC) - changed_at < _SETTLED:
        return response
    response.headers["Last-Modified"] = http_date(changed_at)
    known = request.if_modified_since
    if "If-None-Match" in request.headers or known is None:
        return response
    if known < changed_at.replace(microsecond=0):
        return response
    kept = [(name, response.headers[name]) for name in ("ETag", "Cache-Control", "Last-Modified")]
    return Response(status=304, headers=kept)
