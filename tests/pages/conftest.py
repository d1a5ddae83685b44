"""One workshop in a folder of its own, and its pages opened as a participant."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ftcore.settings import Settings
from ftcore.ui.navigation import DEFAULT_PAGE
from ftcore.ui.services import get_settings, get_signer, replace_workshop
from ftcore.ui.session import TEST_KEY
from ftcore.workshop import Workshop

ENTRY = Path(__file__).resolve().parents[2] / "ftcore" / "ui" / "entry.py"
OpenPage = Callable[..., AppTest]


@pytest.fixture
def workshop(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Workshop]:
    """A workshop that nobody has visited yet; pages and signer use it too."""
    monkeypatch.setenv("FTCORE_DATA", str(tmp_path))
    monkeypatch.setenv("FTCORE_SECRET", settings.secret_key or "")
    # A look at a page must not leave a process behind that loads torch.
    monkeypatch.setattr("ftcore.training.pool.WorkerPool.warm_up", lambda _: None)
    # Nor embed examples while the next page is looked at.
    ahead = "ftcore.workshop.vectors_ahead.VectorsAhead.prepare"
    monkeypatch.setattr(ahead, lambda *_: None)
    for cached in (get_settings, get_signer):
        cached.cache_clear()
    fresh = Workshop(settings)
    replace_workshop(fresh)
    yield fresh
    replace_workshop(None)
    fresh.datasets.close()
    fresh.context.engines.close()
    fresh.context.store.close()
    for cached in (get_settings, get_signer):
        cached.cache_clear()


@pytest.fixture
def app(workshop: Workshop) -> OpenPage:
    """Open a page as a participant: ``app("data")``, ``app("data", me="luis")``.

    Further keywords are the address's query: ``app("vote", c=key)``.
    """

    def open_page(name: str = DEFAULT_PAGE, me: str = "ana", **query: str) -> AppTest:
        test = AppTest.from_file(str(ENTRY), default_timeout=20)
        test.session_state[TEST_KEY] = me
        test.run()
        for key, value in query.items():
            test.query_params[key] = value
        if name != DEFAULT_PAGE:
            test.switch_page(f"../../pages/{name}.py").run()
        assert not test.exception, test.exception
        return test

    return open_page
