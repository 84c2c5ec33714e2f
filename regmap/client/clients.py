"""The two clients: one waits for answers, the other is awaited. What they ask stands in ``calls``.

Both hand the same steps (``exchange``) to the network; they differ in how they wait alone.
"""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime
from typing import Any, Concatenate, Generic, ParamSpec, Self, TypeVar

import httpx

from . import batches, calls, submissions
from .asking import Call, Chunks, Listing, Page, Reply
from .errors import DataMoved, NoAnswer
from .exchange import Exchange, Intake, Pause, Send, Steps
from .kept import KeptAnswers
from .patience import Patience

VERSION = "0.1.0"
"""That of the package that this client comes with."""

_HEADERS = {"User-Agent": f"regmap-client/{VERSION}", "Accept": "*/*"}
P = ParamSpec("P")
T = TypeVar("T")


def _as_method(make: Callable[..., Any], method: Any) -> Any:
    """A method that is named and described as what makes its call, with ``self`` in front."""
    method.__name__ = method.__qualname__ = make.__name__.rstrip("_")
    method.__doc__ = make.__doc__
    own = inspect.Parameter("self", inspect.Parameter.POSITIONAL_ONLY)
    described = inspect.signature(make)
    method.__signature__ = described.replace(parameters=[own, *described.parameters.values()])
    return method


def _asked(make: Callable[P, Call[T]]) -> Callable[Concatenate[Any, P], T]:
    def method(self: Client, *args: P.args, **kwargs: P.kwargs) -> T:
        return self._ask(make(*args, **kwargs))

    return _as_method(make, method)  # type: ignore[no-any-return]  # the same, with its docs


def _listed(make: Callable[P, Listing[T]]) -> Callable[Concatenate[Any, P], Iterator[T]]:
    def method(self: Client, *args: P.args, **kwargs: P.kwargs) -> Iterator[T]:
        return self._items(make(*args, **kwargs))

    return _as_method(make, method)  # type: ignore[no-any-return]


def _in_chunks(make: Callable[P, Chunks[T]]) -> Callable[Concatenate[Any, P], Iterator[T]]:
    def method(self: Client, *args: P.args, **kwargs: P.kwargs) -> Iterator[T]:
        return self._answers(make(*args, **kwargs))

    return _as_method(make, method)  # type: ignore[no-any-return]


def _awaited(make: Callable[P, Call[T]]) -> Callable[Concatenate[Any, P], Awaitable[T]]:
    def method(self: AsyncClient, *args: P.args, **kwargs: P.kwargs) -> Awaitable[T]:
        return self._ask(make(*args, **kwargs))

    return _as_method(make, method)  # type: ignore[no-any-return]


def _listed_async(make: Callable[P, Listing[T]]) -> Callable[Concatenate[Any, P], AsyncIterator[T]]:
    def method(self: AsyncClient, *args: P.args, **kwargs: P.kwargs) -> AsyncIterator[T]:
        return self._items(make(*args, **kwargs))

    return _as_method(make, method)  # type: ignore[no-any-return]


def _in_chunks_async(
    make: Callable[P, Chunks[T]],
) -> Callable[Concatenate[Any, P], AsyncIterator[T]]:
    def method(self: AsyncClient, *args: P.args, **kwargs: P.kwargs) -> AsyncIterator[T]:
        return self._answers(make(*args, **kwargs))

    return _as_method(make, method)  # type: ignore[no-any-return]


class _Seam(Generic[T]):
    """Where the pages of one list meet: nothing doubled, and no page of another version."""

    def __init__(self, listing: Listing[T]) -> None:
        self._identity = listing.identity
        self._seen: set[Any] = set()
        self._version: Any = None

    def new_in(self, page: Page[T]) -> Iterator[T]:
        """The items of a page that were not on one before.

        :raises DataMoved: if it was read from another version of the data set.
        """
        if self._version is not None and page.version != self._version:
            raise DataMoved(f"The data moved from {self._version} to {page.version}: ask again.")
        self._version = page.version
        for item in page.items:
            if self._identity is not None:
                key = self._identity(item)
                if key in self._seen:
                    continue
                self._seen.add(key)
            yield item


def _address(url: str) -> httpx.URL:
    """The server's address.

    :raises ValueError: if it is none, or more than scheme, host and port.
    """
    try:
        base = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise ValueError(f"{url!r} is no address: {error}") from None
    if base.scheme not in ("http", "https") or not base.host:
        raise ValueError(f"{url!r} is not the http(s) address of a server.")
    if base.path not in ("", "/") or base.query or base.fragment or base.userinfo:
        raise ValueError(f"{url!r} is more than the address of a server (http://host:port).")
    return base


def _failed(send: Send, error: httpx.RequestError) -> NoAnswer:
    what = f"{send.request.method} {send.request.url}"
    return NoAnswer(f"{what}: {str(error) or type(error).__name__}")


