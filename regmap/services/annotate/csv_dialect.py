"""What kind of CSV a file is: its encoding, its delimiter, its header."""

import codecs
import csv
import re
from dataclasses import dataclass

from regmap.domain.errors import InvalidValue

DELIMITERS = (",", ";", "\t", "|")

_QUOTED = re.compile(r'"(?:[^"]|"")*"?')
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the bytes of a CSV file are cells: quoted with ``"``, which stands twice inside."""

    encoding: str
    delimiter: str


def check_encoding(name: str) -> str:
    """The usual name of an encoding in which line ends and commas are single bytes.

    :raises InvalidValue: naming ``--encoding``.
    """
    try:
        encoding = codecs.lookup(name).name
        plain = '\r\n,;|\t"'.encode(encoding) == b'\r\n,;|\t"'
    except (LookupError, ValueError):
        raise InvalidValue({"--encoding": [f"No encoding is called {name!r}."]}) from None
    if encoding == "utf-8-sig":
        return "utf-8"
    if not plain:
        raise InvalidValue(
            {"--encoding": [f"{name} cannot be read line by line; turn the file into UTF-8 first."]}
        )
    return encoding


def check_delimiter(delimiter: str) -> str:
    """A delimiter that can be used: one character.

    :raises InvalidValue: naming ``--delimiter``.
    """
    delimiter = {"\\t": "\t", "tab": "\t"}.get(delimiter, delimiter)
    if len(delimiter) != 1 or delimiter in '"\r\n \ufeff' or not delimiter.isascii():
        raise InvalidValue({"--delimiter": [f"{delimiter!r} is not one plain character."]})
    return delimiter


def is_utf_16(head: bytes) -> bool:
    """Whether a file begins as UTF-16 files do."""
    return head.startswith(_UTF_16)


def sniffed(header: str) -> str:
    """The delimiter of a header line: the one that makes most cells of it.

    :raises InvalidValue: if two make as many, naming ``--delimiter``.
    """
    bare = _QUOTED.sub("", header)
    counts = {delimiter: bare.count(delimiter) for delimiter in DELIMITERS}
    most = max(counts.values())
    if most == 0:
        return ","
    found = [delimiter for delimiter, count in counts.items() if count == most]
    if len(found) > 1:
        said = " or ".join(repr(one) for one in found)
        raise InvalidValue(
            {"--delimiter": [f"The header could be cut at {said}: say at which with --delimiter."]}
        )
    return found[0]


def quoted(cell: str, delimiter: str) -> str:
    """A cell as it is written: in quotes where that is needed."""
    if delimiter in cell or '"' in cell or "\n" in cell or "\r" in cell:
        return '"' + cell.replace('"', '""') + '"'
    return cell


def is_whole(record: str, delimiter: str) -> bool:
    """Whether a record ends outside quotes, so that a cell can be added to it."""
    read = csv.reader([record, ""], delimiter=delimiter)
    more = csv.reader([f"{record}{delimiter}x", ""], delimiter=delimiter)
    return len(next(more, [])) == len(next(read, [])) + 1
