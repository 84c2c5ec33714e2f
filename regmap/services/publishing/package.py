"""The files of one release, made one after the other in a folder, and checked at the end."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Generic, TypeVar

from regmap.files import write_synced
from regmap.services.bundle import Services
from regmap.services.codebook import as_markdown
from regmap.services.csv_text import write_csv
from regmap.services.exports.columns import Table
from regmap.services.exports.files import Question, write_table
from regmap.services.publishing import contents, facts, panel
from regmap.services.publishing.checking import check_package
from regmap.services.publishing.citation import citation_text
from regmap.services.publishing.contents import Content
from regmap.services.publishing.datapackage import as_text, release_package
from regmap.services.publishing.dcat import release_dcat
from regmap.services.publishing.edition import (
    CHECKSUMS,
    DESCRIPTOR,
    Edition,
    Part,
    ReleaseFailed,
    digest_of,
)
from regmap.services.publishing.readme import license_text, readme_text
from regmap.services.publishing.revision_log import write_log
from regmap.services.publishing.survey import Survey, survey
from regmap.services.versions import Version
from regmap.store.database import Database

Told = Callable[[str, int, int], None]
"""Is told what is in work, how many files are finished, and how many there will be."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Made:
    """A finished package: its description, and how many facts changed, by heading."""

    description: dict[str, Any]
    facts: Counter[str]


class PackageMaker:
    """Makes the files of one package.

    :param folder: where they are made; it must not be there yet.
    :param today: the present day (UTC); evidence is aged by it.
    :param told: is told of every file that is begun.
    """

    def __init__(
        self,
        services: Services,
        database: Database,
        folder: Path,
        today: date,
        told: Told,
    ) -> None:
        self._services = services
        self._database = database
        self._folder = folder
        self._today = today
        self._told = told
        self._parts: list[Part] = []
        self._contents = contents.table_contents()
        self._count = len(self._contents) + len(contents.OTHERS) + 2

    def make(
        self, edition: Edition, before: Version | None, accept: Callable[[dict[str, Any]], None]
    ) -> Made:
        """Make every file, and check all of them as a stranger would.

        :param edition: what is released; its ``sealed`` is looked up.
        :param before: the version to compare with.
        :param accept: is shown the description, and raises where it may not be released.
        :raises ExportFailed: if a table could not be made.
        :raises ReleaseFailed: if a file is not what it should be.
        :raises DataProblem: if the edit log is broken.
        :raises OSError: if the disk refuses.
        """
        self._folder.mkdir()
        for content in self._contents:
            self._write_table(content, edition.on)
        self._write_panel(edition.on)
        edition = replace(edition, sealed=self._write_log(edition.revision))
        found = survey(self._folder)
        counts = self._write_facts(edition, before, found)
        self._write_texts(edition, found)
        self._begin(DESCRIPTOR)
        description = release_package(edition, self._parts)
        accept(description)
        self._put(DESCRIPTOR, as_text(description))
        self._begin(CHECKSUMS)
        self._write_sums()
        self._begin("checking all of them")
        problems = check_package(self._folder).problems
        if problems:
            raise ReleaseFailed("; ".join(problems))
        return Made(description, counts)

    def _write_table(self, content: Content, on: date) -> None:
        self._begin(content.path)
        if content.table is None or content.form is None:
            raise ValueError(f"{content.path} is no table of the data set")
        question = Question(
            table=content.table,
            form=content.form,
            on=on if content.table is Table.STATUSES else None,
            substance=None,
            geometry="simple",
            today=self._today,
        )
        written = write_table(self._services, question, self._folder / content.path)
        self._add(content, written.rows)

    def _write_panel(self, on: date) -> None:
        self._begin(panel.FILE)
        header = [column.name for column in panel.COLUMNS]
        rows = _Counted(panel.rows(self._services, on))
        with (self._folder / panel.FILE).open("w", encoding="utf-8", newline="") as out:
            write_csv(out, header, rows)
        self._add(contents.PANEL, rows.count)

    def _write_log(self, revision: int) -> str:
        self._begin(contents.LOG.path)
        sealed = write_log(self._database, revision, self._folder / contents.LOG.path)
        self._add(contents.LOG, revision)
        return sealed

    def _write_facts(self, edition: Edition, before: Version | None, found: Survey) -> Counter[str]:
        if before is None:
            counted = {part.path: part.rows or 0 for part in self._parts}
            shown = ("statuses.csv", "periods.csv", "records.csv", "changes.csv", panel.FILE)
            rows = {path: counted[path] for path in (*shown, contents.LOG.path)}
            text = facts.first_changelog(edition, rows, found.by_status)
            self._add_text(contents.FACTS, text)
            return Counter()
        versions = self._services.versions
        changed = versions.between(before, versions.find(edition.version))
        listed = list(facts.facts_of(self._database, self._services.snapshot, changed))
        self._add_text(contents.FACTS, facts.changelog(edition, before, listed))
        return Counter(fact.section for fact in listed)

    def _write_texts(self, edition: Edition, found: Survey) -> None:
        self._add_text(contents.CODES, as_markdown(self._services.snapshot.substances))
        self._add_text(contents.CITATION, citation_text(edition))
        self._add_text(contents.LICENSE, license_text(edition))
        dcat = release_dcat(edition, self._parts, found.earliest)
        self._add_text(contents.CATALOGUE, as_text(dcat))
        self._add_text(contents.README, readme_text(edition, self._parts, found))

    def _write_sums(self) -> None:
        digests = {part.path: part.sha256 for part in self._parts}
        digests[DESCRIPTOR] = digest_of(self._folder / DESCRIPTOR)
        lines = [f"{digests[path]}  {path}\n" for path in sorted(digests)]
        self._put(CHECKSUMS, "".join(lines))

    def _begin(self, path: str) -> None:
        self._told(path, len(self._parts), self._count)

    def _add_text(self, content: Content, text: str) -> None:
        self._begin(content.path)
        self._put(content.path, text)
        self._add(content, None)

    def _put(self, path: str, text: str) -> None:
        write_synced(self._folder / path, lambda file: file.write_bytes(text.encode()))

    def _add(self, content: Content, rows: int | None) -> None:
        file = self._folder / content.path
        self._parts.append(
            Part(
                path=content.path,
                title=content.title,
                description=content.description,
                mediatype=content.mediatype,
                bytes=file.stat().st_size,
                sha256=digest_of(file),
                rows=rows,
                columns=content.columns,
                key=content.key,
                unique=content.unique,
                refers=content.refers,
            )
        )


class _Counted(Generic[T]):
    """Hands things on, and counts them."""

    def __init__(self, things: Iterable[T]) -> None:
        self._things = things
        self.count = 0

    def __iter__(self) -> Iterator[T]:
        for self.count, thing in enumerate(self._things, start=1):  # noqa: B020
            yield thing
