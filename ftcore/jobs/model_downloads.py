"""Bring base models onto this machine in the background, one thread for each."""

import logging
import threading
from dataclasses import dataclass, field
from pathlib import Path

from ftcore.errors import FtcoreError
from ftcore.models.catalog import BaseModel
from ftcore.models.pace import Pace
from ftcore.models.prepare import fetch_base_model

logger = logging.getLogger(__name__)


class _StoppedError(Exception):
    """The workshop closes; what came is kept."""


@dataclass(slots=True)
class Download:
    """One download, as far as it is; read by pages, written by its thread.

    Attributes:
        pace: How far it is.
        is_running: Whether it goes on.
        error: Why it ended without the file, if it did.
    """

    pace: Pace = field(default_factory=Pace)
    is_running: bool = True
    error: FtcoreError | None = None


class ModelDownloads:
    """The downloads of a process; everybody in the room looks at the same ones.

    Args:
        models_dir: Folder of downloaded base models.
    """

    def __init__(self, models_dir: Path) -> None:
        self._models_dir = models_dir
        self._downloads: dict[str, Download] = {}
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._stopped = threading.Event()

    def start(self, model: BaseModel) -> None:
        """Begin, or go on after a cut; does nothing while it already runs."""
        with self._lock:
            before = self._downloads.get(model.name)
            if before is not None and before.is_running:
                return
            download = self._downloads[model.name] = Download()
            thread = threading.Thread(
                target=self._run,
                args=(model, download),
                name=f"download-{model.name}",
                daemon=True,
            )
            self._threads.append(thread)
        thread.start()

    def look(self, name: str) -> Download | None:
        """Return the newest download of a model, or ``None`` if there was none."""
        return self._downloads.get(name)

    def stop(self, timeout: float = 5.0) -> None:
        """End all of them, each at its next byte; they can be gone on with."""
        self._stopped.set()
        for thread in self._threads:
            thread.join(timeout)

    def _run(self, model: BaseModel, download: Download) -> None:
        def on_bytes(done: int, total: int) -> None:
            download.pace.look(done, total)
            if self._stopped.is_set():
                raise _StoppedError

        try:
            fetch_base_model(model, self._models_dir, on_bytes=on_bytes)
        except _StoppedError:
            logger.info("The download of %s stops with the workshop", model.name)
        except FtcoreError as error:
            download.error = error
            logger.warning("%s", error)
        finally:
            download.is_running = False
