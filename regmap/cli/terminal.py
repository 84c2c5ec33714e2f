"""What all commands share: the console, the settings, and how errors are told."""

import os
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from rich.console import Console

from regmap.domain.errors import InvalidValue, RegmapError
from regmap.settings import Settings

console = Console(highlight=False, soft_wrap=True)
FOUND_PROBLEMS = 1
WRONG_USE = 2


def explained(command: Callable[..., Any]) -> Callable[..., Any]:
    """Turn our own errors into one clear line, and exit status 1 or 2."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except InvalidValue as error:
            click.echo(f"regmap: {error}", err=True)
            sys.exit(WRONG_USE)
        except RegmapError as error:
            click.echo(f"regmap: {error}", err=True)
            sys.exit(FOUND_PROBLEMS)

    return run


def present_settings() -> Settings:
    """The settings, as the environment has them."""
    return Settings.from_environment(os.environ)
