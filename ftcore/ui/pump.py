"""Let the event loop read what a blocking iterator yields in a thread."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Iterator
from concurrent.futures import Executor
from contextlib import suppress

_END = object()


async def pump(
    threads: Executor,
    make: Callable[[threading.Event], Iterator[str]],
) -> AsyncGenerator[str]:
    """Yield the pieces of an iterator that lives in one thread from start to end.

    One thread for the whole answer, not a switch for each piece. Closing this
    generator sets the event that ``make`` is given, and the iterator is closed at
    its next piece.

    Args:
        threads: Where it runs; waits there if all are busy.
        make: Makes the iterator, in that thread.

    Raises:
        Exception: Whatever the iterator raises.
    """
    loop = asyncio.get_running_loop()
    inbox: asyncio.Queue[object] = asyncio.Queue()
    stop = threading.Event()

    def put(item: object) -> None:
        with suppress(RuntimeError):  # the loop has ended with the server
            loop.call_soon_threadsafe(inbox.put_nowait, item)

    def run() -> None:
        try:
            pieces = make(stop)
            for piece in pieces:
                if stop.is_set():
                    break
                put(piece)
            _close(pieces)
        except Exception as error:  # noqa: BLE001  (raised again in the loop)
            put(error)
        finally:
            put(_END)

    job = threads.submit(run)
    try:
        while (item := await inbox.get()) is not _END:
            if isinstance(item, Exception):
                raise item
            yield str(item)
    finally:
        stop.set()
        job.cancel()


def _close(pieces: Iterator[str]) -> None:
    close = getattr(pieces, "close", None)  # an iterator need not have one
    if close is not None:
        close()
