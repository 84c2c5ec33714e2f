from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from regmap.release import yaml_files
from regmap.release.yaml_files import MAX_DEPTH, YamlProblem

# What looks like another type to one reader of YAML or another.
LOOK_ALIKES = [
    "NO",
    "no",
    "Yes",
    "on",
    "off",
    "y",
    "True",
    "FALSE",
    "Null",
    "NULL",
    "2019",
    "2019-01",
    "2019-01-01",
    "2019-01-01T00:00:00Z",
    "12:30",
    "190:20:30",
    "1_0",
    "0o17",
    "0x1f",
    "017",
    "1e5",
    "1.",
    ".5",
    ".inf",
    ".nan",
    "NaN",
    "٣",
    "２１",
    "=",
    "<<",
    "~",
    "null",
    "true",
    "-",
    "?",
    "*a",
    "&a",
    "!a",
    "%a",
    "@a",
    "# no comment",
    "a: b",
    "a #b",
    " a",
    "a ",
    "\ta",
    "---",
    "...",
    "{a: 1}",
    "[1]",
    "| a",
    "> a",
    "'",
    '"',
    "\\n",
    "line\nbreak",
    "line\r\nbreak",
    "\u2028",
    "\x85",
    "\ufeff",
    "\x07",
    "\x7f",
    "\U0001f33f",
    "กระท่อม",
    "",
]

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(LOOK_ALIKES)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def problem_of(text: str) -> YamlProblem:
    with pytest.raises(YamlProblem) as raised:
        yaml_files.read(text)
    return raised.value


@pytest.mark.parametrize("text", [*LOOK_ALIKES[:27], "=", "Null", "٣"])
def test_only_plain_yaml_types_are_other_than_text(text: str) -> None:
    expected: Any = {"2019": 2019}.get(text, text)

    assert yaml_files.read(f"key: {text}").value == {"key": expected}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("0", 0),
        ("-12", -12),
        ("+12", 12),
        ("1.5", 1.5),
        ("-1.5e-3", -0.0015),
        ("'true'", "true"),
        ('"12"', "12"),
        ("|\n  12\n", "12\n"),
        ("[1, a]", [1, "a"]),
        ("{a: 1}", {"a": 1}),
    ],
)
def test_truth_values_numbers_and_null_are_read_as_such(text: str, value: Any) -> None:
    read = yaml_files.read(f"key: {text}").value["key"]

    assert (read, type(read)) == (value, type(value))


def test_keys_are_always_text() -> None:
    assert yaml_files.read("1: a\nNO: b\nnull: c").value == {"1": "a", "NO": "b", "null": "c"}


@given(VALUES.filter(lambda value: value is not None))
def test_what_is_written_can_be_read_back(value: Any) -> None:
    text = yaml_files.write(value)

    read = yaml_files.read(text).value

    assert repr(read) == repr(value)
    assert yaml_files.write(read) == text


@pytest.mark.parametrize("text", LOOK_ALIKES)
def test_text_that_looks_like_something_else_stays_text(text: str) -> None:
    assert yaml_files.read(yaml_files.write({text: text})).value == {text: text}


def test_a_date_is_written_without_quotes_and_a_year_with_them() -> None:
    assert yaml_files.write({"from": "2019", "to": "2019-07-01"}) == (
        "from: '2019'\nto: 2019-07-01\n"
    )


def test_every_value_knows_its_line() -> None:
    document = yaml_files.read("# first\na:\n  b: 1\n  c:\n  - x\n  -\n    d: 2\n")

    assert document.lines == {
        (): 2,
        ("a",): 2,
        ("a", "b"): 3,
        ("a", "c"): 4,
        ("a", "c", 0): 5,
        ("a", "c", 1): 7,
        ("a", "c", 1, "d"): 7,
    }


def test_what_is_missing_is_looked_for_at_what_would_hold_it() -> None:
    document = yaml_files.read("a:\n  b:\n  - x: 1\n")

    assert document.line_of(("a", "b", 0, "y", "z")) == 3
    assert document.line_of(("other",)) == 1


