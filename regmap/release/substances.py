"""``data/substances.yaml``: the substances that records may be about."""

from pathlib import Path

from marshmallow import Schema, ValidationError, fields, validate

from regmap.domain.errors import DataProblem
from regmap.domain.vocabulary import Substance
from regmap.release import yaml_files
from regmap.schemas.fields import Text


class SubstanceSchema(Schema):
    """One substance of the codebook."""

    code = fields.String(required=True, validate=validate.Regexp(r"[a-z0-9]+(-[a-z0-9]+)*\Z"))
    name = Text(required=True)
    meaning = Text(required=True)
    falls_back_to = fields.String(required=True, allow_none=True)


def read_substances(file: Path) -> dict[str, Substance]:
    """Read the substances by code, in the order of the file.

    :raises DataProblem: naming the file and what is wrong in it.
    """
    try:
        document = yaml_files.read(file.read_text(encoding="utf-8"))
        entries = SubstanceSchema(many=True).load(document.value)
    except OSError as error:
        raise DataProblem(f"{file}: {error.strerror}") from None
    except (yaml_files.YamlProblem, ValidationError, UnicodeDecodeError) as error:
        raise DataProblem(f"{file}: {error}") from None
    substances = {entry["code"]: Substance(**entry) for entry in entries}
    for substance in substances.values():
        if substance.falls_back_to is not None and substance.falls_back_to not in substances:
            raise DataProblem(
                f"{file}: {substance.code} falls back to {substance.falls_back_to!r}, which is"
                " not in the file"
            )
    if not substances:
        raise DataProblem(f"{file}: names no substance")
    return substances
