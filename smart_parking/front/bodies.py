"""Reading a request's body: to its end, within a size, and within a time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from typing import Protocol

# A form or JSON; Django's own limit is the same (DATA_UPLOAD_MAX_MEMORY_SIZE). Files come as multipart.
MOST_BYTES, MOST_BYTES_WITH_FILES = 1_000_000, 16_000_000
# A body has some seconds, and one more for each so many bytes that have come.
LOWEST_RATE = 20_000
# What is refused for its size is read on for so long: a client that still sends would not see the answer.
DRAIN_SECONDS = 1.0
# Up to this length a body is read in one go.
_SHORT = 65_536


class Source(Protocol):
    """Where a body comes from: granian's RSGIHTTPProtocol."""

    def __call__(self) -> Awaitable[bytes]: ...

    def __aiter__(self) -> AsyncIterator[bytes]: ...


class Unreadable(Exception):
    """The body cannot be had; `code` is that of the refusal."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


async def read(source: Source, *, announced: int | None, most: int, seconds: float) -> bytes:
    """Return the whole body. `announced` is its Content-Length, None where only its end will tell.

    Raises Unreadable `body_too_large`, `body_timeout`, `body_incomplete`.
    """
    if announced is not None and announced > most:
        await _drain(source)
        raise Unreadable("body_too_large")
    try:
        body = await _whole(source, announced, most, seconds)
    except TimeoutError:
        raise Unreadable("body_timeout") from None
    except RuntimeError:  # granian's, when the connection breaks or the chunks are malformed
        raise Unreadable("body_incomplete") from None
    if announced is not None and len(body) != announced:
        raise Unreadable("body_incomplete")
    return body


async def _whole(source: Source, announced: int | None, most: int, seconds: float) -> bytes:
    begun = asyncio.get_running_loop().time()
    async with asyncio.timeout_at(begun + seconds) as deadline:
        if announced is not None and announced <= _SHORT:
            return await source()
        pieces: list[bytes] = []
        size = 0
        async for piece in source:
            if pieces and not pieces[-1] and not piece:
                # granian ends a body with one empty piece, and one that broke off with two.
                raise Unreadable("body_incomplete")
            pieces.append(piece)
            size += len(piece)
            if size > most:
                break
            deadline.reschedule(begun + seconds + size / LOWEST_RATE)
    if size > most:
        await _drain(source)
        raise Unreadable("body_too_large")
    return b"".join(pieces)


async def _drain(source: Source) -> None:
    """Read and forget what still comes, for a moment and up to a bound."""
    left = MOST_BYTES_WITH_FILES
    try:
        async with asyncio.timeout(DRAIN_SECONDS):
            async for piece in source:
                left -= len(piece)
                if left <= 0:
                    return
    except (TimeoutError, RuntimeError):
        return
