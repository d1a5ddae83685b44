"""A base model comes from the Hub whole, goes on after a cut, or says what is wrong.

The Hub is a real HTTP server on this machine that speaks the part that is needed.
"""

import os
import shutil
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ftcore.errors import BaseModelNotFetchedError
from ftcore.models.catalog import BaseModel, Source
from ftcore.models.download_errors import (
    DownloadCutError,
    GatedModelError,
    ModelHubUnreachableError,
    NoSpaceError,
    WrongChecksumError,
)
from ftcore.models.downloads import download_from_hub, require_sound
from ftcore.models.prepare import fetch_base_model
from tests.hub_server import CONTENT, SHA, HubServer, tiny_model, use_endpoint

pytestmark = pytest.mark.enable_socket


def a_model(sha256: str | None = SHA, revision: str | None = None) -> BaseModel:
    return tiny_model(hub="someone/tiny", sha256=sha256, revision=revision)


def test_a_file_comes_with_progress_and_keeps_its_checksum(
    hub: HubServer, tmp_path: Path
) -> None:
    told: list[tuple[int, int]] = []
    found = fetch_base_model(
        a_model(revision="abc"), tmp_path, on_bytes=lambda *p: told.append(p)
    )
    assert found.read_bytes() == CONTENT
    assert told[0] == (0, len(CONTENT))
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    paths = {path for _, path, _ in hub.asked}
    assert paths == {"/someone/tiny/resolve/abc/tiny.gguf"}
    assert (tmp_path / "tiny" / "tiny.gguf.sha256").read_text().strip() == SHA
    before = len(hub.asked)
    assert fetch_base_model(a_model(), tmp_path) == found
    assert len(hub.asked) == before, "what is here is not asked for again"


def test_a_connection_cut_in_the_middle_goes_on_where_it_ended(
    hub: HubServer, tmp_path: Path
) -> None:
    hub.cuts = [300_000, 700_000]
    told: list[int] = []
    found = download_from_hub(a_model(), tmp_path, lambda done, _: told.append(done))
    assert found.read_bytes() == CONTENT
    ranges = [asked for method, _, asked in hub.asked if method == "GET"]
    assert ranges == [None, "bytes=300000-", "bytes=700000-"]
    assert told == sorted(told)
    assert told[-1] == len(CONTENT)


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(stopped_at=st.integers(1, len(CONTENT) - 1))
def test_the_next_attempt_begins_with_what_came(
    hub: HubServer, tmp_path: Path, stopped_at: int
) -> None:
    class StopError(Exception):
        pass

    def stop(done: int, _: int) -> None:
        if done >= stopped_at:
            raise StopError

    folder = tmp_path / str(stopped_at)
    folder.mkdir(exist_ok=True)
    hub.cuts = [stopped_at]
    with pytest.raises(StopError):
        download_from_hub(a_model(), folder, stop)
    (part,) = folder.glob("*.part")
    have = part.stat().st_size
    first: list[int] = []
    download_from_hub(a_model(), folder, lambda done, _: first.append(done))
    assert first[0] == have
    assert (folder / "tiny.gguf").read_bytes() == CONTENT
    assert not list(folder.glob("*.part"))
    (folder / "tiny.gguf").unlink()


def test_a_cut_that_lasts_keeps_the_part_and_says_so(
    hub: HubServer, tmp_path: Path
) -> None:
    hub.cuts = [200_000] + [200_000] * 20
    with pytest.raises(DownloadCutError) as told:
        download_from_hub(a_model(), tmp_path)
    assert told.value.params["command"].endswith("--prepare tiny")
    (part,) = tmp_path.glob("*.part")
    assert part.read_bytes() == CONTENT[:200_000]
    hub.cuts = []
    assert download_from_hub(a_model(), tmp_path).read_bytes() == CONTENT


@pytest.mark.parametrize(
    "refusal", [(401, "GatedRepo"), (403, "GatedRepo"), (403, ""), (401, "")]
)
def test_a_gated_model_tells_where_to_accept(
    hub: HubServer, tmp_path: Path, refusal: tuple[int, str]
) -> None:
    hub.refusal = refusal
    with pytest.raises(GatedModelError) as told:
        fetch_base_model(a_model(), tmp_path)
    assert told.value.params["address"] == "https://huggingface.co/someone/tiny"


@pytest.mark.parametrize("refusal", [(404, "EntryNotFound"), (500, "")])
def test_any_other_refusal_is_told_with_its_name(
    hub: HubServer, tmp_path: Path, refusal: tuple[int, str]
) -> None:
    hub.refusal = refusal
    with pytest.raises(BaseModelNotFetchedError):
        fetch_base_model(a_model(), tmp_path)


def test_without_network_the_error_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    use_endpoint(monkeypatch, "http://127.0.0.1:9")
    with pytest.raises(ModelHubUnreachableError):
        fetch_base_model(a_model(), tmp_path)


