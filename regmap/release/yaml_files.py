"""YAML as regmap reads and writes it: plain values only, and every value knows its line.

Dates stay text, only ``true`` and ``false`` are truth values (``NO`` is Norway), keys are unique,
and anchors, aliases and tags are refused: a record file holds nothing that needs them.
"""

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

Path = tuple[str | int, ...]
# What is wrong with the node that starts at a character and is a collection or not: a mapping and
# its first key start at the same one.
_Refused = dict[tuple[int, bool], str]

MAX_DEPTH = 12
MAX_DIGITS = 100

_CORE_TYPES = (
    ("tag:yaml.org,2002:null", r"~|null|", ["~", "n", ""]),
    ("tag:yaml.org,2002:bool", r"true|false", list("tf")),
    ("tag:yaml.org,2002:int", r"[-+]?(?:0|[1-9][0-9]*)", list("-+0123456789")),
    (
        "tag:yaml.org,2002:float",
        r"[-+]?(?:0|[1-9][0-9]*)\.[0-9]+(?:[eE][-+]?[0-9]+)?",
        list("-+0123456789"),
    ),
)


class _Loader(yaml.CSafeLoader):
    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012  # PyYAML declares it so


class _Dumper(yaml.CSafeDumper):
    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012  # PyYAML declares it so


for _tag, _pattern, _first in _CORE_TYPES:
    for _side in (_Loader, _Dumper):
        _side.add_implicit_resolver(_tag, re.compile(rf"^(?:{_pattern})$"), _first)


class YamlProblem(Exception):
    """Text that is not the plain YAML asked for, and the line where that shows."""

    def __init__(self, line: int, message: str, path: Path = ()) -> None:
        self.line = line
        self.message = message
        self.path = path
        super().__init__(f"line {line}: {message}")


@dataclass(slots=True)
class Document:
    """The value of a file, and the line (from 1) on which each path in it begins."""

    value: Any
    lines: dict[Path, int] = field(default_factory=dict)

    def line_of(self, path: Path) -> int:
        """The line of a path, or of the nearest part above it that the file has."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return 1


def read(text: str) -> Document:
    """Read one YAML document.

    :raises YamlProblem: with the line of the first thing that is wrong.
    """
    try:
        refused = _refused(text)
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise YamlProblem(mark.line + 1 if mark else 1, error.problem or "not YAML") from None
    except (yaml.YAMLError, RecursionError) as error:
        raise YamlProblem(1, f"not YAML: {' '.join(str(error).split())}") from None
    if node is None:
        raise YamlProblem(1, "the file is empty")
    document = Document(None)
    document.value = _construct(node, (), document, refused)
    return document


def write(value: Any) -> str:
    """Write a value as YAML; equal values always give equal text."""
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


def _refused(text: str) -> _Refused:
    """Go through the text before anything is built: deep nesting would crash what builds."""
    refused: _Refused = {}
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        depth -= isinstance(event, yaml.CollectionEndEvent)
        mark = event.start_mark
        if mark is None or not isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent):
            continue
        starts_collection = isinstance(event, yaml.CollectionStartEvent)
        depth += starts_collection
        if depth > MAX_DEPTH:
            raise YamlProblem(mark.line + 1, "nested too deeply")
        if event.anchor is not None:
            refused[mark.index, starts_collection] = "anchors and aliases are not used here"
        elif event.tag is not None:
            refused[mark.index, starts_collection] = f"the tag {event.tag!r} is not used here"
    return refused


def _allow(node: yaml.Node, path: Path, refused: _Refused) -> None:
    message = refused.get((node.start_mark.index, isinstance(node, yaml.CollectionNode)))
    if message is not None:
        raise YamlProblem(node.start_mark.line + 1, message, path)


def _construct(node: yaml.Node, path: Path, document: Document, refused: _Refused) -> Any:
    document.lines.setdefault(path, node.start_mark.line + 1)
    _allow(node, path, refused)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, document, refused)
    if isinstance(node, yaml.SequenceNode):
        return [
            _construct(child, (*path, place), document, refused)
            for place, child in enumerate(node.value)
        ]
    return _scalar(node, path)


def _mapping(
    node: yaml.MappingNode, path: Path, document: Document, refused: _Refused
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise YamlProblem(line, "a key must be plain text", path)
        key = key_node.value
        _allow(key_node, (*path, key), refused)
        if key in values:
            raise YamlProblem(line, f"the key {key!r} stands twice", (*path, key))
        document.lines[(*path, key)] = line
        values[key] = _construct(value_node, (*path, key), document, refused)
    return values


def _scalar(node: yaml.Node, path: Path) -> str | int | float | bool | None:
    match node.tag.removeprefix("tag:yaml.org,2002:"):
        case "null":
            return None
        case "bool":
            return bool(node.value == "true")
        case "int":
            if len(node.value) > MAX_DIGITS:
                raise YamlProblem(node.start_mark.line + 1, "the number is too long", path)
            return int(node.value)
        case "float":
            return float(node.value)
    return str(node.value)
