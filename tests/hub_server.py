"""A Hub on this machine: it speaks the part of the protocol that a download needs."""

import hashlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ftcore.models.catalog import BaseModel, Source

CONTENT = bytes(range(256)) * 4096  # 1 MB
SHA = hashlib.sha256(CONTENT).hexdigest()


class Hub(BaseHTTPRequestHandler):
    """Answers for one repository; how is decided by the server's attributes."""

    def do_HEAD(self) -> None:
        self._answer(self._content())

    def do_GET(self) -> None:
        self._answer(self._content())

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _content(self) -> bytes:
        assert isinstance(self.server, HubServer)
        return self.server.contents.get(self.path.rsplit("/", 1)[-1], CONTENT)

    def _answer(self, content: bytes) -> None:
        server = self.server
        assert isinstance(server, HubServer)
        if "/resolve/" not in self.path:  # the library asks something of its own
            self.send_error(404)
            return
        server.asked.append((self.command, self.path, self.headers.get("Range")))
        if server.refusal:
            status, code = server.refusal
            self.send_response(status)
            self.send_header("X-Error-Code", code)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        start = int((self.headers.get("Range") or "bytes=0-")[6:].rstrip("-"))
        self.send_response(206 if self.headers.get("Range") else 200)
        mark = server.etag
        if content is not CONTENT:
            mark = hashlib.sha256(content).hexdigest()
        self.send_header("ETag", f'"{mark}"')
        self.send_header("X-Repo-Commit", "1" * 40)
        self.send_header("Content-Length", str(len(content) - start))
        if start:
            about = f"bytes {start}-{len(content) - 1}/{len(content)}"
            self.send_header("Content-Range", about)
        self.end_headers()
        if self.command == "HEAD":
            return
        cut = server.cuts.pop(0) if server.cuts else len(content)
        self.wfile.write(content[start : max(start, cut)])
        if cut < len(content):
            self.wfile.flush()
            self.connection.close()


class HubServer(ThreadingHTTPServer):
    """A Hub with a memory of what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Hub)
        self.contents: dict[str, bytes] = {}  # by name; any other file is CONTENT
        self.asked: list[tuple[str, str, str | None]] = []
        self.cuts: list[int] = []
        self.refusal: tuple[int, str] | None = None
        self.etag = SHA

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, *_: object) -> None:
        """A cut connection is what the test wanted."""


def use_endpoint(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "ENDPOINT", address)
    template = address + "/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)


def tiny_model(**source: str | None) -> BaseModel:
    """Return an entry of the catalogue whose file is called ``tiny.gguf``.

    Args:
        **source: Fields of its `Source`.
    """
    return BaseModel(
        name="tiny",
        title="Tiny",
        kind="generation",
        architecture="llama",
        licence="MIT",
        size_mb=1,
        context=64,
        languages=("es",),
        source=Source(file="tiny.gguf", **source),  # type: ignore[arg-type]
    )