def test_a_full_disk_is_told_before_the_first_byte(
    hub: HubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)
    small = usage._replace(free=len(CONTENT) - 1)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: small)
    with pytest.raises(NoSpaceError) as told:
        download_from_hub(a_model(), tmp_path)
    assert told.value.params["free_mb"] == 1
    assert [method for method, _, _ in hub.asked] == ["HEAD"]


def test_another_file_is_refused_and_thrown_away(
    hub: HubServer, tmp_path: Path
) -> None:
    with pytest.raises(WrongChecksumError):
        download_from_hub(a_model(sha256="0" * 64), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_hubs_own_checksum_counts_where_the_catalogue_has_none(
    hub: HubServer, tmp_path: Path
) -> None:
    hub.etag = "0" * 64
    with pytest.raises(WrongChecksumError):
        download_from_hub(a_model(sha256=None), tmp_path)
    hub.etag = "not-a-checksum"
    found = download_from_hub(a_model(sha256=None), tmp_path)
    assert require_sound(a_model(sha256=None), found) == SHA


def test_the_first_downloads_checksum_is_kept_and_compared(
    hub: HubServer, tmp_path: Path
) -> None:
    hub.etag = "not-a-checksum"
    model = a_model(sha256=None)
    found = download_from_hub(model, tmp_path)
    found.write_bytes(CONTENT[:-1] + b"!")
    with pytest.raises(WrongChecksumError):
        require_sound(model, found)


def test_a_file_put_there_by_hand_is_remembered(tmp_path: Path) -> None:
    file = tmp_path / "tiny.gguf"
    file.write_bytes(b"first")
    model = a_model(sha256=None)
    require_sound(model, file)
    file.write_bytes(b"second")
    with pytest.raises(WrongChecksumError):
        require_sound(model, file)


def an_encoder(**beside: str | None) -> BaseModel:
    names = {name.replace("_", "."): sha for name, sha in beside.items()}
    source = Source(
        file="model.safetensors", hub="someone/tiny", sha256=SHA, beside=names
    )
    return replace(a_model(), kind="encoder", source=source)


def test_a_model_of_several_files_is_here_once_the_last_has_come(
    hub: HubServer, tmp_path: Path
) -> None:
    hub.contents = {"config.json": b"{}", "tokenizer.json": b"x" * 5000}
    model = an_encoder(config_json=None, tokenizer_json=None)
    told: list[tuple[int, int]] = []
    found = fetch_base_model(model, tmp_path, on_bytes=lambda *p: told.append(p))
    assert found.name == "model.safetensors"
    asked = [
        path.rsplit("/", 1)[-1] for method, path, _ in hub.asked if method == "GET"
    ]
    assert asked == ["config.json", "tokenizer.json", "model.safetensors"]
    whole = len(CONTENT) + 5002
    assert {total for _, total in told} == {whole}
    assert told[-1] == (whole, whole)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    for name in model.source.files:
        require_sound(model, found.with_name(name))
    found.with_name("config.json").unlink()
    assert model.locate(tmp_path) is None
    before = len(hub.asked)
    assert fetch_base_model(model, tmp_path) == found
    again = [path.rsplit("/", 1)[-1] for _, path, _ in hub.asked[before:]]
    assert set(again) == {"config.json"}, "only what is missing comes again"


def test_a_cut_in_the_last_file_keeps_the_others(
    hub: HubServer, tmp_path: Path
) -> None:
    hub.contents = {"config.json": b"{}"}
    hub.cuts = [2] + [200_000] * 20
    model = an_encoder(config_json=None)
    with pytest.raises(DownloadCutError):
        download_from_hub(model, tmp_path)
    assert (tmp_path / "config.json").read_bytes() == b"{}"
    hub.cuts = []
    assert download_from_hub(model, tmp_path).read_bytes() == CONTENT


def test_another_file_beside_the_weights_is_refused(
    hub: HubServer, tmp_path: Path
) -> None:
    hub.contents = {"config.json": b"{}"}
    with pytest.raises(WrongChecksumError):
        download_from_hub(an_encoder(config_json="0" * 64), tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_the_command_shows_progress_and_the_spanish_error(tmp_path: Path) -> None:
    server = HubServer()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    server.refusal = (401, "GatedRepo")
    env = {**os.environ, "HF_ENDPOINT": server.address, "FTCORE_MODELS": str(tmp_path)}
    command = [sys.executable, "-m", "ftcore", "models", "--prepare"]

    def run(name: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command, name], env=env, capture_output=True, text=True, check=False
        )

    refused = run("lfm2-350m")
    assert refused.returncode == 1
    assert "Acepta la licencia en https://huggingface.co/LiquidAI" in refused.stderr
    assert "HF_TOKEN" in refused.stderr
    server.refusal = None
    other = run("lfm2-350m")
    assert "100 %" in other.stderr
    assert "no es el esperado" in other.stderr
    server.shutdown()
    server.server_close()
