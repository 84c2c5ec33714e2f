"""Zipped shapefiles, opened without trust: what is inside is measured before it is unpacked."""

import shutil
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from regmap.domain.errors import DataProblem

MAX_UNPACKED = 4 << 30
"""Bytes that a zip may unpack to; the largest Census place file takes a tenth."""

MAX_RATIO = 200
"""How much smaller than its contents a file in a zip may be; shapefiles pack to a third."""

MAX_MEMBERS = 1000
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # others are not for shapefiles
_RATIO_MATTERS_FROM = 1 << 20
_PARTS = frozenset({".shp", ".shx", ".dbf", ".prj", ".cpg"})
_BROKEN = (
    zipfile.BadZipFile,
    OSError,
    EOFError,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    UnicodeDecodeError,  # a name that is no UTF-8, though it says so
)


def check_zip(file: Path) -> None:
    """Make sure that a zip is whole, of decent size, and names nothing outside itself.

    :raises DataProblem: naming the file and what is wrong.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            _check_members(file, archive)
            broken = archive.testzip()
    except _BROKEN as error:
        raise _damaged(file, error) from None
    if broken is not None:
        raise DataProblem(f"{file}: damaged: {broken!r} in it does not match its checksum")


def unpack_shapefile(file: Path, folder: Path) -> Path:
    """Unpack the one shapefile of a zip into a folder; the path of its ``.shp`` there.

    :raises DataProblem: if the zip is damaged or hostile, or holds no shapefile or several.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            _check_members(file, archive)
            shape = _only_shapefile(file, archive)
            for member in archive.infolist():
                inside = PurePosixPath(member.filename)
                if inside.suffix.lower() in _PARTS and inside.with_suffix("") == shape:
                    # The name is ours, so that nothing in the zip chooses where bytes go.
                    target = folder / f"unpacked{inside.suffix.lower()}"
                    with archive.open(member) as packed, target.open("wb") as unpacked:
                        shutil.copyfileobj(packed, unpacked)
    except _BROKEN as error:
        raise _damaged(file, error) from None
    for needed in (".shx", ".dbf"):
        if not (folder / f"unpacked{needed}").is_file():
            raise DataProblem(f"{file}: the shapefile in it lacks its {needed} part")
    return folder / "unpacked.shp"


def _only_shapefile(file: Path, archive: zipfile.ZipFile) -> PurePosixPath:
    paths = [PurePosixPath(name) for name in archive.namelist()]
    # macOS adds a twin of each file with a note about it
    shapes = [p for p in paths if p.suffix.lower() == ".shp" and "__MACOSX" not in p.parts]
    if len(shapes) != 1:
        found = "no .shp file" if not shapes else f"{len(shapes)} .shp files"
        raise DataProblem(f"{file}: holds {found}; one shapefile is needed")
    return shapes[0].with_suffix("")


def _check_members(file: Path, archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    if len(members) > MAX_MEMBERS:
        raise DataProblem(f"{file}: holds {len(members)} files, more than {MAX_MEMBERS}")
    for member in members:
        inside = PurePosixPath(member.filename.replace("\\", "/"))
        if inside.is_absolute() or ".." in inside.parts or ":" in member.filename:
            raise DataProblem(f"{file}: names a file outside itself: {member.filename!r}")
        if member.compress_type not in _PACKINGS:
            raise DataProblem(f"{file}: {member.filename!r} in it is not packed by deflate")
        if member.file_size > max(_RATIO_MATTERS_FROM, MAX_RATIO * member.compress_size):
            raise DataProblem(
                f"{file}: {member.filename!r} in it is packed more than {MAX_RATIO} times smaller"
            )
    if sum(member.file_size for member in members) > MAX_UNPACKED:
        raise DataProblem(f"{file}: unpacks to more than {MAX_UNPACKED >> 30} GiB")


def _damaged(file: Path, error: Exception) -> DataProblem:
    if isinstance(error, OSError) and error.strerror:
        return DataProblem(f"{file}: {error.strerror}")
    return DataProblem(f"{file}: damaged, or no zip file ({error})")
