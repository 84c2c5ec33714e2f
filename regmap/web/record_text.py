"""A whole record as YAML, in the very form of the record files: for whom fields are too slow."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from regmap.domain.errors import InvalidValue
from regmap.domain.jurisdictions import Jurisdiction
from regmap.domain.wording import said
from regmap.release import yaml_files
from regmap.release.files import file_document
from regmap.schemas.corrections import record_given
from regmap.web.record_form import ROOT, Errors

TEXT = f"{ROOT}.text"
"""The control that holds the whole record."""


def text_of(document: Mapping[str, Any], jurisdiction: Jurisdiction, substance: str) -> str:
    """A record as YAML, in the very form of the record files.

    :raises InvalidValue: naming each field that is wrong.
    """
    record = record_given(document, (jurisdiction.id, substance))
    return yaml_files.write(file_document(jurisdiction, [record])["records"][substance])


@dataclass(frozen=True, slots=True)
class TextRead:
    """A record that was given as YAML."""

    document: dict[str, Any]
    lines: yaml_files.Document

    def by_line(self, errors: Errors) -> dict[str, list[str]]:
        """Messages about fields of the record as messages about the text, naming the line."""
        found: dict[str, list[str]] = {}
        for name, messages in errors.items():
            if name != ROOT and not name.startswith(f"{ROOT}."):
                found[name] = list(messages)
                continue
            field = name.removeprefix(ROOT).removeprefix(".")
            path = tuple(
                int(part) if part.isascii() and part.isdigit() else part
                for part in field.split(".")
            )
            for message in messages:
                told_at = said(
                    "Line {line}, {field}: {message}",
                    line=self.lines.line_of(path),
                    field=field or ROOT,
                    message=message,
                )
                found.setdefault(TEXT, []).append(told_at)
        return found


def read_text(text: str) -> TextRead:
    """Read a record from YAML; its fields are not checked yet.

    :raises InvalidValue: naming the line where it is no YAML.
    """
    try:
        read = yaml_files.read(text)
    except yaml_files.YamlProblem as error:
        told_at = said("Line {line}: {message}", line=error.line, message=error.message)
        raise InvalidValue({TEXT: [told_at]}) from None
    if not isinstance(read.value, dict):
        raise InvalidValue({TEXT: [said("Must be a record: periods, pending, …")]})
    return TextRead(read.value, read)
