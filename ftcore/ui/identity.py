"""Who is asking: a signed cookie set by ASGI middleware.

It sits around everything, so that Streamlit's websocket and Gradio's handlers see
the same participant. Streamlit itself can only read cookies.
"""

from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ftcore.runtime import IdMaker, new_id
from ftcore.tokens import Signer

COOKIE = "ft_pid"
LINK_PARAM = "clave"  # people read and type this address: /?clave=…
MAX_AGE_SECONDS = 30 * 24 * 3600
_XSRF_COOKIE = "_streamlit_xsrf"
# All that a browser keeps inside the frame of another site (Hugging Face's page).
_FRAMED = "SameSite=None; Secure; Partitioned"


class IdentityMiddleware:
    """Give every visitor an identity, restore one from a link, harden the headers."""

    def __init__(
        self, app: ASGIApp, get_signer: Callable[[], Signer], make_id: IdMaker = new_id
    ) -> None:
        self._app = app
        self._get_signer = get_signer
        self._make_id = make_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; add the cookie and the headers to its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        is_https = _is_https(scope, headers)
        restored = self._get_signer().read_link(_query(scope).get(LINK_PARAM))
        if restored is not None:
            await self._redirect_clean(scope, send, self._cookie(restored, is_https))
            return
        known = self._get_signer().read_participant(read_cookie(headers))
        navigates = headers.get("sec-fetch-mode") == "navigate"

        async def send_with_identity(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                if is_https:
                    _open_to_frames(answer)
                # A navigation answered with 304 carries no content type.
                is_page = answer.get("content-type", "").startswith("text/html")
                if known is None and (navigates or is_page):
                    answer.append("set-cookie", self._cookie(self._make_id(), is_https))
                _harden(answer)
            await send(message)

        await self._app(scope, receive, send_with_identity)

    def _cookie(self, participant_id: str, is_https: bool) -> str:
        value = self._get_signer().sign_participant(participant_id)
        scope = _FRAMED if is_https else "SameSite=Lax"
        return f"{COOKIE}={value}; Path=/; Max-Age={MAX_AGE_SECONDS}; HttpOnly; {scope}"

    async def _redirect_clean(self, scope: Scope, send: Send, cookie: str) -> None:
        kept = {k: v for k, v in _query(scope).items() if k != LINK_PARAM}
        # '?…' alone stays on the same path, whatever prefix a proxy put before it.
        location = f"?{urlencode(kept)}" if kept else "."
        start: Message = {"type": "http.response.start", "status": 303, "headers": []}
        answer = MutableHeaders(scope=start)
        answer["location"] = location
        answer["set-cookie"] = cookie
        answer["cache-control"] = "no-store"
        _harden(answer)
        await send(start)
        await send({"type": "http.response.body", "body": b""})


def read_cookie(headers: Headers) -> str | None:
    """Return the raw identity cookie of a request, if it brought one."""
    try:
        jar = SimpleCookie(headers.get("cookie", ""))
    except CookieError:  # some other site's cookie on this host is malformed
        return None
    return jar[COOKIE].value if COOKIE in jar else None


def _is_https(scope: Scope, headers: Headers) -> bool:
    forwarded = headers.get("x-forwarded-proto", scope.get("scheme", "http"))
    return forwarded.split(",")[0].strip() == "https"


def _query(scope: Scope) -> dict[str, str]:
    return dict(parse_qsl(scope.get("query_string", b"").decode("latin-1")))


def _open_to_frames(headers: MutableHeaders) -> None:
    """Let Streamlit's XSRF cookie work inside the frame of another site.

    Streamlit could set ``SameSite=None`` itself, but then also over plain HTTP,
    where browsers drop it and every upload in a classroom without TLS fails.
    """
    cookies = headers.getlist("set-cookie")
    if not any(cookie.startswith(_XSRF_COOKIE) for cookie in cookies):
        return
    del headers["set-cookie"]
    for cookie in cookies:
        is_xsrf = cookie.startswith(_XSRF_COOKIE)
        headers.append("set-cookie", _cross_site(cookie) if is_xsrf else cookie)


def _cross_site(cookie: str) -> str:
    ours = {"samesite", "secure", "partitioned"}
    parts = [part.strip() for part in cookie.split(";")]
    kept = [part for part in parts if part.split("=")[0].lower() not in ours]
    return "; ".join([*kept, _FRAMED])


def _harden(headers: MutableHeaders) -> None:
    headers["referrer-policy"] = "same-origin"  # links and tokens stay in house
    headers["x-content-type-options"] = "nosniff"
