"""The measures that colours are chosen by."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regmap.domain.colours import INKS, contrast, ink_on, line_around, luminance

colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06X}")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("#000000", "#FFFFFF", 21), ("#FFFFFF", "#FFFFFF", 1), ("#777777", "#FFFFFF", 4.48)],
)
def test_contrast_is_that_of_wcag(one: str, other: str, expected: float) -> None:
    assert contrast(one, other) == pytest.approx(expected, abs=0.01)


def test_white_is_lightest_and_black_darkest() -> None:
    assert luminance("#FFFFFF") == pytest.approx(1)
    assert luminance("#000000") == 0


@given(colours)
def test_text_on_any_fill_can_be_read(fill: str) -> None:
    assert ink_on(fill) in INKS
    assert contrast(ink_on(fill), fill) >= 4.5


@given(colours)
def test_the_line_around_any_fill_stands_out(fill: str) -> None:
    assert contrast(line_around(fill), fill) >= 3
