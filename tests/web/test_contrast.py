"""Ink on its ground, in both themes: the contrasts of WCAG 2.2, computed from the tokens."""

from __future__ import annotations

import re

import pytest

from regmap.domain.colours import contrast
from regmap.domain.vocabulary import STATUSES, Status
from regmap.settings import ROOT

TOKENS = (ROOT / "static/css/tokens.css").read_text()
PAIR = re.compile(r"--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")
THEMES = {
    theme: {found[0]: found[place] for found in PAIR.findall(TOKENS)}
    for place, theme in ((1, "light"), (2, "dark"))
}
[OUTLINE] = re.findall(r"--outline: (#[0-9a-f]{6})", TOKENS)
GROUNDS = ("paper", "wash", "raised")
INKS = ("ink", "soft", "accent", "tightened", "loosened", "other")
TEXT, LARGE_OR_SHAPE = 4.5, 3.0  # WCAG 2.2, 1.4.3 and 1.4.11

both_themes = pytest.mark.parametrize("theme", THEMES)


def test_the_measure_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@both_themes
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("ink", INKS)
def test_text_can_be_read(theme: str, ink: str, ground: str) -> None:
    colours = THEMES[theme]
    assert contrast(colours[ink], colours[ground]) >= TEXT


@both_themes
@pytest.mark.parametrize(
    ("ink", "ground"), [("ink", "warn-wash"), ("ink", "accent-wash"), ("on-accent", "accent")]
)
def test_text_on_a_coloured_ground_can_be_read(theme: str, ink: str, ground: str) -> None:
    colours = THEMES[theme]
    assert contrast(colours[ink], colours[ground]) >= TEXT


@both_themes
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("shape", ["edge", "accent", "warn-line"])
def test_what_can_be_operated_and_the_focus_stand_out(theme: str, shape: str, ground: str) -> None:
    colours = THEMES[theme]
    assert contrast(colours[shape], colours[ground]) >= LARGE_OR_SHAPE


@both_themes
def test_the_outline_of_shapes_stands_out_from_the_sea(theme: str) -> None:
    assert contrast(OUTLINE, THEMES[theme]["sea"]) >= LARGE_OR_SHAPE


@both_themes
@pytest.mark.parametrize("status", STATUSES)
def test_a_shape_stands_out_from_the_sea_by_its_fill_or_its_line(
    theme: str, status: Status
) -> None:
    entry, sea = STATUSES[status], THEMES[theme]["sea"]
    assert max(contrast(entry.fill, sea), contrast(entry.outline, sea)) >= LARGE_OR_SHAPE


@pytest.mark.parametrize("status", STATUSES)
def test_the_line_around_a_fill_parts_neighbours_of_one_status(status: Status) -> None:
    assert contrast(STATUSES[status].outline, STATUSES[status].fill) >= LARGE_OR_SHAPE


@pytest.mark.parametrize("status", STATUSES)
def test_text_on_a_fill_can_be_read(status: Status) -> None:
    assert contrast(STATUSES[status].ink, STATUSES[status].fill) >= TEXT
