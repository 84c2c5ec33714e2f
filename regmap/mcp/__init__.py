"""A Model Context Protocol server: assistants quote the record."""
