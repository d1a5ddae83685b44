"""The inner app is built once, when needed, and its lifespan is kept."""

import asyncio
import threading
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from starlette.types import Receive, Scope, Send

from ftcore.ui.server import Built, LazyApp


class Inner:
    """Counts what happens to it."""

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures
        self.log: list[str] = []
        self.threads: set[str] = set()

    def build(self) -> Built:
        self.log.append("build")
        self.threads.add(threading.current_thread().name)
        if self.failures:
            self.failures -= 1
            raise RuntimeError("no luck")
        return self.app, self.lifespan()

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.log.append(f"serve {scope['path']}")

    @asynccontextmanager
    async def lifespan(self) -> AsyncGenerator[None]:
        self.log.append("enter")
        yield
        self.log.append("exit")


async def _receive() -> dict[str, str]:
    return {"type": "http.request"}


async def _send(message: object) -> None:
    raise AssertionError(message)


async def _get(app: LazyApp, path: str) -> None:
    await app({"type": "http", "path": path}, _receive, _send)


def test_nothing_is_built_before_it_is_needed() -> None:
    inner = Inner()
    asyncio.run(LazyApp(inner.build).close())
    assert inner.log == []


def test_many_at_once_share_one_app_and_one_lifespan() -> None:
    inner = Inner()

    async def story() -> None:
        app = LazyApp(inner.build)
        await asyncio.gather(*(_get(app, f"/{n}") for n in range(5)))
        await app.close()

    asyncio.run(story())
    assert inner.log[:2] == ["build", "enter"]
    assert sorted(inner.log[2:7]) == [f"serve /{n}" for n in range(5)]
    assert inner.log[7:] == ["exit"]
    assert threading.main_thread().name not in inner.threads


def test_a_failure_reaches_the_visitor_and_the_next_one_tries_again() -> None:
    inner = Inner(failures=1)

    async def story() -> None:
        app = LazyApp(inner.build)
        with pytest.raises(RuntimeError, match="no luck"):
            await _get(app, "/first")
        await _get(app, "/second")
        await app.close()

    asyncio.run(story())
    assert inner.log == ["build", "build", "enter", "serve /second", "exit"]
