from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import pytest

from regmap.settings import ROOT, InvalidSetting, Settings, variable

KNOBS = [knob.name for knob in fields(Settings)]


def test_without_an_environment_the_defaults_hold() -> None:
    settings = Settings.from_environment({})

    assert settings == Settings()
    assert settings.database_url == f"sqlite:///{ROOT / 'var' / 'regmap.sqlite'}"
    assert settings.data_dir == ROOT / "data"
    assert (settings.host, settings.port, settings.workers) == ("127.0.0.1", 8000, 1)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("database_url", "sqlite:////srv/regmap.sqlite", "sqlite:////srv/regmap.sqlite"),
        ("data_dir", "/srv/data", Path("/srv/data")),
        ("static_dir", "static", Path("static")),
        ("cache_dir", "/var/cache/regmap", Path("/var/cache/regmap")),
        ("boundaries_dir", "/srv/boundaries", Path("/srv/boundaries")),
        ("host", "::", "::"),
        ("port", "0", 0),
        ("port", "65535", 65_535),
        ("workers", "4", 4),
        ("workers", "007", 7),
    ],
)
def test_each_setting_is_read_from_its_variable(name: str, text: str, value: object) -> None:
    read = Settings.from_environment({variable(name): text})

    changed = {knob for knob in KNOBS if getattr(read, knob) != getattr(Settings(), knob)}
    assert changed == {name}
    assert getattr(read, name) == value


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("port", "http", "'http' is not a whole number"),
        ("port", "8000.0", "is not a whole number"),
        ("port", "8_000", "is not a whole number"),
        ("port", "８０００", "is not a whole number"),
        ("port", "²", "is not a whole number"),
        ("port", "-1", "is not a whole number"),
        ("port", " 8000", "is not a whole number"),
        ("port", "65536", "must be from 0 to 65535, not 65536"),
        ("workers", "0", "must be from 1 to 256, not 0"),
        ("workers", "257", "must be from 1 to 256, not 257"),
    ],
)
def test_a_setting_that_cannot_be_used_is_told_with_its_variable(
    name: str, text: str, message: str
) -> None:
    with pytest.raises(InvalidSetting) as raised:
        Settings.from_environment({variable(name): text})
    assert str(raised.value).startswith(f"{variable(name)}: ")
    assert message in str(raised.value)


@pytest.mark.parametrize("name", KNOBS)
def test_an_empty_variable_is_as_good_as_none(name: str) -> None:
    assert Settings.from_environment({variable(name): ""}) == Settings()


def test_other_variables_are_none_of_our_business() -> None:
    assert Settings.from_environment({"PORT": "x", "regmap_port": "x"}) == Settings()


@pytest.mark.parametrize("name", KNOBS)
def test_every_setting_says_what_it_means(name: str) -> None:
    knob = next(knob for knob in fields(Settings) if knob.name == name)

    assert variable(name) == "REGMAP_" + name.upper()
    assert knob.metadata["meaning"].strip()


def test_settings_do_not_change_once_they_are_read() -> None:
    with pytest.raises(FrozenInstanceError):
        Settings().port = 1  # type: ignore[misc]  # that is the point
