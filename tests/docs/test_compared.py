"""The comparison of examples with what pages show: it must be able to fail."""

import pytest

from tests.docs.compared import difference

ALIKE = {
    "the same text": ("text", "one\ntwo\n", "one\ntwo"),
    "anything between": ("text", "one...three", "one\ntwo\nthree"),
    "an excerpt of an object": ("json", '{"a": 1}', '{"a": 1, "b": 2}'),
    "the first items of a list": ("json", "[1]", "[1, 2]"),
    "an empty list that is empty": ("json", '{"near": []}', '{"near": []}'),
    "anything inside a text": ("json", '{"id": "a...c"}', '{"id": "abc"}'),
}
DIFFERENT = {
    "another word": ("text", "one", "two"),
    "more lines than shown": ("text", "one", "one\ntwo"),
    "another value": ("json", '{"a": 1}', '{"a": 2}'),
    "a key that is not there": ("json", '{"a": null}', "{}"),
    "fewer items than shown": ("json", "[1, 2]", "[1]"),
    "an empty list that is not": ("json", '{"near": []}', '{"near": [1]}'),
    "a number for a flag": ("json", '{"a": true}', '{"a": 1}'),
    "no JSON at all": ("json", "{}", "Not found"),
}


@pytest.mark.parametrize(("language", "shown", "printed"), ALIKE.values(), ids=ALIKE)
def test_a_page_shows_this_rightly(language: str, shown: str, printed: str) -> None:
    assert difference(language, shown, printed) is None


@pytest.mark.parametrize(("language", "shown", "printed"), DIFFERENT.values(), ids=DIFFERENT)
def test_a_page_shows_this_wrongly(language: str, shown: str, printed: str) -> None:
    assert difference(language, shown, printed)
