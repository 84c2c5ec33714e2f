"""Nothing is served without a key: one clear line, and exit status 1 before any worker starts."""

from __future__ import annotations

import os

import pytest

from regmap import server
from regmap.settings import Settings
from tests.cli.conftest import Run, assert_explained, run, settings

__all__ = ["run", "settings"]  # fixtures


def test_in_production_serving_without_a_key_is_refused(run: Run, settings: dict[str, str]) -> None:
    settings["REGMAP_SECRET_KEY"] = ""

    result = run("serve")

    assert_explained(result, 1, "REGMAP_SECRET_KEY: is not set", "secrets.token_hex(32)")
    assert len(result.stderr.splitlines()) == 1


def test_a_key_that_could_be_guessed_is_warned_of_and_not_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    ready = server._with_key(Settings(secret_key="hush-hush"))

    assert ready.secret_key == "hush-hush"
    said = capsys.readouterr().err
    assert "REGMAP_SECRET_KEY is short enough to be guessed" in said
    assert "hush-hush" not in said


def test_settings_that_cannot_be_used_are_refused_likewise(
    run: Run, settings: dict[str, str]
) -> None:
    settings["REGMAP_ENVIRONMENT"] = "staging"

    assert_explained(run("serve"), 1, "REGMAP_ENVIRONMENT: must be production or development")


def test_in_development_a_key_is_made_for_all_workers_and_told_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "environ", {})
    chosen = Settings(environment="development")

    ready = server._with_key(chosen)

    assert os.environ == {"REGMAP_SECRET_KEY": ready.secret_key}
    assert Settings.from_environment(os.environ).for_serving().secret_key == ready.secret_key
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert ready.secret_key not in said.err


def test_a_key_of_the_operator_is_handed_on_as_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "environ", {})
    chosen = Settings(secret_key="k" * 32)

    assert server._with_key(chosen) == chosen
    assert os.environ == {}
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("is_terminal", "chosen", "expected"),
    [(True, None, "text"), (True, "json", "json"), (False, None, "json"), (False, "text", "text")],
)
def test_logs_are_text_on_a_terminal_unless_somebody_chose(
    monkeypatch: pytest.MonkeyPatch, is_terminal: bool, chosen: str | None, expected: str
) -> None:
    environment = {} if chosen is None else {"REGMAP_LOG_FORMAT": chosen}
    monkeypatch.setattr(os, "environ", environment)
    monkeypatch.setattr("sys.stderr.isatty", lambda: is_terminal, raising=False)

    told = server._for_terminal(Settings.from_environment(environment))

    assert told.log_format == expected
    # the workers read it from there
    assert Settings.from_environment(environment).log_format == expected
