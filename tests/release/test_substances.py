from pathlib import Path

import pytest

from regmap.domain.errors import DataProblem
from regmap.release.substances import read_substances
from tests.conftest import DATA

PLANT = "- {code: kratom, name: Kratom, meaning: the plant, falls_back_to: null}\n"


def test_the_substances_are_kratom_and_what_falls_back_to_it() -> None:
    read = read_substances(DATA / "substances.yaml")

    assert {code: one.falls_back_to for code, one in read.items()} == {
        "kratom": None,
        "7-oh": "kratom",
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty"),
        ("[]", "names no substance"),
        ("{}", "Invalid input type"),
        (PLANT + "  x: [", "line 2"),
        (PLANT.replace("the plant", "''"), "Is blank"),
        (PLANT.replace("code: kratom", "code: Kratom!"), "does not match"),
        (PLANT.replace("falls_back_to: null", "falls_back_to: tea"), "falls back to 'tea', which"),
        (PLANT.replace(", falls_back_to: null", ""), "Missing data for required field"),
    ],
)
def test_a_broken_list_of_substances_is_told_with_its_file(
    tmp_path: Path, text: str, message: str
) -> None:
    file = tmp_path / "substances.yaml"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(DataProblem) as raised:
        read_substances(file)
    assert str(raised.value).startswith(f"{file}: ")
    assert message in str(raised.value)


def test_a_list_of_substances_that_is_missing_or_no_text_is_told(tmp_path: Path) -> None:
    file = tmp_path / "substances.yaml"
    with pytest.raises(DataProblem, match="No such file"):
        read_substances(file)

    file.write_bytes(b"\xff")
    with pytest.raises(DataProblem, match=r"substances\.yaml"):
        read_substances(file)
