"""Lines of text in pictures: nothing is lost, and nothing runs over the edge."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from regmap.web.lettering import text_width, wrapped

words = st.text(
    st.characters(codec="utf-8", exclude_categories=["Zs", "Cc", "Cf", "Zl", "Zp"]), min_size=1
)


def test_wide_letters_take_more_room_than_narrow_ones() -> None:
    assert text_width("illi", 10) < text_width("abcd", 10) < text_width("MWMW", 10)


def test_accents_of_their_own_take_no_room() -> None:
    assert text_width("e\u0301", 10) == text_width("e", 10)


def test_a_short_text_is_one_line() -> None:
    assert list(wrapped("Kratom in Fiji", 10, 200)) == ["Kratom in Fiji"]


@given(st.lists(words, max_size=12), st.floats(30, 300))
def test_lines_keep_every_letter_in_order_and_their_width(given: list[str], width: float) -> None:
    lines = list(wrapped(" ".join(given), 10, width))

    assert "".join("".join(lines).split()) == "".join(" ".join(given).split())
    assert all(text_width(line, 10) <= width for line in lines)
