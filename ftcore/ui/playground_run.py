"""One answer under way: a thread listens to the model, the page takes what is new."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Generator
from contextlib import closing, suppress

from ftcore.chat.base import CANCELLED, ReplyTrace

Ask = Callable[[ReplyTrace], Generator[str]]

PUSH_SECONDS = 0.05  # twenty updates a second look continuous and spare the line
_LAST_PIECE_SECONDS = 0.25  # for a stopped answer to tell what it cost


class Run:
    """An answer as far as it has come.

    A model yields its pieces in a thread of its own, because waiting for it would
    hold one of the few threads that serve the page; the page is woken at most once
    for each update, however many pieces have come.

    Attributes:
        text: The answer so far.
        trace: What it has cost.
        error: Why it ended, if it failed.
    """

    def __init__(self) -> None:
        self.text = ""
        self.trace = ReplyTrace()
        self.error: Exception | None = None
        self._stop = threading.Event()
        self._is_over = False
        self._is_told = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._news = asyncio.Event()

    @property
    def is_stopped(self) -> bool:
        """Whether somebody wanted no more of it."""
        return self._stop.is_set()

    def stop(self) -> None:
        """Want no more of the answer; its engine is free after the piece under way."""
        self._stop.set()
        self._tell()

    async def pushes(self, ask: Ask) -> AsyncIterator[None]:
        """Ask, and yield whenever there is something new to show.

        Args:
            ask: Gives the pieces of the answer; called in the listening thread.

        Raises:
            FtcoreError: The answer failed.
        """
        self._loop = asyncio.get_running_loop()
        listener = threading.Thread(target=self._listen, args=(ask,), daemon=True)
        listener.start()
        try:
            while await self._has_news():
                yield
                await asyncio.sleep(PUSH_SECONDS)
            await self._settle()
        finally:
            self.stop()
        if self.error is not None:
            raise self.error

    async def _has_news(self) -> bool:
        if not (self._is_over or self.is_stopped):
            await self._news.wait()
            self._news.clear()
            self._is_told = False
        return not (self._is_over or self.is_stopped)

    async def _settle(self) -> None:
        """Give a stopped answer a moment to say what it cost."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_LAST_PIECE_SECONDS):
                while not self._is_over:
                    self._is_told = False
                    await self._news.wait()
                    self._news.clear()
        if not self._is_over:
            self.trace.finish = CANCELLED

    def _listen(self, ask: Ask) -> None:
        try:
            with closing(ask(self.trace)) as pieces:
                for piece in pieces:
                    self.text += piece
                    if self.is_stopped:
                        break
                    self._tell()
        except Exception as error:  # noqa: BLE001 - raised again where it is awaited
            self.error = error
        self._is_over = True
        self._is_told = False
        self._tell()

    def _tell(self) -> None:
        if self._is_told or self._loop is None:
            return
        self._is_told = True
        with suppress(RuntimeError):  # the server has closed its loop
            self._loop.call_soon_threadsafe(self._news.set)
