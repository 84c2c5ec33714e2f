"""``/healthz`` and ``/readyz``: for whoever runs the service."""

from flask import Flask, Response, jsonify

from regmap.http import context


def join_health(app: Flask) -> None:
    """Register both."""

    @app.get("/healthz")
    def healthz() -> Response:
        """The process answers."""
        return _uncached(jsonify(status="ok"))

    @app.get("/readyz")
    def readyz() -> Response:
        """The process can answer from data that is up to date with the store."""
        source = context.source()
        version = source.current().snapshot.data_version
        reachable = source.store_answers()
        response = jsonify(status="ready" if reachable else "store is away", data_version=version)
        response.status_code = 200 if reachable else 503
        return _uncached(response)


def _uncached(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
