"""Where things stand on a picture: names do not lie on one another, a legend stays inside."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regmap.web.lettering import text_width
from regmap.web.picture_sheet import Entry, Name, Sheet, placed

FRAME = (0.0, 0.0, 400.0, 300.0)
SIZE = 10.0
names = st.builds(
    Name,
    st.floats(-20, 420),
    st.floats(-20, 320),
    st.sampled_from(["Tupelo", "Oxford", "Pearl River County", "Iuka"]),
    st.sampled_from([0.0, 3.0]),
)


def test_a_name_stands_amid_a_shape_and_right_of_a_dot() -> None:
    amid, beside = placed(
        [Name(100, 100, "Alcorn County"), Name(100, 200, "Oxford", beside=3.0)], SIZE, FRAME
    )

    assert amid.x == pytest.approx(100 - text_width("Alcorn County", SIZE) / 2)
    assert beside.x > 103


def test_a_name_at_the_edge_turns_inwards() -> None:
    (name,) = placed([Name(395, 100, "Oxford", beside=3.0)], SIZE, FRAME)

    assert name.x + text_width("Oxford", SIZE) < 395


@given(st.lists(names, max_size=15))
def test_names_lie_in_the_frame_and_never_on_one_another(wanted: list[Name]) -> None:
    boxes = [
        (one.x, one.y - 0.85 * SIZE, one.x + text_width(one.text, SIZE), one.y + 0.25 * SIZE)
        for one in placed(wanted, SIZE, FRAME)
    ]

    for at, one in enumerate(boxes):
        assert one[0] >= 0
        assert one[1] >= 0
        assert one[2] <= 400
        assert one[3] <= 300
        for other in boxes[:at]:
            assert (
                one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
            )


@pytest.mark.parametrize("width", [240, 480, 1200, 2000])
def test_a_legend_stays_between_the_margins(width: int) -> None:
    sheet = Sheet(width)
    sheet.title("Kratom in a place with a rather long name that does not fit into one line")
    sheet.legend([Entry("unknown", "Something that takes many words to say " * 3)] * 7)

    assert len(sheet.swatches) == 7
    for text in sheet.texts:
        assert text.x >= 0
        assert text.x + text_width(text.text, text.size) <= width
        assert text.y <= sheet.bottom
    assert all(swatch.y + swatch.height <= sheet.bottom for swatch in sheet.swatches)
