"""Sentences that can be said in another language."""

from __future__ import annotations

import copy
import json
import pickle

import orjson
import pytest

from regmap.domain.wording import Said, said, sentence

SPANISH = {
    "The law of {name} is {status}.": "La ley de {name} es: {status}.",
    "Prohibited": "Prohibido",
    "no place is known": "no se conoce ningún lugar",
}


def to_spanish(pattern: str) -> str:
    return SPANISH.get(pattern, pattern)


def test_a_sentence_is_its_english_text() -> None:
    text = said("The law of {name} is {status}.", name="Ohio", status=said("Prohibited").lower())

    assert text == "The law of Ohio is prohibited."
    assert isinstance(text, str)


def test_a_translation_fills_the_same_values_and_translates_those_that_were_said() -> None:
    text = said("The law of {name} is {status}.", name="Ohio", status=said("Prohibited").lower())

    assert text.translated(to_spanish) == "La ley de Ohio es: prohibido."


def test_without_a_translation_the_english_text_stays() -> None:
    assert said("Unheard of: {x}", x=1).translated(to_spanish) == "Unheard of: 1"


def test_braces_in_a_value_stay_as_they_are() -> None:
    text = said("The law of {name} is {status}.", name="{status}", status="{0}")

    assert text == "The law of {status} is {0}."
    assert text.translated(to_spanish) == "La ley de {status} es: {0}."


def test_braces_in_a_text_without_values_stay_as_they_are() -> None:
    assert Said("a {b} c", {}) == "a {b} c"


@pytest.mark.parametrize("text", ["no place is known", "no place is known.", "No place is known."])
def test_a_sentence_has_a_capital_and_one_full_stop(text: str) -> None:
    assert sentence(text) == "No place is known."


def test_what_was_said_is_made_a_sentence_after_it_is_translated() -> None:
    made = sentence(said("no place is known"))

    assert isinstance(made, Said)
    assert made.translated(to_spanish) == "No se conoce ningún lugar."


def test_it_is_written_and_copied_like_any_text() -> None:
    text = said("Prohibited").lower()

    assert orjson.dumps([text]) == json.dumps([text]).encode() == b'["prohibited"]'
    assert f"{text}!" == "prohibited!"
    for twin in (copy.deepcopy(text), pickle.loads(pickle.dumps(text))):
        assert twin == text
        assert twin.translated(to_spanish) == "prohibido"
