"""The embedded base model learns, and llama.cpp serves what it learnt."""

import math
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ftcore.data.examples import Dataset, Example, Message, Role, Task
from ftcore.errors import TrainingCancelledError, TrainingFailedError
from ftcore.models.base_tokenizer import load_base_tokenizer
from ftcore.models.catalog import load_catalog
from ftcore.models.trained import load_trained
from ftcore.settings import load_settings
from ftcore.training.base import Phase, Preset, ProgressEvent, TrainingRequest
from ftcore.training.effort import speed_of
from ftcore.training.presets import configure
from ftcore.training.run import run_training

pytestmark = pytest.mark.slow

PAIRS = [
    ("¿Cuánto cuesta el envío?", "El envío cuesta 4,90 € y tarda dos días."),
    ("¿Tienen tienda física?", "No, vendemos solo por internet."),
    ("¿Cómo puedo pagar?", "Con tarjeta o por transferencia."),
    ("¿Puedo devolver un producto?", "Sí, tienes 30 días y es gratis."),
]
BASE = load_catalog().find(load_catalog().default_generation)


def a_request(**changes: object) -> TrainingRequest:
    examples = tuple(Example.from_pair(q, a) for q, a in PAIRS)
    dataset = Dataset("tienda", Task.CHAT, examples)
    config = configure(
        Task.CHAT, Preset.QUICK, 4, **{"epochs": 3, "batch_size": 4, **changes}
    )
    test = (Example.from_pair("q cuesta el envio", PAIRS[0][1]),)
    return TrainingRequest("job", dataset, config, "Eres la tienda.", test=test)


