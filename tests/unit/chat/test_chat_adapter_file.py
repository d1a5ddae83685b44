"""No file that pretends to be an adapter ends the process."""

import random
import subprocess
import sys

import gguf
import pytest

from ftcore.chat.adapter_file import check_adapter
from ftcore.errors import ChatFailedError
from ftcore.models.catalog import load_catalog
from tests.contract.random_adapters import write_random_adapter

HEAD = 40_000  # bytes of a random adapter before its numbers, roughly
LOADS = """
import sys
from pathlib import Path
from ftcore.chat.lanes import open_native_lanes
from ftcore.chat.llama_cpp import LlamaEngine
from ftcore.chat.base import SamplingOptions
from ftcore.data.examples import Message, Role
from ftcore.errors import ChatFailedError

engine = LlamaEngine(
    Path(sys.argv[1]), context=128, slots=1, open_lanes=open_native_lanes
)
for path in sorted(Path(sys.argv[2]).glob("*.gguf")):
    try:
        asked = [Message(Role.USER, "hola")]
        list(engine.stream(asked, SamplingOptions(max_tokens=1), path))
        print("answered")
    except ChatFailedError:
        print("refused")
engine.close()
"""


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    return write_random_adapter(tmp_path_factory.mktemp("good") / "a.gguf", 1)


def test_a_good_one_is_accepted(good):
    check_adapter(good, "llama")


def test_one_for_another_architecture_is_refused(good):
    with pytest.raises(ChatFailedError):
        check_adapter(good, "qwen3")


@pytest.mark.parametrize("content", [b"", b"GGUF", b"GGUF" * 100, b"\0" * 5000])
def test_other_files_are_refused(tmp_path, content):
    path = tmp_path / "a.gguf"
    path.write_bytes(content)
    with pytest.raises(ChatFailedError):
        check_adapter(path, "llama")


def test_an_alpha_of_another_kind_is_refused(tmp_path):
    writer = gguf.GGUFWriter(tmp_path / "a.gguf", "llama")
    writer.add_type(gguf.GGUFType.ADAPTER)
    writer.add_string("adapter.type", "lora")
    writer.add_float64("adapter.lora.alpha", 8.0)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    with pytest.raises(ChatFailedError, match="alpha"):
        check_adapter(tmp_path / "a.gguf", "llama")


@pytest.mark.slow
def test_a_damaged_file_never_ends_the_process(good, tmp_path):
    whole = good.read_bytes()
    rng = random.Random(7)
    damaged = tmp_path / "damaged"
    damaged.mkdir()
    for number in range(60):
        content = bytearray(whole)
        for _ in range(rng.choice([1, 1, 3, 30])):
            place = rng.randrange(4, HEAD if number % 3 else len(content))
            content[place] = rng.randrange(256)
        if number % 10 == 0:
            del content[rng.randrange(100, len(content)) :]
        (damaged / f"{number:02}.gguf").write_bytes(content)
    base = load_catalog().find(load_catalog().default_generation).require(tmp_path)
    ended = subprocess.run(
        [sys.executable, "-c", LOADS, str(base), str(damaged)],
        capture_output=True,
        text=True,
        check=False,
        timeout=500,
    )
    assert ended.returncode == 0, ended.stderr
    outcomes = ended.stdout.split()
    assert len(outcomes) == 60
    assert outcomes.count("refused") > 20
