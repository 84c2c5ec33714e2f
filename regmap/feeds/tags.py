"""What an entry is sorted under."""

from regmap.services.changes import LegalChange
from regmap.services.news import NewsItem


def tags_of(item: NewsItem) -> list[tuple[str, str]]:
    """The tags of an item, each a kind of tag and its code; its type comes first."""
    change = item.change
    tags = [
        ("type", change.type),
        ("jurisdiction", change.jurisdiction.id),
        ("level", change.jurisdiction.level),
        ("substance", change.substance),
        ("direction", change.direction),
    ]
    if isinstance(change, LegalChange) and item.is_announced:
        tags.append(("announced", "announced"))
    return [(scheme, str(term)) for scheme, term in tags]