@pytest.fixture(scope="module")
def models_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The machine's prepared model, with a speed file of the test's own."""
    folder = tmp_path_factory.mktemp("base_models")
    real = load_settings().models_dir / BASE.name
    real.mkdir(parents=True, exist_ok=True)
    (folder / BASE.name).symlink_to(real, target_is_directory=True)
    return folder


def train(
    request: TrainingRequest, folder: Path, models_dir: Path, threads: int = 1
) -> list[ProgressEvent]:
    events: list[ProgressEvent] = []
    run_training(
        request,
        folder,
        models_dir=models_dir,
        on_event=events.append,
        should_stop=lambda: False,
        clock=lambda: datetime(2026, 1, 2, tzinfo=UTC),
        make_id=lambda: "model-1",
        threads=threads,
    )
    return events


@pytest.fixture(scope="module")
def trained(
    tmp_path_factory: pytest.TempPathFactory, models_dir: Path
) -> Iterator[tuple[Path, list[ProgressEvent]]]:
    folder = tmp_path_factory.mktemp("model")
    yield folder, train(a_request(), folder, models_dir)
    shutil.rmtree(folder)


def test_the_folder_is_whole(trained: tuple[Path, list[ProgressEvent]]) -> None:
    folder, _ = trained
    model = load_trained(folder)
    assert (model.model_id, model.task, model.steps) == ("model-1", Task.CHAT, 3)
    assert (model.train_examples, model.test_examples) == (4, 1)
    assert model.refusal
    assert 0 < model.similarity_threshold < 1
    assert model.created_at.startswith("2026-01-02")
    assert {p.name for p in (folder / "adapter").iterdir()} >= {
        "adapter_model.safetensors",
        "adapter_config.json",
    }
    found = {path.name for path in folder.iterdir()}
    assert found >= {"adapter.gguf", "index.npz", "examples.jsonl", "test.jsonl"}
    assert not [p for p in folder.rglob("*") if p.suffix in {".bin", ".pkl", ".pt"}]


def test_events_tell_the_whole_story(
    trained: tuple[Path, list[ProgressEvent]],
) -> None:
    _, events = trained
    phases = [event.phase for event in events]
    assert phases[0] is Phase.LOADING
    assert phases[-1] is Phase.EXPORTING
    steps = [e for e in events if e.phase is Phase.TRAINING and e.step]
    assert [e.step for e in steps] == [1, 2, 3]
    assert all(e.seconds_left is not None and e.seconds_left > 0 for e in events)
    assert [e.seconds for e in events] == sorted(e.seconds for e in events)
    losses = [e.train_loss for e in steps]
    assert all(loss is not None and math.isfinite(loss) for loss in losses)
    held_out = [e.eval_loss for e in steps if e.eval_loss is not None]
    assert len(held_out) == 3
    assert held_out[-1] < held_out[0] + 0.5


def test_the_same_seed_gives_the_same_adapter(
    trained: tuple[Path, list[ProgressEvent]], tmp_path: Path, models_dir: Path
) -> None:
    folder, _ = trained
    train(a_request(), tmp_path, models_dir)
    name = "adapter/adapter_model.safetensors"
    assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()


def test_only_a_training_as_a_room_s_teaches_the_forecasts(
    tmp_path: Path, models_dir: Path
) -> None:
    config = a_request(epochs=1).config
    before = speed_of(models_dir, config)
    train(a_request(epochs=1), tmp_path / "all", models_dir, threads=0)
    assert speed_of(models_dir, config) == before
    train(a_request(epochs=1), tmp_path / "one", models_dir, threads=1)
    assert speed_of(models_dir, config) != before


def test_it_stops_when_asked(tmp_path: Path, models_dir: Path) -> None:
    with pytest.raises(TrainingCancelledError):
        run_training(
            a_request(),
            tmp_path,
            models_dir=models_dir,
            on_event=lambda _: None,
            should_stop=lambda: True,
            threads=1,
        )
    assert not (tmp_path / "model.json").exists()


def test_a_loss_that_is_no_number_fails_plainly(
    tmp_path: Path, models_dir: Path
) -> None:
    request = a_request(epochs=6)
    wild = replace(request, config=replace(request.config, learning_rate=1e30))
    with pytest.raises(TrainingFailedError) as caught:
        train(wild, tmp_path, models_dir)
    assert caught.value.params["reason"] == "loss_not_finite"


# PEFT asks transformers for an attribute by its old name.
@pytest.mark.filterwarnings("ignore:.*is_gradient_checkpointing:FutureWarning")
def test_llama_cpp_agrees_with_transformers_only_with_the_permutation(
    tmp_path: Path, models_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ftcore.training import export

    model_dir = tmp_path / "model"
    request = a_request(epochs=6, learning_rate=4e-3, use_nearest=False)
    train(request, model_dir, models_dir)
    prepared = models_dir / BASE.name / "hf"
    expected = transformers_says(prepared, model_dir / "adapter")
    right = distance(expected, model_dir / "adapter.gguf", models_dir)
    monkeypatch.setattr(export, "permuted", lambda matrix, heads: matrix)
    export.export_gguf(model_dir / "adapter", prepared, tmp_path / "wrong.gguf")
    wrong = distance(expected, tmp_path / "wrong.gguf", models_dir)
    assert right < 0.15, (right, wrong)
    assert wrong > 2 * right, (right, wrong)


Says = list[tuple[list[int], int, float]]


def transformers_says(prepared: Path, adapter: Path) -> Says:
    """Return (tokens before, likeliest next token, its log-probability)."""
    import torch
    import transformers
    from peft import PeftModel

    torch.set_num_threads(1)
    tokenizer = load_base_tokenizer(BASE.require(prepared.parent.parent))
    base = transformers.AutoModelForCausalLM.from_pretrained(
        prepared, dtype=torch.float32
    )
    model = PeftModel.from_pretrained(base, adapter).eval()
    found: Says = []
    for question, answer in PAIRS:
        turns = [
            Message(Role.SYSTEM, "Eres la tienda."),
            Message(Role.USER, question),
        ]
        start = tokenizer.prompt(turns)
        ids = start + tokenizer.encode(answer)
        with torch.inference_mode():
            logs = model(input_ids=torch.tensor([ids])).logits[0].log_softmax(-1)
        for place in range(len(start), len(ids)):
            best = int(logs[place - 1].argmax())
            found.append((ids[:place], best, float(logs[place - 1, best])))
    return found


def distance(expected: Says, adapter: Path, models_dir: Path) -> float:
    """Return the mean difference of log-probabilities between the two engines."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(BASE.require(models_dir))
    params.n_ctx = 512
    params.n_parallel = 1
    params.cpuparams.n_threads = 1
    params.warmup = False
    params.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(str(adapter), 1.0)]
    server = xllamacpp.Server(params)
    total = 0.0
    for ids, best, log_probability in expected:
        answer = server.handle_completions(
            {"prompt": ids, "max_tokens": 1, "logprobs": 50, "temperature": 0.0}
        )
        first = answer["choices"][0]["logprobs"]["content"][0]
        theirs = {row["id"]: row["logprob"] for row in first["top_logprobs"]}
        total += abs(theirs.get(best, -12.0) - log_probability)
    return total / len(expected)
