"""The copy that chats are served from: faster, and the same words."""

from pathlib import Path

import gguf
import numpy as np
import pytest

from ftcore.models.serving_copy import make_serving_copy, serving_file


def a_model(path: Path, kind: gguf.GGMLQuantizationType) -> Path:
    """Write a file of one matrix, with facts of every kind."""
    rows = np.random.default_rng(0).normal(size=(8, 64)).astype(np.float32)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_string("tokenizer.chat_template", "¡{{ hola }}!")
    writer.add_array("tokenizer.ggml.tokens", ["a", "ñ"])
    writer.add_array("tokenizer.ggml.token_type", [1, 3])
    writer.add_bool("tokenizer.ggml.add_bos_token", False)
    writer.add_tensor("blk.0.weight", gguf.quantize(rows, kind), raw_dtype=kind)
    writer.add_tensor("blk.0.norm.weight", rows[0])
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def facts(path: Path) -> dict[str, object]:
    fields = gguf.GGUFReader(path).fields.values()
    return {f.name: f.contents() for f in fields if not f.name.startswith("GGUF.")}


@pytest.mark.parametrize("name", ["Q4_1", "Q5_0", "Q5_1"])
def test_slow_weights_are_kept_in_eight_bits(tmp_path: Path, name: str) -> None:
    kind = gguf.GGMLQuantizationType[name]
    model = a_model(tmp_path / "m.gguf", kind)
    assert serving_file(model, tmp_path) == model
    copy = make_serving_copy(model, tmp_path)
    assert serving_file(model, tmp_path) == copy != model
    assert facts(copy) == facts(model)
    was, now = gguf.GGUFReader(model).tensors, gguf.GGUFReader(copy).tensors
    assert [t.name for t in now] == [t.name for t in was]
    assert [t.tensor_type.name for t in now] == ["Q8_0", "F32"]
    for old, new in zip(was, now, strict=True):
        before = gguf.dequantize(old.data, old.tensor_type)
        after = gguf.dequantize(new.data, new.tensor_type)
        assert before.shape == after.shape
        assert np.abs(before - after).max() <= np.abs(before).max() / 127


def test_fast_weights_need_no_copy(tmp_path: Path) -> None:
    model = a_model(tmp_path / "m.gguf", gguf.GGMLQuantizationType.Q8_0)
    assert make_serving_copy(model, tmp_path) == model
    assert [path.name for path in tmp_path.iterdir()] == ["m.gguf"]


def test_another_file_of_the_same_name_has_a_copy_of_its_own(tmp_path: Path) -> None:
    model = a_model(tmp_path / "m.gguf", gguf.GGMLQuantizationType.Q4_1)
    copy = make_serving_copy(model, tmp_path)
    with model.open("ab") as file:
        file.write(b"\0" * 32)
    assert serving_file(model, tmp_path) == model
    assert make_serving_copy(model, tmp_path) != copy
