"""What was imported: one entry per layer in ``imported.json``, beside the layers' GeoParquet files.

The manifest is what counts: a layer's file has its checksum in its name, is in place before the
manifest names it, and goes only after the manifest has let go of it. Nobody ever reads a half.
"""

import fcntl
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from regmap.domain.errors import DataProblem, InvalidValue
from regmap.files import put_whole, workshop
from regmap.geo.imports.census import Kind

MANIFEST = "imported.json"
_LOCK = ".lock"
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class ImportedLayer:
    """One imported file, and what came of it.

    ``file`` lies beside the manifest; ``sha256`` and ``size`` (bytes) are its own,
    ``source_sha256`` that of the file imported from. ``error_km``: how far the limits may be off.
    ``complete_states`` are our ids (``US-FL``) of the states whose incorporated places are all in
    it. ``counts`` say what became of the rows of the source.
    """

    name: str
    file: str
    sha256: str
    size: int
    kind: Kind
    source: str
    source_file: str
    source_sha256: str
    licence: str
    vintage: str
    error_km: float
    imported_at: str
    complete_states: tuple[str, ...]
    matched: tuple[str, ...]
    counts: Mapping[str, int]


def layer_name(file: Path) -> str:
    """The name of the layer that a file becomes: its stem, safe as a file name."""
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", file.stem).strip("-.")[:100]
    return safe or "layer"


def read_layers(folder: Path) -> dict[str, ImportedLayer]:
    """The imported layers by name, the newest last; none where nothing was ever imported.

    :raises DataProblem: if the manifest cannot be read.
    """
    file = folder / MANIFEST
    try:
        entries = json.loads(file.read_bytes())
        if entries["format"] != _FORMAT:
            raise ValueError(f"format {entries['format']!r}")
        layers = [_layer(name, entry) for name, entry in entries["layers"].items()]
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise DataProblem(f"{file}: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataProblem(
            f"{file}: damaged ({error!r}); take it away and import the files again"
        ) from None
    layers.sort(key=lambda layer: (layer.imported_at, layer.name))
    return {layer.name: layer for layer in layers}


def put_layer(folder: Path, layer: ImportedLayer, finished: Path) -> None:
    """Put a finished file in place and name it in the manifest, in place of one of that name.

    :raises DataProblem: if the disk refuses; nothing has changed then.
    """
    with _changing(folder) as layers:
        before = layers.get(layer.name)
        target = folder / layer.file
        existed = target.exists()
        try:
            finished.replace(target)
            _write_manifest(folder, {**layers, layer.name: layer})
        except (OSError, DataProblem) as error:
            if not existed:
                target.unlink(missing_ok=True)
            raise _refused(folder, error) from None
        if before is not None and before.file != layer.file:
            (folder / before.file).unlink(missing_ok=True)


def remove_layer(folder: Path, name: str) -> None:
    """Forget a layer and delete its file, whether that is damaged, missing or whole.

    :raises InvalidValue: if there is none of that name.
    """
    if not read_layers(folder):
        raise InvalidValue({"NAME": [f"{name!r} was not imported; nothing was."]})
    with _changing(folder) as layers:
        if name not in layers:
            known = ", ".join(layers)
            raise InvalidValue({"NAME": [f"{name!r} was not imported; imported are: {known}."]})
        gone = layers.pop(name)
        _write_manifest(folder, layers)
        (folder / gone.file).unlink(missing_ok=True)


@contextmanager
def finishing(folder: Path) -> Iterator[Path]:
    """A folder to finish files in (:func:`regmap.files.workshop`).

    :raises DataProblem: if the disk refuses it, or anything that is written meanwhile.
    """
    try:
        with workshop(folder) as making:
            yield making
    except OSError as error:
        raise _refused(folder, error) from None


@contextmanager
def _changing(folder: Path) -> Iterator[dict[str, ImportedLayer]]:
    """The layers, to be changed by one process at a time."""
    try:
        lock = (folder / _LOCK).open("w")
    except OSError as error:
        raise _refused(folder, error) from None
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield read_layers(folder)


def _write_manifest(folder: Path, layers: Mapping[str, ImportedLayer]) -> None:
    entries = {name: _entry(layer) for name, layer in sorted(layers.items())}
    text = json.dumps({"format": _FORMAT, "layers": entries}, indent=2, ensure_ascii=False) + "\n"
    try:
        put_whole(folder / MANIFEST, text.encode())
    except OSError as error:
        raise _refused(folder, error) from None


def _entry(layer: ImportedLayer) -> dict[str, Any]:
    return {key: value for key, value in asdict(layer).items() if key != "name"}


def _layer(name: str, entry: Mapping[str, Any]) -> ImportedLayer:
    values = {
        field.name: entry[field.name] for field in fields(ImportedLayer) if field.name != "name"
    }
    if Path(values["file"]).name != values["file"]:
        raise ValueError(f"layer {name!r} names the file {values['file']!r}")
    values["kind"] = Kind(values["kind"])
    values["error_km"] = float(values["error_km"])
    values["complete_states"] = tuple(values["complete_states"])
    values["matched"] = tuple(values["matched"])
    return ImportedLayer(name=name, **values)


def _refused(folder: Path, error: Exception) -> DataProblem:
    if isinstance(error, DataProblem):
        return error
    reason = error.strerror if isinstance(error, OSError) else None
    return DataProblem(f"{folder}: cannot be written ({reason or error})")
