"""The changes as an Atom feed (RFC 4287), in pages (RFC 5005)."""

from typing import Any

from regmap import __version__
from regmap.feeds.addresses import AUTHORITY, lasting_id
from regmap.feeds.question import PAGE_SIZE, Asked, updated_at
from regmap.feeds.tags import tags_of
from regmap.feeds.telling import as_html, title_of, told_of
from regmap.feeds.text import clean, in_one_line
from regmap.feeds.titles import ABOUT, AUTHOR, RIGHTS, SUBTITLE
from regmap.services.news import NewsItem

MIMETYPE = "application/atom+xml"


def atom(asked: Asked) -> bytes:
    """The page of the feed that was asked for."""
    # 4 MB that a worker nobody asks for feeds does without
    from feedgen.feed import FeedGenerator  # type: ignore[import-untyped]

    found = asked.items()
    feed = FeedGenerator()
    feed.id(asked.lasting_id("changes"))
    feed.title(in_one_line(asked.titled(ABOUT)))
    feed.subtitle(SUBTITLE)
    feed.author({"name": AUTHOR})
    feed.rights(RIGHTS)
    feed.language("en")
    feed.generator("regmap", version=__version__)
    feed.updated(updated_at(found))
    for link in _links(asked, len(found)):
        feed.link(link)
    for item in asked.page(found):
        feed.add_entry(_entry(asked, item), order="append")
    body: bytes = feed.atom_str()
    return body


def _links(asked: Asked, total: int) -> list[dict[str, str]]:
    at, last = asked.question.page, max(1, -(-total // PAGE_SIZE))
    pages = {"first": 1, "last": last}
    if at > 1:
        pages["previous"] = min(at - 1, last)
    if at < last:
        pages["next"] = at + 1
    addresses = asked.addresses
    return [
        {"href": addresses.itself, "rel": "self", "type": MIMETYPE},
        {"href": addresses.for_people, "rel": "alternate", "type": "text/html"},
        *({"href": addresses.page(n), "rel": rel, "type": MIMETYPE} for rel, n in pages.items()),
    ]


def _entry(asked: Asked, item: NewsItem) -> Any:
    from feedgen.entry import FeedEntry  # type: ignore[import-untyped]

    change, addresses = item.change, asked.addresses
    entry = FeedEntry()
    entry.id(lasting_id(item.key))
    entry.title(title_of(item, asked.substances.get(change.substance)))
    entry.published(item.recorded_at)
    entry.updated(item.updated_at)
    entry.register_extension("regmap", extension_class_entry=_EntryLinks, rss=False)
    entry.regmap.links = (
        ("alternate", "text/html", addresses.page_of(item)),
        ("related", "application/json", addresses.data_of(item)),
    )
    for scheme, term in tags_of(item):
        entry.category({"term": clean(term), "scheme": f"{AUTHORITY}{scheme}"})
    if change.summary:
        entry.summary(clean(change.summary))
    blocks = told_of(item, asked.services.news.doubts(item), addresses)
    entry.content(as_html(blocks), type="html")
    return entry


class _EntryLinks:
    """The links of an entry; feedgen 1.0 itself loses their ``rel`` and ``type``."""

    links: tuple[tuple[str, str, str], ...] = ()

    def extend_atom(self, entry: Any) -> Any:
        """Add the links to the element of the entry."""
        from feedgen.util import xml_elem  # type: ignore[import-untyped]

        for rel, mimetype, href in self.links:
            xml_elem("link", entry, rel=rel, type=mimetype, href=href)
        return entry
