"""The JSON API: thin views, one module per resource; `/api/v1` and its description."""
