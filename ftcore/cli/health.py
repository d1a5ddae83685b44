"""Look at this machine: what the app needs, and whether it is here."""

import importlib.metadata
import importlib.util
import os
import platform
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from ftcore.models.catalog import PREPARE_COMMAND, load_catalog
from ftcore.settings import ROOT, Settings
from ftcore.texts import number
from ftcore.training.machine import free_memory_mb

OLDEST_PYTHON = (3, 11)
ENOUGH_MEMORY_GB = 3.0  # server 0.6, chat 0.4, one training 1.8, measured
ENOUGH_DISK_GB = 1.0  # a room of thirty: models of 20 MB and a database
HUB = ("huggingface.co", 443)
HUB_SECONDS = 2.0
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


class State(StrEnum):
    """How one check ended."""

    OK = "ok"
    NOTE = "note"  # the app runs, but the person should know
    MISSING = "missing"  # the app cannot run


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at.

    Attributes:
        name: Key of ``cli_doctor.checks.<name>`` in the texts.
        state: How it ended.
        params: Values for the placeholders of its texts.
    """

    name: str
    state: State
    params: dict[str, str] = field(default_factory=dict)


Probe = Callable[[Settings], Check]


def examine(settings: Settings) -> list[Check]:
    """Run every check, in the order in which they are shown."""
    return [probe(settings) for probe in PROBES]


def _python(_: Settings) -> Check:
    enough = sys.version_info >= OLDEST_PYTHON
    state = State.OK if enough else State.MISSING
    return Check("python", state, {"found": platform.python_version()})


def _packages(_: Settings) -> Check:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return compare_packages(pinned(lines), installed_version)


def pinned(lines: list[str]) -> dict[str, str]:
    """Return package -> version of the lines that pin one."""
    pins = (line.split("#")[0].split(";")[0].strip() for line in lines)
    pairs = (pin.split("==") for pin in pins if "==" in pin)
    return {name.split("[")[0].strip(): version.strip() for name, version in pairs}


def installed_version(package: str) -> str | None:
    """Return the installed version, without its build mark (``+cpu``)."""
    try:
        return importlib.metadata.version(package).split("+")[0]
    except importlib.metadata.PackageNotFoundError:
        return None


def compare_packages(
    wanted: Mapping[str, str], version_of: Callable[[str], str | None]
) -> Check:
    """Compare what is installed with what is pinned."""
    found = {name: version_of(name) for name in wanted}
    absent = [name for name, version in found.items() if version is None]
    other = [n for n, v in found.items() if v is not None and v != wanted[n]]
    params = {
        "count": str(len(wanted)),
        "names": ", ".join(absent or other),
    }
    if absent:
        return Check("packages", State.MISSING, params)
    return Check("packages", State.NOTE if other else State.OK, params)


def _base_models(settings: Settings) -> Check:
    catalog = load_catalog()
    names = (catalog.default_generation, catalog.default_embedding)
    absent = [n for n in names if catalog.find(n).locate(settings.models_dir) is None]
    params = {"names": ", ".join(absent or names), "command": PREPARE_COMMAND}
    return Check("base_models", State.MISSING if absent else State.OK, params)


def _embedder(_: Settings) -> Check:
    from ftcore.models.embeddings import (  # noqa: PLC0415  (loads 72 MB)
        default_embedder,
    )

    embedder = default_embedder()
    state = State.OK if embedder.is_semantic else State.NOTE
    return Check("embedder", state, {"name": embedder.name})


def _bfloat16(_: Settings) -> Check:
    if importlib.util.find_spec("torch") is None:
        return Check("bfloat16", State.NOTE)
    from ftcore.training.learners import (  # noqa: PLC0415  (imports torch)
        best_device,
        fastest_dtype,
    )

    is_fast = str(fastest_dtype(best_device())).endswith("bfloat16")
    return Check("bfloat16", State.OK if is_fast else State.NOTE)


def _cores(_: Settings) -> Check:
    count = os.cpu_count() or 1
    return Check("cores", State.OK if count > 1 else State.NOTE, {"count": str(count)})


def _memory(_: Settings) -> Check:
    free = free_memory_mb() / 1000
    state = State.OK if free >= ENOUGH_MEMORY_GB else State.NOTE
    wanted = number(ENOUGH_MEMORY_GB)
    return Check("memory", state, {"free": number(free, 1), "wanted": wanted})


def _disk(settings: Settings) -> Check:
    free = shutil.disk_usage(existing(settings.data_dir)).free / 1e9
    state = State.OK if free >= ENOUGH_DISK_GB else State.NOTE
    wanted = number(ENOUGH_DISK_GB)
    return Check("disk", state, {"free": number(free, 1), "wanted": wanted})


def existing(folder: Path) -> Path:
    """Return the nearest folder above that exists."""
    return next(path for path in (folder, *folder.parents) if path.is_dir())


def _writable(settings: Settings) -> Check:
    folder = existing(settings.data_dir)
    params = {"folder": str(settings.data_dir)}
    try:
        with tempfile.TemporaryFile(dir=folder):
            return Check("writable", State.OK, params)
    except OSError:
        return Check("writable", State.MISSING, params)


def _database(settings: Settings) -> Check:
    import sqlalchemy  # noqa: PLC0415  (a second of import)

    url = sqlalchemy.make_url(settings.database_url)
    shown = {"url": url.render_as_string(hide_password=True)}
    if url.get_backend_name() == "sqlite":
        if not Path(url.database or "").is_file():
            return Check("database", State.OK, shown)  # made at the first start
    else:
        url = url.set(drivername="postgresql+psycopg")
    engine = sqlalchemy.create_engine(url)
    try:
        with engine.connect() as connection:
            connection.execute(sqlalchemy.text("SELECT 1"))
    except sqlalchemy.exc.SQLAlchemyError:
        return Check("database", State.MISSING, shown)
    finally:
        engine.dispose()
    return Check("database", State.OK, shown)


def _port(settings: Settings) -> Check:
    params = {"port": str(settings.port), "next": str(settings.port + 1)}
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", settings.port))
        except OSError:
            return Check("port", State.NOTE, params)
    return Check("port", State.OK, params)


def _browser(_: Settings) -> Check:
    given = os.environ.get("CHROMIUM_PATH", "")
    named = [given] if given and Path(given).is_file() else []
    found = [*named, *filter(None, map(shutil.which, BROWSERS))]
    own = Path.home() / ".cache" / "ms-playwright"
    found += [str(path) for path in sorted(own.glob("chromium-*"))]
    if not found:
        return Check("browser", State.NOTE)
    return Check("browser", State.OK, {"path": found[0]})


def _network(_: Settings) -> Check:
    if os.environ.get("HF_HUB_OFFLINE") == "1":
        return Check("network", State.NOTE)
    try:
        with socket.create_connection(HUB, timeout=HUB_SECONDS):
            return Check("network", State.OK)
    except OSError:
        return Check("network", State.NOTE)


PROBES: tuple[Probe, ...] = (
    _python,
    _packages,
    _base_models,
    _embedder,
    _bfloat16,
    _cores,
    _memory,
    _disk,
    _writable,
    _database,
    _port,
    _browser,
    _network,
)
