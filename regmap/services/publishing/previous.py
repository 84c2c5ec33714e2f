"""The release before this one: which it is, and what a new one must not break."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from regmap.domain.errors import InvalidValue, UnknownVersion
from regmap.services.publishing.edition import DESCRIPTOR, NAME, ReleaseRefused, folder_of
from regmap.services.versions import Version, Versions

LEAST_KEPT = 0.9
"""The share of rows that must be left of what the release before had."""


@dataclass(frozen=True, slots=True)
class Package:
    """A release that is there already: its folder, and its description as it was read."""

    folder: Path
    told: Mapping[str, Any]

    @property
    def version(self) -> str:
        """The name of its data version."""
        return str(self.told["version"])

    @property
    def revision(self) -> int:
        """The number of its last revision."""
        return int(self.told["regmap"]["revision"])

    @property
    def previous(self) -> str | None:
        """The data version that its changelog compares with."""
        told = self.told["regmap"]["previous"]
        return None if told is None else str(told)

    @property
    def name(self) -> str:
        """The name of the release."""
        return str(self.told["regmap"]["release"])

    @property
    def files(self) -> int:
        """How many files it has: what it describes, the description, the checksums."""
        return len(self.told["resources"]) + 2

    @property
    def bytes(self) -> int:
        """How large they are together."""
        return sum(int(one["bytes"]) for one in self.told["resources"])

    @property
    def on(self) -> str:
        """The day that its statuses are of."""
        return str(self.told["regmap"]["on"])


def packages(folder: Path) -> list[Package]:
    """The releases in a folder, newest version first.

    :raises ReleaseRefused: if one cannot be read: what to compare with is not known then.
    """
    found = [read_package(one) for one in sorted(folder.glob(f"{NAME}-*")) if one.is_dir()]
    return sorted(found, key=lambda one: one.revision, reverse=True)


def read_package(folder: Path) -> Package:
    """The release in a folder.

    :raises ReleaseRefused: if it cannot be read, or is of another version than the folder says.
    """
    file = folder / DESCRIPTOR
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        package = Package(folder, told)
        if folder.name != folder_of(package.version):
            raise ValueError(f"is of version {package.version}")
        for one in told["resources"]:
            _rows(one), one["path"], list(_columns_lost(one, {}))
        _ = package.revision, package.on, package.name, package.previous
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ReleaseRefused(f"{file}: is no release that can be read: {error!r}") from None
    return package


def release_before(
    versions: Versions, there: Iterable[Package], since: str | None, revision: int
) -> Version | None:
    """The version to compare with: the one asked for, else that of the newest release there is.

    :param revision: the last one of the new release.
    :raises InvalidValue: naming ``since``, if that is no name of a version, or a later one.
    :raises UnknownVersion: if the log never was at the version asked for.
    :raises ReleaseRefused: if a release in the folder is of another log.
    """
    if since is not None:
        asked = versions.find(since, "since")
        if asked.revision > revision:
            raise InvalidValue({"since": ["Is newer than what is to be released."]})
        return asked
    found = [_ancestor(versions, one, revision) for one in there]
    return found[0] if found else None


def damages(before: Package, after: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    """What a new release would take from who reads the old one, in words.

    The flag says whether that is rows alone, which may be allowed.

    :param after: the description of the new one.
    """
    new = {one["path"]: one for one in after["resources"]}
    for old in before.told["resources"]:
        path = old["path"]
        if path not in new:
            yield f"{path}: is no longer there", False
            continue
        yield from ((f"{path}: {told}", False) for told in _columns_lost(old, new[path]))
        had, has = _rows(old), _rows(new[path])
        if had is not None and (has or 0) < LEAST_KEPT * had:
            yield f"{path}: {has or 0:,} rows are left of {had:,}", True


def _columns_lost(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    types = {one["name"]: one["type"] for one in new.get("schema", {}).get("fields", ())}
    for column in old.get("schema", {}).get("fields", ()):
        name, kind = column["name"], column["type"]
        if name not in types:
            yield f"column {name} is no longer there"
        elif types[name] != kind:
            yield f"column {name} was of type {kind} and would be {types[name]}"


def _rows(resource: Mapping[str, Any]) -> int | None:
    rows = resource.get("rows", resource.get("items"))
    return None if rows is None else int(rows)


def _ancestor(versions: Versions, package: Package, revision: int) -> Version:
    try:
        found = versions.find(package.version)
    except (InvalidValue, UnknownVersion):
        found = None
    if found is None or found.revision > revision:
        raise ReleaseRefused(
            f"{package.folder}: data version {package.version} is no earlier state of this edit"
            " log, so that nobody could tell what changed since; release to another folder, or"
            " name the version to compare with (--since)"
        )
    return found
