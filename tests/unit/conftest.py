"""What tests of several parts use."""

import threading
from collections.abc import Iterator

import pytest

from ftcore.models import downloads
from tests.hub_server import HubServer, use_endpoint


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    server = HubServer()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    use_endpoint(monkeypatch, server.address)
    monkeypatch.setattr(downloads, "_PAUSES", (0, 0, 0))
    yield server
    server.shutdown()
    server.server_close()
