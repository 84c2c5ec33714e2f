"""A release is put in its place whole or not at all, and never breaks what others rely on."""

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from regmap.domain.errors import ExportFailed
from regmap.services.bundle import Services
from regmap.services.exports.making import making
from regmap.services.publishing.checking import check_package
from regmap.services.publishing.edition import (
    Edition,
    ReleaseFailed,
    ReleaseRefused,
    folder_of,
)
from regmap.services.publishing.package import Made, PackageMaker, Told
from regmap.services.publishing.previous import (
    Package,
    damages,
    packages,
    read_package,
    release_before,
)
from regmap.services.versions import Version
from regmap.store.database import Database


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be released.

    :param to: the folder that the package's folder is made in.
    :param today: the present day (UTC).
    :param name: of the release; None: ``data-`` and the day.
    :param on: the day of the statuses; None: ``today``.
    :param since: the version to compare with; None: that of the newest release in ``to``.
    :param may_shrink: whether tables may lose more than a tenth of their rows.
    """

    to: Path
    today: date
    name: str | None = None
    on: date | None = None
    since: str | None = None
    may_shrink: bool = False


@dataclass(frozen=True, slots=True)
class Released:
    """A release that is in its place.

    :param is_new: False: it was there already, was checked, and is as it was.
    :param facts: how many facts are others than in the release before, by heading.
    """

    package: Package
    is_new: bool
    facts: Counter[str]


def publish(
    asked: Asked, services: Services, database: Database, told: Told = lambda *_: None
) -> Released:
    """Release what the data set says.

    :param told: is told of every file that is begun.
    :raises InvalidValue: naming ``since``, if that is no earlier version.
    :raises UnknownVersion: if the log never was at the version to compare with.
    :raises ReleaseRefused: if it would break what others rely on; nothing was written.
    :raises ReleaseFailed: if the disk refuses, or a file is not what it should be.
    :raises DataProblem: if the edit log is broken.
    """
    snapshot = services.snapshot
    if snapshot.recorded_at is None:
        raise ReleaseRefused("there is nothing to release: `regmap load` first")
    target = asked.to / folder_of(snapshot.data_version)
    if target.exists():
        return _there(target, asked)
    there = packages(asked.to)
    before = release_before(services.versions, there, asked.since, snapshot.revision)
    old = next((one for one in there if before and one.revision == before.revision), None)
    edition = Edition(
        version=snapshot.data_version,
        revision=snapshot.revision,
        sealed="",
        recorded_at=snapshot.recorded_at,
        name=asked.name or f"data-{asked.on or asked.today}",
        on=asked.on or asked.today,
        previous=old.version if old else before.data_version if before else None,
        credits=_credits(services),
    )
    try:
        with making(asked.to) as workshop:
            maker = PackageMaker(services, database, workshop / target.name, asked.today, told)
            made = _made(maker, edition, before, old, asked.may_shrink)
            is_new = _put(workshop / target.name, target)
    except OSError as error:
        where = error.filename or asked.to
        raise ReleaseFailed(f"{where}: {error.strerror or error}; nothing was released") from None
    except ExportFailed as error:
        why = error.__cause__ or error
        raise ReleaseFailed(f"{why}; nothing was released") from None
    if not is_new:
        return _there(target, asked)
    return Released(Package(target, made.description), True, made.facts)


def _made(
    maker: PackageMaker,
    edition: Edition,
    before: Version | None,
    old: Package | None,
    may_shrink: bool,
) -> Made:
    def accept(description: Mapping[str, Any]) -> None:
        found = list(damages(old, description)) if old else []
        refused = [what for what, is_shrinkage in found if not (is_shrinkage and may_shrink)]
        if old is not None and refused:
            is_only_rows = all(is_shrinkage for _, is_shrinkage in found)
            hint = " (--allow-shrink, if they are meant to go)" if is_only_rows else ""
            raise ReleaseRefused(
                f"compared with the release of {old.version}: {'; '.join(refused)}{hint};"
                " nothing was written"
            )

    return maker.make(edition, before, accept)


def _there(target: Path, asked: Asked) -> Released:
    """What is in the place already, if it is sound, and what was asked for."""
    problems = check_package(target).problems
    if problems:
        raise ReleaseRefused(f"{target}: is there already, and damaged: {'; '.join(problems)}")
    package = read_package(target)
    for name, wanted, present in (
        ("on", asked.on and asked.on.isoformat(), package.on),
        ("name", asked.name, package.name),
        ("since", asked.since and _number(asked.since), _number(package.previous or "none")),
    ):
        if wanted is not None and wanted != present:
            raise ReleaseRefused(
                f"{target}: is there already with another --{name} ({present}); a release that is"
                " out is never changed"
            )
    return Released(package, False, Counter())


def _number(version: str) -> str:
    return version.strip().partition("-")[0]


def _put(made: Path, target: Path) -> bool:
    """Move a finished package to its place; False: another one was quicker.

    :raises OSError: if the disk refuses.
    """
    for path in (*made.iterdir(), made):
        _sync(path)
    try:
        made.rename(target)
    except OSError:
        if target.exists():
            return False
        raise
    _sync(target.parent)
    return True


def _sync(path: Path) -> None:
    """Wait until the disk has a file, or the names in a folder."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _credits(services: Services) -> tuple[tuple[str, str], ...]:
    """Source and licence of the limits that the operator imported."""
    layers = (area.layer for area in services.snapshot.geography.atlas.imported)
    return tuple(sorted({(layer.source, layer.licence) for layer in layers}))
