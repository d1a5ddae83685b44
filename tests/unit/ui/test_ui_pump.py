"""What a blocking iterator yields reaches the loop, and closing reaches it back."""

import asyncio
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from ftcore.ui.pump import pump


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as pool:
        yield pool


def test_every_piece_arrives_in_order(threads: ThreadPoolExecutor) -> None:
    async def main() -> list[str]:
        return [p async for p in pump(threads, lambda _: iter("hola"))]

    assert asyncio.run(main()) == list("hola")


def test_the_loop_is_free_while_the_iterator_waits(threads: ThreadPoolExecutor) -> None:
    gate = threading.Event()

    def make(_stop: threading.Event) -> Iterator[str]:
        gate.wait(10)
        yield "por fin"

    async def main() -> int:
        turns = 0
        pieces = pump(threads, make)
        first = asyncio.create_task(anext(pieces))
        while turns < 50:
            await asyncio.sleep(0)
            turns += 1
        assert not first.done()
        gate.set()
        assert await first == "por fin"
        await pieces.aclose()
        return turns

    assert asyncio.run(main()) == 50


def test_what_it_raises_is_raised_here(threads: ThreadPoolExecutor) -> None:
    def make(_stop: threading.Event) -> Iterator[str]:
        yield "uno"
        raise ValueError("two")

    async def main() -> None:
        pieces = pump(threads, make)
        assert await anext(pieces) == "uno"
        with pytest.raises(ValueError, match="two"):
            await anext(pieces)

    asyncio.run(main())


def test_closing_ends_the_iterator(threads: ThreadPoolExecutor) -> None:
    closed = threading.Event()

    def make(_stop: threading.Event) -> Iterator[str]:
        try:
            while True:
                time.sleep(0.001)
                yield "más"
        finally:
            closed.set()

    async def main() -> None:
        pieces = pump(threads, make)
        assert await anext(pieces) == "más"
        await pieces.aclose()

    asyncio.run(main())
    assert closed.wait(10)


def test_what_waits_for_a_thread_and_is_closed_never_begins() -> None:
    made = []

    async def main() -> None:
        gate = threading.Event()
        with ThreadPoolExecutor(1) as pool:
            pool.submit(gate.wait, 10)
            pieces = pump(pool, lambda _: iter(made.append("x") or "x"))
            waiting = asyncio.create_task(anext(pieces))
            await asyncio.sleep(0.01)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
            gate.set()

    asyncio.run(main())
    assert made == []
