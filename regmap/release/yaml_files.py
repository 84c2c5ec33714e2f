"""YAML as regmap reads and writes it: plain values only, and every value knows its line.

Dates stay text, only ``true`` and ``false`` are truth values (``NO`` is Norway), keys are unique,
and anchors, aliases and tags are refused: a record file holds nothing that needs them.
"""

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

Path = tuple[str | int, ...]

MAX_DEPTH = 12

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
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise YamlProblem(mark.line + 1 if mark else 1, error.problem or "not YAML") from None
    except (yaml.YAMLError, RecursionError) as error:
        raise YamlProblem(1, f"not YAML: {error}") from None
    if node is None:
        raise YamlProblem(1, "the file is empty")
    document = Document(None)
    document.value = _construct(node, (), document, set())
    return document


def write(value: Any) -> str:
    """Write a value as YAML; equal values always give equal text."""
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


def _construct(node: yaml.Node, path: Path, document: Document, seen: set[int]) -> Any:
    line = node.start_mark.line + 1
    document.lines.setdefault(path, line)
    if id(node) in seen:
        raise YamlProblem(line, "anchors and aliases are not used here", path)
    seen.add(id(node))
    if len(path) > MAX_DEPTH:
        raise YamlProblem(line, "nested too deeply", path)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, document, seen)
    if isinstance(node, yaml.SequenceNode):
        return [
            _construct(child, (*path, place), document, seen)
            for place, child in enumerate(node.value)
        ]
    return _scalar(node, path)


def _mapping(
    node: yaml.MappingNode, path: Path, document: Document, seen: set[int]
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise YamlProblem(line, "a key must be plain text", path)
        key = key_node.value
        if key in values:
            raise YamlProblem(line, f"the key {key!r} stands twice", (*path, key))
        document.lines[(*path, key)] = line
        values[key] = _construct(value_node, (*path, key), document, seen)
    return values


def _scalar(node: yaml.Node, path: Path) -> str | int | float | bool | None:
    kind = node.tag.removeprefix("tag:yaml.org,2002:")
    match kind:
        case "str":
            return str(node.value)
        case "null":
            return None
        case "bool":
            return bool(node.value == "true")
        case "int":
            return int(node.value)
        case "float":
            return float(node.value)
    raise YamlProblem(node.start_mark.line + 1, f"the tag {node.tag!r} is not used here", path)
