"""One port: Streamlit at ``/``; Gradio and the endpoint (built when needed) below."""

import asyncio
import gc
import logging
import signal
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from ftcore.texts import ASSETS
from ftcore.ui.identity import IdentityMiddleware
from ftcore.ui.playground import MOUNT
from ftcore.ui.services import API_MOUNT, get_signer, get_workshop

if TYPE_CHECKING:  # imported while the first page is already served
    from ftcore.workshop import Workshop

_log = logging.getLogger(__name__)
Built = tuple[ASGIApp, AbstractAsyncContextManager[object]]
_CLOSE_SECONDS = 5.0
_WARM_UP_SECONDS = 8.0  # after the first page has had the processor to itself


@dataclass
class _Life:
    """One attempt to build and keep the inner app."""

    ready: "asyncio.Future[ASGIApp]"
    end: asyncio.Event = field(default_factory=asyncio.Event)
    task: "asyncio.Task[None] | None" = None


class LazyApp:
    """An ASGI app built in a thread when first needed, its lifespan cared for.

    Importing Gradio costs seconds and a mounted app gets no lifespan event, so
    this enters it; without that, Gradio's queue would never start.
    """

    def __init__(self, build: Callable[[], Built]) -> None:
        self._build = build
        self._life: _Life | None = None

    def warm_up(self) -> "asyncio.Future[ASGIApp]":
        """Start building unless it already started; the future gives the app."""
        if self._life is None:
            self._life = _Life(asyncio.get_running_loop().create_future())
            self._life.task = asyncio.create_task(self._live(self._life))
        return self._life.ready

    async def close(self) -> None:
        """End the inner app's lifespan."""
        if self._life is not None and self._life.task is not None:
            self._life.end.set()
            await asyncio.wait([self._life.task], timeout=_CLOSE_SECONDS)
            self._life = None

    async def _live(self, life: _Life) -> None:
        try:
            app, lifespan = await asyncio.to_thread(self._build)
            gc.collect()
            gc.freeze()  # keeps the imported modules out of later collections
            async with lifespan:
                life.ready.set_result(app)
                await life.end.wait()
        except Exception as error:
            self._life = None  # the next request tries again
            if life.ready.done():
                raise
            life.ready.set_exception(error)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the inner app, waiting for it if need be."""
        app = await asyncio.shield(self.warm_up())
        await app(scope, receive, send)


def _build_gradio() -> Built:
    from ftcore.ui.playground_server import build_app  # noqa: PLC0415 - seconds to import

    parent, mounted = build_app(get_workshop, get_signer())
    return mounted, parent.router.lifespan_context(parent)


_gradio = LazyApp(_build_gradio)


def _build_api() -> Built:
    from ftcore.ui.openai_api import build_api  # noqa: PLC0415 - seldom needed

    return build_api(get_workshop), nullcontext()


_api = LazyApp(_build_api)


async def _add_slash(request: Request) -> RedirectResponse:
    # Starlette's Mount leaves the bare path to Streamlit; '?' alone keeps a prefix.
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"{MOUNT.rsplit('/', 1)[-1]}/{query}", 307)


def routes() -> list[BaseRoute]:
    """Return what is served beside the Streamlit pages."""
    fonts = StaticFiles(directory=ASSETS / "fonts")
    return [
        Mount("/app/static/fonts", app=fonts),  # where Streamlit's themes look
        Route(MOUNT, _add_slash),
        Mount(MOUNT, app=_gradio),
        Mount(API_MOUNT, app=_api),
    ]


def middleware() -> list[Middleware]:
    """Return the middleware around Streamlit and Gradio alike."""
    return [Middleware(IdentityMiddleware, get_signer=get_signer)]


async def _open_workshop() -> "Workshop | None":
    """Build the workshop while the browser already loads the page's scripts.

    Without one there is nothing to serve: the server then ends.
    """
    try:
        workshop = await asyncio.to_thread(get_workshop)
    except Exception:  # noqa: BLE001  (whatever it is, the terminal must say it)
        _log.exception("The workshop cannot be opened.")
        signal.raise_signal(signal.SIGINT)
        return None
    workshop.start()
    return workshop


def _settle() -> None:
    """Do what would have made the first page wait."""
    gc.enable()
    _gradio.warm_up()


@asynccontextmanager
async def lifespan(_: object) -> AsyncGenerator[dict[str, object]]:
    """Run the background jobs and warm Gradio up while the server lives."""
    # Addresses carry playground tokens, and Streamlit gives this logger a handler
    # after the server has taken it away.
    logging.getLogger("uvicorn.access").disabled = True
    opening = asyncio.create_task(_open_workshop())
    warm_up = asyncio.get_running_loop().call_later(_WARM_UP_SECONDS, _settle)
    try:
        yield {}
    finally:
        warm_up.cancel()
        await _gradio.close()
        await _api.close()
        workshop = await opening
        if workshop is not None:
            workshop.stop()
