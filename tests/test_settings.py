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
        ("environment", "development", "development"),
        ("secret_key", "k" * 32, "k" * 32),
        ("rate_limits", "off", "off"),
        (
            "redis_url",
            "redis://:secret@redis.internal:6379/1",
            "redis://:secret@redis.internal:6379/1",
        ),
        ("redis_url", "rediss://redis.internal", "rediss://redis.internal"),
        ("redis_url", "unix:///run/redis.sock", "unix:///run/redis.sock"),
        ("trusted_proxies", "2", 2),
        ("database_read_url", "postgresql://copy/regmap", "postgresql://copy/regmap"),
        ("https_only", "on", "on"),
        ("access_log", "all", "all"),
        ("log_format", "text", "text"),
        ("metrics_token", "t" * 32, "t" * 32),
        ("security_contact", "mailto:a@example.org", "mailto:a@example.org"),
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
        ("environment", "prod", "must be production or development, not 'prod'"),
        ("environment", "Production", "must be production or development"),
        ("rate_limits", "false", "must be on or off, not 'false'"),
        ("redis_url", "http://redis.internal", "must begin with one of redis://"),
        ("redis_url", "redis.internal:6379", "must begin with one of redis://"),
        ("trusted_proxies", "11", "must be from 0 to 10, not 11"),
        ("trusted_proxies", "-1", "is not a whole number"),
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


# --- The secret key. ----------------------------------------------------------------------------

GOOD, OTHER = "a" * 32, "b" * 32


def test_in_production_nothing_is_served_without_a_key() -> None:
    with pytest.raises(InvalidSetting) as raised:
        Settings().for_serving()

    assert str(raised.value).startswith("REGMAP_SECRET_KEY: ")
    assert "secrets.token_hex(32)" in str(raised.value)


@pytest.mark.parametrize("key", [f"{GOOD},", f",{GOOD}", f"{GOOD},,{OTHER}", " "])
@pytest.mark.parametrize("environment", ["production", "development"])
def test_an_empty_key_is_refused_and_the_others_are_not_shown(key: str, environment: str) -> None:
    settings = Settings(secret_key=key, environment=environment)

    with pytest.raises(InvalidSetting, match="REGMAP_SECRET_KEY: has an empty key") as raised:
        settings.for_serving()
    assert GOOD not in str(raised.value)


@pytest.mark.parametrize(
    ("key", "weak"),
    [(GOOD, False), ("a" * 31, True), (f"{GOOD},{OTHER}", False), (f"{GOOD},hush", True)],
)
def test_a_key_that_could_be_guessed_is_known_as_such(key: str, weak: bool) -> None:
    assert Settings(secret_key=key).has_weak_key is weak


def test_a_key_that_is_set_is_used_as_it_is() -> None:
    settings = Settings(secret_key=f"{GOOD}, {OTHER}")

    assert settings.for_serving() == settings
    assert settings.secret_keys == (GOOD, OTHER)


def test_in_development_each_run_makes_a_key_of_its_own() -> None:
    settings = Settings(environment="development")

    first, second = settings.for_serving(), settings.for_serving()

    assert len(first.secret_key) == 64
    assert first.secret_key != second.secret_key
    assert settings.secret_keys == ()


@pytest.mark.parametrize("name", ["secret_key", "redis_url"])
def test_what_is_secret_does_not_show_where_settings_are_printed(name: str) -> None:
    settings = Settings(**{name: "hush-hush"})  # type: ignore[arg-type]  # both are texts

    assert "hush-hush" not in repr(settings)
