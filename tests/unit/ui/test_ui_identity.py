"""The cookie reaches every visitor once, holds, and travels by link."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from ftcore.tokens import Signer
from ftcore.ui.identity import COOKIE, IdentityMiddleware

SIGNER = Signer("a secret for tests")


def _page(_: Request) -> Response:
    response = HTMLResponse("<p>hola</p>")
    response.set_cookie("_streamlit_xsrf", "x", samesite="lax")
    response.set_cookie("other", "y", samesite="lax")
    return response


@pytest.fixture
def client() -> TestClient:
    ids = iter(f"visitor-{n}" for n in range(100))
    app = Starlette(
        routes=[
            Route("/", _page),
            Route("/asset", lambda _: PlainTextResponse("x")),
            Route("/cached", lambda _: Response(status_code=304)),
        ],
        middleware=[
            Middleware(
                IdentityMiddleware, get_signer=lambda: SIGNER, make_id=lambda: next(ids)
            )
        ],
    )
    return TestClient(app)


def _ours(response: object) -> list[str]:
    headers = response.headers.get_list("set-cookie")  # type: ignore[attr-defined]
    return [cookie for cookie in headers if cookie.startswith(f"{COOKIE}=")]


def test_a_page_gives_a_signed_cookie_once(client: TestClient) -> None:
    (cookie,) = _ours(client.get("/"))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie
    assert "Max-Age=2592000" in cookie
    assert SIGNER.read_participant(client.cookies[COOKIE]) == "visitor-0"
    assert _ours(client.get("/")) == []


def test_a_forged_cookie_is_replaced(client: TestClient) -> None:
    client.cookies.set(COOKIE, SIGNER.sign_participant("ana")[:-1] + "_")
    assert len(_ours(client.get("/"))) == 1


def test_assets_give_none_but_a_cached_navigation_does(client: TestClient) -> None:
    assert _ours(client.get("/asset")) == []
    cached = client.get("/cached", headers={"sec-fetch-mode": "navigate"})
    assert len(_ours(cached)) == 1


def test_over_https_both_cookies_work_in_a_frame(client: TestClient) -> None:
    response = client.get("/", headers={"x-forwarded-proto": "https, http"})
    cookies = response.headers.get_list("set-cookie")
    framed = "SameSite=None; Secure; Partitioned"
    xsrf = next(c for c in cookies if c.startswith("_streamlit_xsrf"))
    assert _ours(response)[0].endswith(framed)
    assert xsrf.endswith(framed)
    assert "samesite=lax" not in xsrf.lower()
    assert any("samesite=lax" in c.lower() for c in cookies if c.startswith("other"))


def test_a_link_restores_who_one_was_and_leaves_no_key(client: TestClient) -> None:
    client.get("/")
    key = SIGNER.sign_link("ana")
    response = client.get(f"/?vista=proyector&clave={key}", follow_redirects=False)
    assert response.status_code == 303
    assert response.headers["location"] == "?vista=proyector"
    assert response.headers["cache-control"] == "no-store"
    assert SIGNER.read_participant(client.cookies[COOKIE]) == "ana"
    plain = client.get(f"/?clave={key}", follow_redirects=False)
    assert plain.headers["location"] == "."


def test_a_forged_link_changes_nothing(client: TestClient) -> None:
    client.get("/")
    before = client.cookies[COOKIE]
    assert client.get("/?clave=nada").status_code == 200
    assert client.cookies[COOKIE] == before


def test_every_answer_keeps_links_in_house(client: TestClient) -> None:
    for path in ("/", "/asset"):
        headers = client.get(path).headers
        assert headers["referrer-policy"] == "same-origin"
        assert headers["x-content-type-options"] == "nosniff"