class Client:
    """Asks a server, and waits. Close it when done, or use it in ``with``; threads may share it.

    Lists and batches are iterators: they ask for more while they are read, so that their errors
    (``InvalidInput``, say) are raised then, too.

    :param address: of the server: ``http://127.0.0.1:8000``.
    :param patience: how often a request is sent again.
    :param timeout: seconds to wait for each part of an answer.
    :param kept: how many answers are kept, to be asked for only if they changed; 0: none.
    :param transport: instead of the network, for tests.
    :param sleep: waits so many seconds; ``clock``: seconds that only grow; ``now``: the time.
    :raises ValueError: if the address is none.
    """

    def __init__(
        self,
        address: str,
        *,
        patience: Patience | None = None,
        timeout: float = 30.0,
        kept: int = 256,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], object] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        base = _address(address)
        self._http = httpx.Client(headers=_HEADERS, transport=transport)
        self._exchange = Exchange(
            base,
            self._http.build_request,
            patience or Patience(),
            KeptAnswers(kept),
            timeout,
            clock,
            now,
        )
        self._sleep = sleep

    status = _asked(calls.status)
    status_batch = _in_chunks(batches.status_batch)
    status_batch_full = _in_chunks(batches.status_batch_full)
    verdicts = _in_chunks(batches.verdicts)
    route = _asked(calls.route)
    jurisdictions = _listed(calls.jurisdictions)
    jurisdiction = _asked(calls.jurisdiction)
    history = _asked(calls.history)
    boundary = _asked(calls.boundary)
    changes = _listed(calls.changes)
    revisions = _listed(calls.revisions)
    versions = _listed(calls.versions)
    version_diff = _listed(calls.version_diff)
    codebook = _asked(calls.codebook)
    search = _asked(calls.search)
    map = _asked(calls.map_)
    export = _asked(calls.export)
    corrections = _listed(calls.corrections)
    submit_correction = _asked(submissions.submit_correction)
    correction = _asked(submissions.correction)
    add = _asked(submissions.add)
    withdraw = _asked(submissions.withdraw)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ask(self, call: Call[T]) -> T:
        return self._drive(self._exchange.steps(call))

    def _drive(self, steps: Steps[T]) -> T:
        reply: Reply | None = None
        failure: NoAnswer | None = None
        while True:
            try:
                step = steps.send(reply) if failure is None else steps.throw(failure)
            except StopIteration as done:
                value: T = done.value
                return value
            reply = failure = None
            if isinstance(step, Pause):
                self._sleep(step.seconds)
                continue
            try:
                reply = self._send(step)
            except httpx.RequestError as error:
                failure = _failed(step, error)
            except NoAnswer as error:
                failure = error

    def _send(self, send: Send) -> Reply:
        response = self._http.send(send.request, stream=True)
        intake = None
        try:
            intake = Intake(send, response)
            for piece in response.iter_bytes():
                intake.take(piece)
            return intake.finished()
        finally:
            if intake is not None:
                intake.drop()
            response.close()

    def _items(self, listing: Listing[T]) -> Iterator[T]:
        seam = _Seam(listing)
        call: Call[Page[T]] | None = listing.first
        while call is not None:
            page = self._ask(call)
            yield from seam.new_in(page)
            call = page.next

    def _answers(self, chunks: Chunks[T]) -> Iterator[T]:
        for call in chunks.calls:
            yield from self._ask(call)


class AsyncClient:
    """The same for asyncio: calls are awaited, lists and batches are read with ``async for``.

    Files are written by ``export`` in the event loop's own thread, piece by piece.

    :param sleep: awaited with the seconds to wait; the other parameters as of ``Client``.
    :raises ValueError: if the address is none.
    """

    def __init__(
        self,
        address: str,
        *,
        patience: Patience | None = None,
        timeout: float = 30.0,
        kept: int = 256,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        base = _address(address)
        self._http = httpx.AsyncClient(headers=_HEADERS, transport=transport)
        self._exchange = Exchange(
            base,
            self._http.build_request,
            patience or Patience(),
            KeptAnswers(kept),
            timeout,
            clock,
            now,
        )
        self._sleep = sleep

    status = _awaited(calls.status)
    status_batch = _in_chunks_async(batches.status_batch)
    status_batch_full = _in_chunks_async(batches.status_batch_full)
    verdicts = _in_chunks_async(batches.verdicts)
    route = _awaited(calls.route)
    jurisdictions = _listed_async(calls.jurisdictions)
    jurisdiction = _awaited(calls.jurisdiction)
    history = _awaited(calls.history)
    boundary = _awaited(calls.boundary)
    changes = _listed_async(calls.changes)
    revisions = _listed_async(calls.revisions)
    versions = _listed_async(calls.versions)
    version_diff = _listed_async(calls.version_diff)
    codebook = _awaited(calls.codebook)
    search = _awaited(calls.search)
    map = _awaited(calls.map_)
    export = _awaited(calls.export)
    corrections = _listed_async(calls.corrections)
    submit_correction = _awaited(submissions.submit_correction)
    correction = _awaited(submissions.correction)
    add = _awaited(submissions.add)
    withdraw = _awaited(submissions.withdraw)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _ask(self, call: Call[T]) -> T:
        return await self._drive(self._exchange.steps(call))

    async def _drive(self, steps: Steps[T]) -> T:
        reply: Reply | None = None
        failure: NoAnswer | None = None
        while True:
            try:
                step = steps.send(reply) if failure is None else steps.throw(failure)
            except StopIteration as done:
                value: T = done.value
                return value
            reply = failure = None
            if isinstance(step, Pause):
                await self._sleep(step.seconds)
                continue
            try:
                reply = await self._send(step)
            except httpx.RequestError as error:
                failure = _failed(step, error)
            except NoAnswer as error:
                failure = error

    async def _send(self, send: Send) -> Reply:
        response = await self._http.send(send.request, stream=True)
        intake = None
        try:
            intake = Intake(send, response)
            async for piece in response.aiter_bytes():
                intake.take(piece)
            return intake.finished()
        finally:
            if intake is not None:
                intake.drop()
            await response.aclose()

    async def _items(self, listing: Listing[T]) -> AsyncIterator[T]:
        seam = _Seam(listing)
        call: Call[Page[T]] | None = listing.first
        while call is not None:
            page = await self._ask(call)
            for item in seam.new_in(page):
                yield item
            call = page.next

    async def _answers(self, chunks: Chunks[T]) -> AsyncIterator[T]:
        for call in chunks.calls:
            for answer in await self._ask(call):
                yield answer
