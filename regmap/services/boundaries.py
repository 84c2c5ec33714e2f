"""What an operator does with the limits of places: fetch, import, list and remove them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from regmap.domain.errors import DataProblem, InvalidValue
from regmap.geo.atlas import Atlas
from regmap.geo.imports.census import Kind, file_path
from regmap.geo.imports.fetching import Fetched, Progress, fetch
from regmap.geo.imports.importing import Options, Report, import_file
from regmap.geo.imports.matching import Directory
from regmap.geo.places import SAME_AS_COUNTY
from regmap.services.files import read_data


def directory(data_dir: Path) -> Directory:
    """The jurisdictions of the records and the boundaries, which rows of files are matched to.

    :raises DataProblem: if the data folder is broken.
    """
    release = read_data(data_dir)
    if release.problems:
        raise DataProblem(f"{release.problems[0]}; `regmap validate` names every problem")
    bundled = Atlas(data_dir / "boundaries").jurisdictions
    # Where both have a jurisdiction, the boundaries bring the codes.
    everything = {**release.jurisdictions, **bundled}
    return Directory(everything.values(), bundled.keys() | SAME_AS_COUNTY.keys())


def import_boundaries(
    file: Path, data_dir: Path, boundaries_dir: Path, options: Options, known: Directory
) -> Report:
    """Import one file; see :func:`regmap.geo.imports.importing.import_file`.

    The outcome is opened once as the workers will, so that nothing is kept that they cannot read.
    """
    report = import_file(file, boundaries_dir, known, options, datetime.now(UTC))
    Atlas(data_dir / "boundaries", imported_dir=boundaries_dir)
    return report


def fetch_census_file(
    kind: Kind,
    year: int,
    state: str | None,
    folder: Path,
    known: Directory,
    base_url: str,
    sha256: str | None = None,
    progress: Progress = lambda here, total: None,
) -> Fetched:
    """Download one Census file: a state's, or the national one where ``state`` is None.

    :param state: ``FL``, ``US-FL`` or ``12``.
    :raises InvalidValue: if there is no such state.
    :raises DataProblem: if the file cannot be had whole.
    """
    fips = None if state is None else _fips(state, known)
    url = f"{base_url.rstrip('/')}/{file_path(kind, year, fips)}"
    return fetch(url, folder, sha256, progress)


def _fips(state: str, known: Directory) -> str:
    wanted = state.strip().upper()
    for fips, id in known.state_of_fips.items():
        if wanted in (fips, id, id.removeprefix("US-")):
            return fips
    raise InvalidValue({"--state": [f"{state!r} is no state of the US."]})


def report_lines(report: Report) -> Sequence[tuple[str, str]]:
    """What an import did, as pairs of what is counted and how many."""
    counted = [
        ("rows read", report.read),
        ("left out: designated places without a government", report.designated),
        ("left out: statistical or inactive subdivisions", report.statistical),
        ("left out: no usable shape", len(report.refused)),
        ("repaired", report.repaired),
        ("joined to another row of the same id", report.united),
        ("matched a jurisdiction", len(report.matched)),
        ("already detailed, left as it is", len(report.detailed)),
        ("unmatched, kept: incorporated places", report.kept),
        ("unmatched, left out", report.unmatched),
    ]
    return [(what, str(count)) for what, count in counted]
