"""How well colours can be told apart: luminance and contrast as WCAG 2.2 defines them."""

INKS = ("#000000", "#FFFFFF")
"""One of the two can be read on any fill."""

_DARK_LINE, _LIGHT_LINE = "#1A1A1A", "#FFFFFF"
_SHAPE = 3.0  # WCAG 2.2, 1.4.11: what a shape needs to stand out


def luminance(colour: str) -> float:
    """Relative luminance, 0 for black to 1 for white.

    :param colour: sRGB as ``#RRGGBB``.
    """
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def ink_on(fill: str) -> str:
    """The colour of text on a fill: the ink that stands out more."""
    return max(INKS, key=lambda ink: contrast(ink, fill))


def line_around(fill: str) -> str:
    """The colour of the line around a fill on a map, so that neighbours of one fill are parted.

    Dark around fills that hardly stand out from white paper, white around the others.
    """
    return _LIGHT_LINE if contrast(fill, _LIGHT_LINE) >= _SHAPE else _DARK_LINE
