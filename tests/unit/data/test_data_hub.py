"""Datasets of the Hub, by the real library against a server on this machine."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ftcore.data.hub import load_hub_dataset
from ftcore.data.readers import read_dataset
from ftcore.errors import (
    HubDatasetEmptyError,
    HubDatasetGatedError,
    HubDatasetMissingError,
    HubDatasetUnreadableError,
    HubUnreachableError,
)

CARD = """---
dataset_info:
  features:
  - name: text
    dtype: string
  - name: label
    dtype:
      class_label:
        names:
          '0': negativo
          '1': positivo
---
"""
LABELLED = "".join(
    json.dumps({"text": f"reseña número {i}", "label": i % 2}) + "\n" for i in range(30)
)
FILES = {
    "ana/resenas": {"README.md": CARD, "train.jsonl": LABELLED},
    "ana/vacio": {"train.jsonl": ""},
    "ana/roto": {"train.parquet": "esto no es parquet"},
}
SHA = "1" * 40


class Hub(BaseHTTPRequestHandler):
    """As much of the Hub's interface as the library asks for."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_HEAD(self):
        self.do_GET()

    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        asked = json.loads(self.rfile.read(length) or b"{}").get("paths", [])
        name = "/".join(self.path.split("/")[3:5])
        paths = [asked] if isinstance(asked, str) else asked
        found = [p for p in paths if p in FILES.get(name, {})]
        self._json([self._entry(name, path) for path in found])

    def do_GET(self):
        path = self.path.split("?")[0]
        name = "/".join(path.removeprefix("/api").split("/")[2:4])
        if name == "ana/cerrado":
            self._send(403, b"{}", {"X-Error-Code": "GatedRepo"})
        elif name not in FILES:
            self._send(404, b"{}", {"X-Error-Code": "RepoNotFound"})
        elif "/resolve/" in path:
            self._file(name, path.split("/resolve/")[1].split("/", 1)[1])
        elif "/tree/" in path:
            self._json([self._entry(name, file) for file in FILES[name]])
        elif "/revision/" in path or path == f"/api/datasets/{name}":
            siblings = [{"rfilename": file} for file in FILES[name]]
            self._json({"id": name, "sha": SHA, "siblings": siblings, "tags": []})
        else:
            self._send(404, b"{}", {})

    def _entry(self, name, path):
        size = len(FILES[name][path].encode())
        return {"type": "file", "path": path, "size": size, "oid": "2" * 40}

    def _file(self, name, file):
        if file not in FILES[name]:
            self._send(404, b"{}", {"X-Error-Code": "EntryNotFound"})
            return
        content = FILES[name][file].encode()
        headers = {"ETag": f'"{len(content)}"', "X-Repo-Commit": SHA}
        self._send(200, content, headers)

    def _json(self, value):
        self._send(200, json.dumps(value).encode(), {})

    def _send(self, status, content, headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


@pytest.fixture
def hub(monkeypatch, tmp_path):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    yield server
    server.shutdown()
    server.server_close()


@pytest.mark.slow
@pytest.mark.enable_socket
def test_rows_come_with_the_names_of_their_classes(hub):
    name, content = load_hub_dataset("ana/resenas", max_rows=12)
    found = read_dataset(name, content)
    assert name == "resenas.jsonl"
    assert len(found.dataset) == 12
    assert found.dataset.labels == ("negativo", "positivo")
    assert found.dataset.examples[3].prompt == "reseña número 3"


@pytest.mark.slow
@pytest.mark.enable_socket
@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("ana/no_existe", HubDatasetMissingError),
        ("ana/cerrado", HubDatasetGatedError),
        ("ana/vacio", HubDatasetEmptyError),
        ("ana/roto", HubDatasetUnreadableError),
    ],
)
def test_what_cannot_be_read_is_told_apart(hub, name, error):
    with pytest.raises(error) as told:
        load_hub_dataset(f"https://huggingface.co/datasets/{name}")
    assert told.value.params["name"] == name


def test_no_network_is_told_at_once(monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    started = time.monotonic()
    with pytest.raises(HubUnreachableError):
        load_hub_dataset("ana/resenas")
    assert time.monotonic() - started < 15


@pytest.mark.enable_socket
def test_no_answer_is_given_up(monkeypatch):
    silent = ThreadingHTTPServer(("127.0.0.1", 0), Hub)  # listens, never serves
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{silent.server_port}")
    with pytest.raises(HubUnreachableError):
        load_hub_dataset("ana/resenas", timeout=3)
    silent.server_close()


@pytest.mark.parametrize(
    "name",
    ["", "/etc", "../x", "a/b/c", "~/x", "a b", "C:\\x", "-c", "ñ/a", "..", "a/.."],
)
def test_what_is_no_id_never_leaves_this_machine(name):
    with pytest.raises(HubDatasetMissingError):
        load_hub_dataset(name)


@pytest.mark.slow
@pytest.mark.enable_socket
def test_the_name_of_a_format_is_no_dataset(hub):
    with pytest.raises((HubDatasetMissingError, HubDatasetUnreadableError)):
        load_hub_dataset("csv")
