"""The endpoint that OpenAI's own client talks to, mounted at ``/v1``.

Plain HTTP around the verbs of ``workshop.api``. No CORS headers: a page of another
site cannot use it from a browser, programs can.
"""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from ftcore import errors
from ftcore.chat.base import ReplyTrace
from ftcore.errors import FtcoreError
from ftcore.runtime import new_id
from ftcore.texts import error_texts, text
from ftcore.ui.openai_request import ChatRequest, read_request
from ftcore.ui.openai_shapes import (
    AnswerShape,
    encode,
    error_json,
    event,
    finish_reason,
    model_json,
)
from ftcore.ui.pump import pump
from ftcore.ui.services import API_MOUNT
from ftcore.workshop import Workshop
from ftcore.workshop.api import ApiClient

MOST_BYTES = 1_000_000  # some hundred times the context of the base models
_MOST_THREADS = 32  # answers on their way; the engine decides how many it writes
_GONE = 499  # nginx's status for a client that left; nobody reads it
_INVALID, _SERVER = "invalid_request_error", "server_error"
# Status, type and code of each error, as https://platform.openai.com/docs/guides/error-codes
_KINDS: dict[type[FtcoreError], tuple[int, str, str | None]] = {
    errors.ApiKeyMissingError: (401, _INVALID, "invalid_api_key"),
    errors.ApiKeyInvalidError: (401, _INVALID, "invalid_api_key"),
    errors.ApiModelUnknownError: (404, _INVALID, "model_not_found"),
    errors.ApiFieldError: (400, _INVALID, None),
    errors.ApiBodyError: (400, _INVALID, None),
    errors.ApiBodyTooLargeError: (413, _INVALID, None),
    errors.ApiAddressError: (404, _INVALID, "unknown_url"),
    errors.ApiBusyError: (429, "requests", "rate_limit_exceeded"),
}
_ENGINE_FAILED = (503, _SERVER, "engine_failed")
_HEADERS = {"cache-control": "no-store"}
_STREAM_HEADERS = _HEADERS | {"x-accel-buffering": "no"}  # nginx would hold it back
_EXTRA = {401: {"www-authenticate": "Bearer"}, 429: {"retry-after": "1"}}

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Answer:
    """One answer on its way."""

    shape: AnswerShape
    request: ChatRequest
    pieces: AsyncGenerator[str]
    trace: ReplyTrace


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Answers the requests; verbs that may wait run in threads."""

    get_workshop: Callable[[], Workshop]
    threads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(_MOST_THREADS, "v1")
    )

    async def models(self, request: Request) -> Response:
        """List the names that the key opens."""
        api = self.get_workshop().api
        client = await self._client(request)
        served = await asyncio.to_thread(api.models, client)
        return _json({"object": "list", "data": [model_json(each) for each in served]})

    async def model(self, request: Request) -> Response:
        """Describe one of them."""
        api = self.get_workshop().api
        client = await self._client(request)
        name = request.path_params["name"]
        return _json(model_json(await asyncio.to_thread(api.model, client, name)))

    async def chat(self, request: Request) -> Response:
        """Answer a conversation, at once or as a stream."""
        client = await self._client(request)
        asked = read_request(await _body(request))
        await asyncio.to_thread(self.get_workshop().api.model, client, asked.wish.model)
        answer = self._begin(client, asked)
        if asked.stream:
            return await _streamed(request, answer)
        return await _whole(request, answer)

    async def _client(self, request: Request) -> ApiClient:
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        secret = key.strip() if scheme.lower() == "bearer" else None
        return await asyncio.to_thread(self.get_workshop().api.client, secret)

    def _begin(self, client: ApiClient, asked: ChatRequest) -> _Answer:
        api, trace = self.get_workshop().api, ReplyTrace()
        pieces = pump(self.threads, lambda _: api.answer(client, asked.wish, trace))
        shape = AnswerShape(f"chatcmpl-{new_id()}", asked.wish.model, int(time.time()))
        return _Answer(shape, asked, pieces, trace)


def build_api(get_workshop: Callable[[], Workshop]) -> Starlette:
    """Return the app to mount at :data:`API_MOUNT`."""
    endpoint = Endpoint(get_workshop)
    return Starlette(
        routes=[
            Route("/models", endpoint.models),
            Route("/models/{name:path}", endpoint.model),
            Route("/chat/completions", endpoint.chat, methods=["POST"]),
        ],
        exception_handlers={
            FtcoreError: _expected,
            HTTPException: _no_such_address,
            ClientDisconnect: _left,
            Exception: _unexpected,
        },
    )


# --- answers ----------------------------------------------------------------------


async def _whole(request: Request, answer: _Answer) -> Response:
    """Collect an answer, giving up as soon as nobody waits for it."""
    said = await _unless_left(request, _collected(answer.pieces))
    return _json(answer.shape.whole(said, answer.trace))


async def _collected(pieces: AsyncGenerator[str]) -> str:
    async with aclosing(pieces):
        return "".join([piece async for piece in pieces])


async def _streamed(request: Request, answer: _Answer) -> Response:
    """Send an answer as it is written.

    The first piece is awaited, so that what fails before it has a status of its own.
    """
    first = await _unless_left(request, _first(answer.pieces))
    return StreamingResponse(
        _events(answer, first),
        media_type="text/event-stream",
        headers=_STREAM_HEADERS,
    )


async def _first(pieces: AsyncGenerator[str]) -> str:
    try:
        return await anext(pieces, "")
    except asyncio.CancelledError:
        await pieces.aclose()
        raise


async def _unless_left(request: Request, waited_for: Coroutine[None, None, str]) -> str:
    """Wait, but no longer than the client does.

    Raises:
        ClientDisconnect: It left first.
    """
    work = asyncio.create_task(waited_for)
    watch = asyncio.create_task(_until_left(request))
    try:
        await asyncio.wait({work, watch}, return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            raise ClientDisconnect
        return work.result()
    finally:
        for task in (work, watch):
            task.cancel()
        await asyncio.gather(work, watch, return_exceptions=True)


async def _until_left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _events(answer: _Answer, first: str) -> AsyncIterator[bytes]:
    shape = answer.shape
    async with aclosing(answer.pieces) as pieces:
        yield event(shape.chunk({"role": "assistant", "content": ""}))
        try:
            if first:
                yield event(shape.chunk({"content": first}))
            async for piece in pieces:
                yield event(shape.chunk({"content": piece}))
        except FtcoreError as error:
            _log.info("Endpoint stopped: %s", error)
            yield event(_error_of(error)[1])
            return
        yield event(shape.chunk({}, finish_reason(answer.trace)))
        if answer.request.include_usage:
            yield event(shape.cost(answer.trace))
        yield b"data: [DONE]\n\n"


# --- requests, and what goes wrong --------------------------------------------------


async def _body(request: Request) -> bytes:
    """Read the body, no further than is allowed."""
    found = bytearray()
    async for piece in request.stream():
        found += piece
        if len(found) > MOST_BYTES:
            raise errors.ApiBodyTooLargeError(limit_kb=MOST_BYTES // 1000)
    return bytes(found)


def _json(content: object, status: int = 200) -> Response:
    headers = _HEADERS | _EXTRA.get(status, {})
    return Response(encode(content), status, headers, "application/json")


def _error_of(error: FtcoreError) -> tuple[int, dict[str, object]]:
    status, kind, code = _KINDS.get(type(error), _ENGINE_FAILED)
    unknown = isinstance(error, errors.ApiModelUnknownError)
    param = "model" if unknown else error.params.get("field")
    message = " ".join(error_texts(error))
    return status, error_json(message, kind, code, str(param) if param else None)


async def _expected(_request: Request, error: Exception) -> Response:
    if not isinstance(error, FtcoreError):
        raise error
    _log.info("Endpoint refused: %s", error)
    status, content = _error_of(error)
    return _json(content, status)


async def _no_such_address(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    path = f"{API_MOUNT}{request.url.path.removeprefix(API_MOUNT)}"
    missing = errors.ApiAddressError(method=request.method, path=path)
    return _json(_error_of(missing)[1], status)


async def _left(_request: Request, _error: Exception) -> Response:
    return Response(status_code=_GONE)


async def _unexpected(_request: Request, error: Exception) -> Response:
    reference = new_id()[:6]
    _log.error("Endpoint failed, reference %s", reference, exc_info=error)
    return _json(
        error_json(text("openai_api.unexpected", reference=reference), _SERVER), 500
    )
