"""An encoder in numpy is the encoder of transformers."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ftcore.errors import BaseModelMissingError, TrainingFailedError
from ftcore.models.encoder import Encoder, EncoderBase
from ftcore.training.encoder_layers import UpperLayers
from tests.tiny_encoders import HIDDEN, POSITIONS, TinyEncoder, make_encoder

TEXTS = (
    "El pago no funciona",
    "Hola",
    "",
    "¿Cuándo abren la tienda? Quería saber el horario, gracias por todo.",
    "zzz " * 50,
)


@pytest.fixture(scope="module", params=["bert", "xlm-roberta"])
def made(request, tmp_path_factory) -> tuple[TinyEncoder, Path]:
    models_dir = tmp_path_factory.mktemp("models")
    return make_encoder(models_dir, request.param), models_dir


def theirs(tiny: TinyEncoder, base: EncoderBase, text: str) -> np.ndarray:
    ids = torch.tensor([base.tokens(text)])
    with torch.no_grad():
        mask = torch.ones_like(ids)
        states = tiny.twin(input_ids=ids, attention_mask=mask).last_hidden_state[0]
    return (states.mean(0) / states.mean(0).norm()).numpy()


def test_vectors_are_those_of_transformers(made):
    tiny, models_dir = made
    base = EncoderBase(tiny.model, models_dir)
    found = Encoder(base).vectors(TEXTS)
    expected = np.stack([theirs(tiny, base, text) for text in TEXTS])
    assert found == pytest.approx(expected, abs=1e-4)
    assert np.linalg.norm(found, axis=1) == pytest.approx(1, abs=1e-5)


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.text(max_size=60), min_size=1, max_size=4), st.integers(0, 2))
def test_torch_goes_on_where_numpy_ended(made, texts: list[str], first: int):
    tiny, models_dir = made
    base = EncoderBase(tiny.model, models_dir)
    encoder = Encoder(base)
    if first == base.shape.layers:
        return  # nothing is left to learn
    states = [encoder.states(text, first) for text in texts]
    with torch.no_grad():
        found = UpperLayers(base, first).vectors(states).cpu().numpy()
    assert found == pytest.approx(encoder.vectors(texts), abs=1e-4)
    assert encoder.finish(states, first) == pytest.approx(
        encoder.vectors(texts), abs=1e-5
    )


def test_a_row_does_not_depend_on_what_is_beside_it(made):
    tiny, models_dir = made
    encoder = Encoder(EncoderBase(tiny.model, models_dir))
    together = encoder.vectors(TEXTS)
    for row, text in enumerate(TEXTS):
        assert np.array_equal(encoder.vectors([text])[0], together[row])
    assert encoder.vectors([]).shape == (0, together.shape[1])


def test_long_texts_are_cut_and_the_authors_prefix_is_read(made):
    tiny, models_dir = made
    base = EncoderBase(tiny.model, models_dir)
    assert len(base.tokens("hola " * 200)) == tiny.model.context
    assert base.shape.positions in {POSITIONS, POSITIONS - 2}
    assert base.tokens("") == [2, 3]


def test_trained_layers_take_the_place_of_the_bases(made):
    tiny, models_dir = made
    base = EncoderBase(tiny.model, models_dir)
    other = {name: array + np.float32(0.1) for name, array in base.layer(1).items()}
    changed = Encoder(base, {1: other}).vectors(TEXTS)
    assert not np.allclose(changed, Encoder(base).vectors(TEXTS), atol=1e-3)
    same = Encoder(base, {1: base.layer(1)}).vectors(TEXTS)
    assert np.array_equal(same, Encoder(base).vectors(TEXTS))


def test_names_with_a_head_before_them_are_understood(tmp_path):
    from safetensors.numpy import load_file, save_file

    tiny = make_encoder(tmp_path)
    file = tmp_path / tiny.model.name / "model.safetensors"
    before = Encoder(EncoderBase(tiny.model, tmp_path)).vectors(TEXTS)
    save_file({f"bert.{name}": a for name, a in load_file(file).items()}, file)
    assert np.array_equal(
        Encoder(EncoderBase(tiny.model, tmp_path)).vectors(TEXTS), before
    )


def test_another_layout_is_refused(tmp_path):
    tiny = make_encoder(tmp_path)
    config = tmp_path / tiny.model.name / "config.json"
    facts = json.loads(config.read_text())
    for change in ({"model_type": "deberta"}, {"hidden_act": "relu"}):
        config.write_text(json.dumps({**facts, **change}))
        with pytest.raises(TrainingFailedError):
            EncoderBase(tiny.model, tmp_path)
    config.unlink()
    with pytest.raises(BaseModelMissingError):
        EncoderBase(tiny.model, tmp_path)


def test_a_file_that_is_no_safetensors_is_refused(tmp_path):
    tiny = make_encoder(tmp_path)
    tiny.model.require(tmp_path).write_bytes(b"\xff" * 40)
    with pytest.raises(TrainingFailedError):
        EncoderBase(tiny.model, tmp_path)


def test_the_encoders_of_a_base_share_its_layers(tmp_path):
    base = EncoderBase(make_encoder(tmp_path).model, tmp_path)
    assert base.layer(0) is base.layer(0)


def test_an_encoder_answers_without_torch(tmp_path):
    tiny = make_encoder(tmp_path)
    probe = f"""
import sys
from pathlib import Path
import ftcore.chat.labels, ftcore.models.tuned_encoder
from ftcore.models.catalog import BaseModel, Source
from ftcore.models.encoder import Encoder, EncoderBase
model = {tiny.model!r}
rows = Encoder(EncoderBase(model, Path({str(tmp_path)!r}))).vectors(["hola"])
assert rows.shape == (1, {HIDDEN})
print(" ".join(sys.modules))
"""
    done = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    names = {name.split(".")[0] for name in done.stdout.split()}
    assert not names & {"torch", "transformers", "sklearn", "gradio"}
