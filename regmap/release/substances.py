"""``data/substances.yaml``: the substances that records may be about."""

from pathlib import Path

from regmap.domain.errors import DataProblem, InvalidDocument
from regmap.domain.vocabulary import Substance
from regmap.release import yaml_files
from regmap.schemas.substance import substances_from_document


def read_substances(file: Path) -> dict[str, Substance]:
    """Read the substances by code, in the order of the file.

    :raises DataProblem: naming the file and what is wrong in it.
    """
    try:
        document = yaml_files.read(file.read_text(encoding="utf-8"))
        entries = substances_from_document(document.value)
    except OSError as error:
        raise DataProblem(f"{file}: {error.strerror}") from None
    except (yaml_files.YamlProblem, InvalidDocument, UnicodeDecodeError) as error:
        raise DataProblem(f"{file}: {error}") from None
    substances = {entry.code: entry for entry in entries}
    for substance in substances.values():
        if substance.falls_back_to is not None and substance.falls_back_to not in substances:
            raise DataProblem(
                f"{file}: {substance.code} falls back to {substance.falls_back_to!r}, which is"
                " not in the file"
            )
    if not substances:
        raise DataProblem(f"{file}: names no substance")
    return substances
