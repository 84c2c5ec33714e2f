"""Where the things that a feed tells of stand, as absolute addresses on the host asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote, urlencode

from regmap.services.changes import LegalChange
from regmap.services.news import NewsItem

AUTHORITY = "tag:regmap,2026:"
"""Begins every id (RFC 4151): the data set's, not the host's, so that ids survive a move."""

Parameters = Mapping[str, str]


def lasting_id(key: str) -> str:
    """The id of what a key names, the same for ever."""
    return AUTHORITY + quote(key, safe="/:-._~?=&")


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses of one answer.

    :param root: scheme and host, without a slash at the end.
    :param path: the feed's own path.
    :param asked: the parameters that it was asked with.
    """

    root: str
    path: str
    asked: Parameters

    @property
    def itself(self) -> str:
        """The feed as it was asked for."""
        return self._absolute(self.path, self.asked)

    def page(self, number: int) -> str:
        """Another page of the feed."""
        others = {name: value for name, value in self.asked.items() if name != "page"}
        return self._absolute(self.path, others if number == 1 else {**others, "page": str(number)})

    @property
    def for_people(self) -> str:
        """The page that tells the same."""
        id = self.asked.get("jurisdiction")
        if id is not None:
            return self._absolute(f"/jurisdictions/{id}", {})
        kept = {name: self.asked[name] for name in ("substance",) if name in self.asked}
        return self._absolute("/changes", kept)

    def page_of(self, item: NewsItem) -> str:
        """The jurisdiction's page on the day of a change, or where its edits are listed."""
        change = item.change
        path = f"/jurisdictions/{change.jurisdiction.id}"
        if isinstance(change, LegalChange):
            return self._absolute(path, {"on": str(change.day)}) + f"#{change.substance}"
        return self._absolute(path, {}) + "#edits"

    def data_of(self, item: NewsItem) -> str:
        """The item in the API."""
        change = item.change
        if isinstance(change, LegalChange):
            about = {"jurisdiction": change.jurisdiction.id, "substance": change.substance}
            days = {"from": str(change.day), "to": str(change.day + timedelta(days=1))}
            return self._absolute("/api/v1/changes", {**about, **days})
        since = {"since": str(change.revision - 1), "page_size": "1"}
        return self._absolute("/api/v1/revisions", since)

    def _absolute(self, path: str, parameters: Parameters) -> str:
        query = f"?{urlencode(parameters)}" if parameters else ""
        return self.root + quote(path) + query
