"""``regmap mcp``: the data set for assistants."""

import sys
from contextlib import redirect_stdout

import click

from regmap.cli.terminal import explained, open_database, open_source

# \b keeps click from filling the lines of a paragraph
_HELP = """\
Serve the data set to an assistant, over standard input and output (MCP).

An assistant that speaks the Model Context Protocol starts this command itself and asks it which
law holds where, with sources, dates and every doubt. It reads the local database only, writes
nothing, and opens no port. In the assistant's configuration:

\b
  {
    "mcpServers": {
      "regmap": {
        "command": "/path/to/regmap/.venv/bin/regmap",
        "args": ["mcp"],
        "env": {"REGMAP_DATABASE_URL": "sqlite:////path/to/regmap.sqlite"}
      }
    }
  }

`which regmap` tells the path of the command; `env` can be left out where the database is the
default one (`regmap settings` lists it). It ends when its input ends, or on SIGTERM.
"""


@click.command(help=_HELP)
@explained
def mcp() -> None:
    """Serve the data set to an assistant, over standard input and output."""
    database = open_database()  # what is missing is told before anything large is read
    # standard output belongs to the protocol; whatever else would print goes to standard error
    with redirect_stdout(sys.stderr):
        from regmap.mcp.server import make_server, serve

        server = make_server(open_source(database))
    serve(server)
