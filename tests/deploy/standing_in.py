"""A node that says what a real one never would: the proxy must not trust even that."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class StandIn:
    """Answers every request with what it was sent, as JSON that caches may keep for a minute."""

    address: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    """More headers of each answer."""
    asked: list[str] = field(default_factory=list)
    """Method and path of each request."""
    may_answer: threading.Event = field(default_factory=threading.Event)
    """Answers wait for it."""

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        self.asked.append(f"{handler.command} {handler.path}")
        length = int(handler.headers.get("Content-Length", 0))
        handler.rfile.read(length)
        assert self.may_answer.wait(30)
        sent = [[name.lower(), value] for name, value in handler.headers.items()]
        body = json.dumps({"number": len(self.asked), "headers": sent}).encode()
        handler.send_response(200)
        told = {"Cache-Control": "public, max-age=0, s-maxage=60", **self.headers}
        for name, value in {**told, "Content-Length": str(len(body))}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)


@contextmanager
def standing_in() -> Iterator[StandIn]:
    """One that runs."""
    node = StandIn()
    node.may_answer.set()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            node.answer(self)

        def log_message(self, *told: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        node.address = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield node
        finally:
            node.may_answer.set()
            server.shutdown()
            thread.join()
