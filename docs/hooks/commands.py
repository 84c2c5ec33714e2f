"""The commands of ``regmap``, as they describe themselves."""

import click

from regmap.cli import main


def listed() -> str:
    """Every command with its help text and options."""
    root = click.Context(main, info_name="regmap")
    return "\n\n".join(_told(main.commands[name], name, root) for name in sorted(main.commands))


def _told(command: click.Command, name: str, above: click.Context) -> str:
    context = click.Context(command, info_name=name, parent=above)
    if isinstance(command, click.Group):
        below = (_told(one, word, context) for word, one in sorted(command.commands.items()))
        return "\n\n".join(below)
    text = command.get_help(context).replace(
        "\n\nOptions:\n  -h, --help  Show this message and exit.", ""
    )
    return f"## {context.command_path}\n\n```text\n{text}\n```"
