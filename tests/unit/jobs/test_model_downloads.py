"""A base model comes in the background, once for everybody, and stops when told."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ftcore.jobs.model_downloads import ModelDownloads
from ftcore.models.download_errors import GatedModelError
from tests.hub_server import CONTENT, SHA, HubServer, tiny_model
from tests.waiting import eventually

pytestmark = pytest.mark.enable_socket
TINY = tiny_model(hub="someone/tiny", sha256=SHA)


def ended(manager: ModelDownloads) -> Callable[[], bool]:
    def is_so() -> bool:
        found = manager.look("tiny")
        return found is not None and not found.is_running

    return is_so


def test_it_comes_once_however_many_ask(hub: HubServer, tmp_path: Path) -> None:
    manager = ModelDownloads(tmp_path)
    assert manager.look("tiny") is None
    for _ in range(5):
        manager.start(TINY)
    eventually(ended(manager))
    found = manager.look("tiny")
    assert found is not None
    assert found.error is None
    assert (found.pace.done, found.pace.share) == (len(CONTENT), 1.0)
    assert (tmp_path / "tiny" / "tiny.gguf").read_bytes() == CONTENT
    assert [method for method, *_ in hub.asked].count("GET") == 1


def test_a_refusal_is_kept_and_another_attempt_may_follow(
    hub: HubServer, tmp_path: Path
) -> None:
    manager = ModelDownloads(tmp_path)
    hub.refusal = (403, "GatedRepo")
    manager.start(TINY)
    eventually(ended(manager))
    found = manager.look("tiny")
    assert found is not None
    assert isinstance(found.error, GatedModelError)
    hub.refusal = None
    manager.start(TINY)
    eventually(ended(manager))
    assert (tmp_path / "tiny" / "tiny.gguf").is_file()


def test_stopping_keeps_what_came(hub: HubServer, tmp_path: Path) -> None:
    manager = ModelDownloads(tmp_path)
    manager.stop()
    manager.start(TINY)
    eventually(ended(manager))
    assert not (tmp_path / "tiny" / "tiny.gguf").exists()
    assert list((tmp_path / "tiny").glob("*.part"))
