"""The changes as a JSON Feed 1.1, in pages."""

from datetime import datetime
from typing import Any

import orjson

from regmap.domain.records import Period
from regmap.feeds.addresses import lasting_id
from regmap.feeds.question import PAGE_SIZE, Asked
from regmap.feeds.tags import tags_of
from regmap.feeds.telling import as_html, title_of, told_of
from regmap.feeds.text import in_one_line
from regmap.feeds.titles import ABOUT, AUTHOR, SUBTITLE
from regmap.services.changes import LegalChange
from regmap.services.news import NewsItem

MIMETYPE = "application/feed+json"
_VERSION = "https://jsonfeed.org/version/1.1"


def json_feed(asked: Asked) -> bytes:
    """The page of the feed that was asked for."""
    found = asked.items()
    feed: dict[str, Any] = {
        "version": _VERSION,
        "title": in_one_line(asked.titled(ABOUT)),
        "home_page_url": asked.addresses.for_people,
        "feed_url": asked.addresses.itself,
        "description": SUBTITLE,
        "language": "en",
        "authors": [{"name": AUTHOR}],
    }
    if asked.question.page * PAGE_SIZE < len(found):
        feed["next_url"] = asked.addresses.page(asked.question.page + 1)
    return orjson.dumps({**feed, "items": [_item(asked, one) for one in asked.page(found)]})


def _item(asked: Asked, item: NewsItem) -> dict[str, Any]:
    blocks = told_of(item, asked.services.news.doubts(item), asked.addresses)
    told: dict[str, Any] = {
        "id": lasting_id(item.key),
        "url": asked.addresses.page_of(item),
        "title": title_of(item, asked.substances.get(item.change.substance)),
        "content_html": as_html(blocks),
        "date_published": _moment(item.recorded_at),
        "date_modified": _moment(item.updated_at),
        "language": "en",
        "tags": [term for _, term in tags_of(item)],
        "_regmap": _as_data(asked, item),
    }
    if item.change.summary:
        told["summary"] = item.change.summary
    return told


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def _as_data(asked: Asked, item: NewsItem) -> dict[str, Any]:
    """The change for programs (an extension, as JSON Feed allows), in the words of the API."""
    change = item.change
    where, told = change.jurisdiction, change.told_by
    until = None if isinstance(change, LegalChange) else change.until
    return {
        "about": asked.addresses.data_of(item),
        "type": change.type,
        "jurisdiction": {"id": where.id, "name": where.name, "level": where.level},
        "substance": change.substance,
        "effective": change.effective and str(change.effective),
        "until": until and str(until),
        "before": _status(change.before),
        "after": _status(change.after),
        "effective_before": change.effective_before,
        "effective_after": change.effective_after,
        "direction": change.direction,
        "summary": change.summary,
        "citation": told.citation if told else None,
        "confidence": change.after.confidence if change.after else None,
        "evidence_as_of": item.evidence_as_of and str(item.evidence_as_of),
    }


def _status(period: Period | None) -> str | None:
    return period.status if period else None
