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
        freshness = source.freshness()
        version = source.current().snapshot.data_version
        status = "ready"
        if not freshness.reached:
            status = "store is away"
        elif freshness.is_stale:
            status = "snapshot is stale"
        response = jsonify(
            status=status, data_version=version, confirmed_seconds_ago=round(freshness.seconds, 1)
        )
        response.status_code = 200 if status == "ready" else 503
        return _uncached(response)


def _uncached(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