@pytest.mark.parametrize(
    ("text", "line", "message", "path"),
    [
        ("a: 1\nb: 2\na: 3", 3, "the key 'a' stands twice", ("a",)),
        ("a:\n  b: 1\n  'b': 2", 3, "the key 'b' stands twice", ("a", "b")),
        ("1: a\n'1': b", 2, "the key '1' stands twice", ("1",)),
        ("a: 1\nb: &x 2\nc: *x", 2, "anchors and aliases are not used here", ("b",)),
        ("a: &x 1", 1, "anchors and aliases are not used here", ("a",)),
        ("&x a: 1", 1, "anchors and aliases are not used here", ("a",)),
        ("a: 1\nb: *x", 2, "found undefined alias", ()),
        ("a: &x {k: 1}\nb:\n  <<: *x", 1, "anchors and aliases are not used here", ("a",)),
        ("a: &x\n- *x", 1, "anchors and aliases are not used here", ("a",)),
        ("a: !!int abc", 1, "the tag 'tag:yaml.org,2002:int' is not used here", ("a",)),
        ("a: !!bool maybe", 1, "the tag 'tag:yaml.org,2002:bool' is not used here", ("a",)),
        ("a: !!null text", 1, "the tag 'tag:yaml.org,2002:null' is not used here", ("a",)),
        ("a: !!str NO", 1, "the tag 'tag:yaml.org,2002:str' is not used here", ("a",)),
        ("a: 1\nb: !thing {c: 1}", 2, "the tag '!thing' is not used here", ("b",)),
        ("a: !thing [1]", 1, "the tag '!thing' is not used here", ("a",)),
        ("a: ! x", 1, "the tag '!' is not used here", ("a",)),
        ("!thing a: 1", 1, "the tag '!thing' is not used here", ("a",)),
        ("!!map {a: 1}", 1, "the tag 'tag:yaml.org,2002:map' is not used here", ()),
        (
            "a: !!python/object/apply:os.getcwd []",
            1,
            "the tag 'tag:yaml.org,2002:python/object/apply:os.getcwd' is not used here",
            ("a",),
        ),
        ("[1]: 2", 1, "a key must be plain text", ()),
        ("? {a: 1}\n: 2", 1, "a key must be plain text", ()),
        (f"a: {'1' * 5000}", 1, "the number is too long", ("a",)),
        ("a: 1\n---\nb: 2", 2, "but found another document", ()),
        ("a: 1\nb: [1", 3, "did not find expected ',' or ']'", ()),
        ("a:\n\t- x", 2, "found character that cannot start any token", ()),
        ("a: b: c", 1, "mapping values are not allowed in this context", ()),
        ("a: \x00", 1, "not YAML: unacceptable character #x0000", ()),
        ("", 1, "the file is empty", ()),
        ("# only a comment\n", 1, "the file is empty", ()),
    ],
)
def test_what_is_not_plain_yaml_is_told_with_its_line(
    text: str, line: int, message: str, path: tuple[str, ...]
) -> None:
    problem = problem_of(text)

    assert (problem.line, problem.path) == (line, path)
    assert problem.message.startswith(message)


@pytest.mark.parametrize(
    "text",
    [
        "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1),
        "[" * 100_000,
        "{a: " * 100_000,
        "".join(f"{'  ' * depth}a:\n" for depth in range(200)),
        "- " * 1_000 + "x",
    ],
    ids=["just too deep", "lists", "mappings", "lines", "dashes"],
)
def test_deep_nesting_is_refused_before_it_can_do_harm(text: str) -> None:
    assert problem_of(text).message == "nested too deeply"


def test_nesting_up_to_the_limit_is_read() -> None:
    text = "[" * MAX_DEPTH + "1" + "]" * MAX_DEPTH

    assert yaml_files.write(yaml_files.read(text).value)


def test_yaml_itself_is_left_as_it_was() -> None:
    assert yaml.safe_load("a: NO") == {"a": False}
