import pytest
from hypothesis import given
from hypothesis import strategies as st

from regmap.domain.errors import InvalidValue
from regmap.domain.locations import parse_zip

GOOD = {
    "12345": "12345",
    "00501": "00501",
    "12345-6789": "12345",
    " 12345 ": "12345",
    "12345-6789\n": "12345",
    "\t00000": "00000",
}
BAD = {
    "": "five digits",
    " ": "five digits",
    "1234": "(01234)",
    "501": "(00501)",
    "12": "five digits",
    "123456": "five digits",
    "123456789": "12345-6789",
    "12345-": "five digits",
    "12345-678": "five digits",
    "12345 6789": "five digits",
    "12345–6789": "five digits",  # an en dash
    "1234O": "five digits",
    "１２３４５": "the digits 0 to 9",
    "१२३४५": "the digits 0 to 9",
    "-1234": "five digits",
    "12345\x00": "five digits",
}


@pytest.mark.parametrize(("text", "code"), GOOD.items())
def test_a_zip_is_five_digits_whatever_stands_around_them(text: str, code: str) -> None:
    assert parse_zip(text) == code


@pytest.mark.parametrize(("text", "said"), BAD.items())
def test_what_is_no_zip_is_explained(text: str, said: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        parse_zip(text)

    [message] = refused.value.errors["zip"]
    assert said in message


def test_the_field_that_it_came_in_is_named() -> None:
    with pytest.raises(InvalidValue) as refused:
        parse_zip("x", "stops.3.zip")

    assert set(refused.value.errors) == {"stops.3.zip"}


@given(st.text(max_size=12) | st.from_regex(r"[0-9]{3,9}(-[0-9]*)?", fullmatch=True))
def test_any_text_is_five_ascii_digits_or_refused(text: str) -> None:
    try:
        code = parse_zip(text)
    except InvalidValue:
        return
    assert len(code) == 5
    assert code.isascii()
    assert code.isdigit()
    assert text.strip().startswith(code)
