"""Waiting for what is awaited, in tests that are not."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def finished(asking: Coroutine[Any, Any, T]) -> T:
    """What a coroutine gives, run in a thread of its own.

    In the thread of the tests the browser keeps an event loop running, and there is one at a time.
    """
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(asking)).result()
