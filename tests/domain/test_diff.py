import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regmap.domain.diff import Change, changes

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
)


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ({"a": 1, "b": 2}, {"a": 1, "b": 3}, [("/b", 2, 3)]),
        ({"a": 1}, {"b": 2}, [("/a", 1, None), ("/b", None, 2)]),
        ({"a": {"b": [1, 2]}}, {"a": {"b": [1, 3]}}, [("/a/b/1", 2, 3)]),
        ([1], [1, {"a": 1}], [("/1", None, {"a": 1})]),
        ([1, 2], [1], [("/1", 2, None)]),
        (None, {"a": 1}, [("", None, {"a": 1})]),
        ({"a": 1}, None, [("", {"a": 1}, None)]),
        ({"a": [1]}, {"a": {"0": 1}}, [("/a", [1], {"0": 1})]),
        ({"a": True}, {"a": 1}, [("/a", True, 1)]),
        ({"a": 1}, {"a": 1.0}, [("/a", 1, 1.0)]),
        ({"a/b": 1, "c~d": 1}, {"a/b": 2, "c~d": 2}, [("/a~1b", 1, 2), ("/c~0d", 1, 2)]),
        ({"~1": 1}, {"~1": 2}, [("/~01", 1, 2)]),
        ({"b": 1, "a": 1}, {"b": 2, "a": 2}, [("/b", 1, 2), ("/a", 1, 2)]),
    ],
)
def test_every_difference_is_told_with_its_path(
    before: Any, after: Any, found: list[tuple[str, Any, Any]]
) -> None:
    assert list(changes(before, after)) == [Change(*one) for one in found]


@given(JSON)
def test_a_document_does_not_differ_from_itself(document: Any) -> None:
    assert list(changes(document, copy.deepcopy(document))) == []


@given(JSON, JSON)
def test_the_way_back_is_the_way_there_read_backwards(one: Any, other: Any) -> None:
    there = {(each.path, repr(each.before), repr(each.after)) for each in changes(one, other)}
    back = {(each.path, repr(each.after), repr(each.before)) for each in changes(other, one)}

    assert there == back


@given(st.dictionaries(st.text(max_size=3), st.integers(), max_size=4), st.data())
def test_a_changed_value_is_found_wherever_it_stands(
    document: dict[str, int], data: st.DataObject
) -> None:
    document["key"] = 1
    key = data.draw(st.sampled_from(sorted(document)))
    changed = {**document, key: document[key] + 1}

    [found] = changes(document, changed)

    assert (found.before, found.after) == (document[key], document[key] + 1)
