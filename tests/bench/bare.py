"""The yardstick: a Flask route that returns JSON of the same size and does nothing else."""

import os

from flask import Flask, Response, jsonify


def application() -> Flask:
    """An app whose answer has about as many bytes as ``BARE_BYTES`` says."""
    app = Flask(__name__)
    filler = "x" * (int(os.environ["BARE_BYTES"]) - 20)

    @app.get("/api/v1/status")
    def status() -> Response:
        return jsonify(filler=filler)

    return app
