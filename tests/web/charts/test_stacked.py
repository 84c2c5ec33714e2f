"""The stacked chart: its areas are as high as the counts, and nothing is written over another."""

from __future__ import annotations

import itertools
import re
from datetime import date
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regmap.web.charts.stacked import Band, StackedChart
from tests.served import HOSTILE

STARTS = [date(2010, 1, 1), date(2015, 1, 1), date(2020, 1, 1)]
NOW = date(2024, 1, 1)
SVG = "{http://www.w3.org/2000/svg}"
SIZES = [(560, 300), (320, 270)]


def a_chart(
    *heights: list[int], now: date = NOW, last: date = NOW, text: str = "T"
) -> StackedChart:
    bands = [Band("ABCDEF"[at], f"#00000{at}", column) for at, column in enumerate(heights)]
    return StackedChart("chart", text, text, bands, STARTS, last, now, "today")


def drawn(chart: StackedChart, size: tuple[int, int] = SIZES[0]) -> ElementTree.Element:
    return ElementTree.fromstring(str(chart.svg(*size)))


def area(path: str) -> float:
    """Of a polygon, by the shoelace formula."""
    points = [tuple(map(float, pair)) for pair in re.findall(r"([\d.]+),([\d.]+)", path)]
    around = zip(points, [*points[1:], points[0]], strict=True)
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in around)) / 2


@pytest.mark.parametrize("size", SIZES)
def test_an_area_is_as_large_as_its_counts_by_their_days(size: tuple[int, int]) -> None:
    paths = drawn(a_chart([1, 1, 1], [9, 5, 0]), size).findall("path[@class='band']")

    days = [(end - start).days for start, end in zip(STARTS, [*STARTS[1:], NOW], strict=True)]
    wanted = (9 * days[0] + 5 * days[1]) / sum(days)
    assert area(paths[1].attrib["d"]) / area(paths[0].attrib["d"]) == pytest.approx(wanted, 0.01)


def test_a_status_that_nobody_ever_had_is_not_drawn() -> None:
    chart = drawn(a_chart([1, 1, 1], [0, 0, 0]))

    assert [one.attrib["fill"] for one in chart.findall("path[@class='band']")] == ["#000000"]


def test_each_band_that_is_left_is_named_with_its_last_count() -> None:
    texts = ["".join(one.itertext()) for one in drawn(a_chart([3, 4, 5], [2, 2, 0])).iter("text")]

    assert "A 5" in texts
    assert not any(text.startswith("B ") for text in texts)


@pytest.mark.parametrize("size", SIZES)
@given(counts=st.lists(st.integers(0, 60), min_size=6, max_size=6))
def test_labels_never_lie_on_each_other(size: tuple[int, int], counts: list[int]) -> None:
    chart = drawn(a_chart(*[[count] * 3 for count in counts]), size)

    heights = sorted(
        float(one.attrib["y"]) for one in chart.findall("text") if one.find("tspan") is not None
    )
    assert len(heights) == sum(count > 0 for count in counts)
    assert all(two - one >= 13.9 for one, two in itertools.pairwise(heights))
    assert all(0 <= height <= size[1] for height in heights)


def test_what_is_announced_is_paler() -> None:
    assert drawn(a_chart([1, 1, 1])).find("rect") is None

    paler = drawn(a_chart([1, 1, 1], last=date(2026, 1, 1))).find("rect")
    assert paler is not None
    assert paler.attrib["class"] == "to-come"


@pytest.mark.parametrize("size", SIZES)
def test_years_are_written_apart_and_inside(size: tuple[int, int]) -> None:
    texts = drawn(a_chart([1, 1, 1]), size).findall("text")
    years = [float(one.attrib["x"]) for one in texts if re.fullmatch(r"\d{4}", one.text or "")]

    assert len(years) >= 3
    assert all(two - one >= 40 for one, two in itertools.pairwise(years))
    assert years[-1] <= size[0] - 20


def test_the_chart_is_an_image_with_a_name_and_a_description() -> None:
    chart = drawn(a_chart([1, 1, 1], text="Ten of them"))

    described = chart.find("desc")
    assert described is not None
    assert (chart.attrib["role"], chart.attrib["aria-label"]) == ("img", "Ten of them")
    assert (described.attrib["id"], described.text) == (
        chart.attrib["aria-describedby"],
        "Ten of them",
    )


def test_hostile_text_stays_text() -> None:
    chart = drawn(a_chart([1, 1, 1], text=HOSTILE))

    assert chart.attrib["aria-label"] == chart.findtext("desc") == HOSTILE
