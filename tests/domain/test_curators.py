"""What names, e-mail addresses, passwords and labels of curators must be like."""

from __future__ import annotations

import pytest

from regmap.domain.curators import check_email, check_label, check_name, check_password
from regmap.domain.errors import InvalidValue

PASSWORD = "correct horse battery"


@pytest.mark.parametrize("name", ["Al", "ana", "Ana.Lopez", "b_2", "x-9", "9lives", "a" * 60])
def test_names_of_letters_digits_and_a_few_signs_are_good(name: str) -> None:
    check_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "a",
        "a" * 61,
        "ana lopez",
        "ana\n",
        "-ana",
        "..",
        "_ana",
        "ana@example.org",
        "аna",  # the first letter is Cyrillic: it would look like another's name
        "josé",
        "<b>ana</b>",
        "=HYPERLINK",
        "ana/../bo",
        "ana\x00",
    ],
)
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(InvalidValue) as raised:
        check_name(name)
    assert set(raised.value.errors) == {"name"}


@pytest.mark.parametrize("email", ["ana@example.org", "a.b+c@sub.example.org", "ñ@exämple.org"])
def test_addresses_with_one_at_sign_are_good(email: str) -> None:
    check_email(email)


@pytest.mark.parametrize(
    "email",
    ["", "ana", "@example.org", "ana@", "a@b@c", "a b@c.org", "a@b.org\nBcc: c@d.org", "a@b,c@d",
     "x" * 250 + "@b.org", "a@b\u202e.org"],
)  # fmt: skip
def test_other_addresses_are_refused(email: str) -> None:
    with pytest.raises(InvalidValue) as raised:
        check_email(email)
    assert set(raised.value.errors) == {"email"}


@pytest.mark.parametrize("password", [PASSWORD, "x" * 12, "x" * 200, "пароль пароль", "🦊" * 12])
def test_long_passwords_of_any_script_are_good(password: str) -> None:
    check_password(password, "ana")


@pytest.mark.parametrize(
    "password", ["", "x" * 11, "x" * 201, "correct\nhorse battery", "a\x00" * 9]
)
def test_short_endless_and_unprintable_passwords_are_refused(password: str) -> None:
    with pytest.raises(InvalidValue) as raised:
        check_password(password, "ana", "new")
    assert set(raised.value.errors) == {"new"}


def test_the_name_is_no_password() -> None:
    with pytest.raises(InvalidValue, match="the name"):
        check_password("ANA.LOPEZ-RUIZ", "ana.lopez-ruiz")


@pytest.mark.parametrize("label", ["", "   ", "x" * 101, "two\nlines", "\u202etxt"])
def test_a_label_is_one_line_of_text(label: str) -> None:
    check_label("laptop, 2026")

    with pytest.raises(InvalidValue) as raised:
        check_label(label)
    assert set(raised.value.errors) == {"label"}
