"""An encoder learns the classes, is asked honestly, and is served as it was tried."""

import json
import threading
from pathlib import Path

import numpy as np
import pytest
import torch

from ftcore.chat.arms import open_label_arm, open_label_arms
from ftcore.chat.base import Arm
from ftcore.chat.engines import EnginePool
from ftcore.cli.main import main
from ftcore.data.examples import Dataset, Example, Task
from ftcore.data.splitting import SplitMethod
from ftcore.errors import (
    BaseModelMissingError,
    TrainingCancelledError,
    TrainingPausedError,
    UnsuitableBaseModelError,
)
from ftcore.jobs.evaluating import evaluate_arm, examples_to_evaluate
from ftcore.models import downloads
from ftcore.models.encoder import Encoder, EncoderBase
from ftcore.models.label_head import load_head
from ftcore.models.trained import ENCODER, load_trained
from ftcore.models.tuned_encoder import EncoderShelf, load_layers
from ftcore.training.base import Phase, Preset, ProgressEvent, TrainingRequest
from ftcore.training.checkpoint import WritingPace
from ftcore.training.classifier import Unseen, fit_label_head
from ftcore.training.contrast import balanced_batches, contrastive_loss
from ftcore.training.encoder_course import EncoderCourse
from ftcore.training.presets import ENCODER_FOLDS, configure, encoder_steps
from ftcore.training.run import run_training
from tests.hub_server import HubServer, use_endpoint
from tests.tiny_encoders import TinyEncoder, add_to_catalog, make_encoder
from tests.unit.training.test_training_classifier import clusters

WHERE = ("", " de la tienda", " en la web", " ya", " el sábado", " por todo")
URGENT = ("el pago no funciona", "la web falla", "no puedo entrar en mi cuenta")
NORMAL = ("gracias", "quería saber el horario", "cambiad mi dirección")
PAIRS = [(a + b, "urgente") for a in URGENT for b in WHERE]
PAIRS += [(a + b, "normal") for a in NORMAL for b in WHERE]
NAME = "tiny-bert"


def dataset(pairs=PAIRS) -> Dataset:
    examples = tuple(Example.from_pair(*pair) for pair in pairs)
    return Dataset("correos", Task.CLASSIFICATION, examples)


@pytest.fixture
def base(tmp_path: Path, monkeypatch) -> TinyEncoder:
    made = make_encoder(tmp_path / "models")
    add_to_catalog(monkeypatch, made.model)
    return made


def train(
    folder: Path,
    data: Dataset,
    on_event=lambda _: None,
    stop=lambda: False,
    pause=lambda: False,
    kept: Path | None = None,
):
    config = configure(
        Task.CLASSIFICATION, Preset.QUICK, len(data), NAME, learning_rate=3e-3
    )
    return run_training(
        TrainingRequest("job", data, config),
        folder,
        models_dir=folder.parent / "models",
        on_event=on_event,
        should_stop=stop,
        should_pause=pause,
        checkpoint_dir=kept,
        threads=1,
    )


@pytest.fixture
def trained(base, tmp_path) -> tuple[Path, list[ProgressEvent]]:
    events: list[ProgressEvent] = []
    train(tmp_path / "model", dataset(), events.append)
    return tmp_path / "model", events


def engines(folder: Path) -> EnginePool:
    return EnginePool(folder.parent / "models")


def test_it_learns_the_classes_and_is_asked_what_it_never_saw(trained):
    folder, _ = trained
    asked = examples_to_evaluate(folder)
    result = evaluate_arm(folder, Arm.TUNED, engines(folder), asked)
    assert result.accuracy.n == len(asked) >= 6
    assert result.accuracy.value > 0.6  # a random encoder knows no word
    manifest = load_trained(folder)
    assert manifest.split == SplitMethod.STRATIFIED
    assert manifest.base_model == NAME


def test_progress_is_told_step_by_step(trained):
    _, events = trained
    steps = [e for e in events if e.phase is Phase.TRAINING and e.step]
    total = steps[-1].total_steps
    assert [e.step for e in steps] == list(range(1, total + 1))
    each = total // (ENCODER_FOLDS + 1)
    assert total == each * (ENCODER_FOLDS + 1)
    losses = [e.train_loss for e in steps[:each]]
    assert None not in losses
    assert np.mean(losses[-3:]) < losses[0]
    assert {e.train_loss for e in steps[each:]} == {None}  # each begins anew
    assert all(e.tokens_per_second and e.seconds_left for e in steps)


def test_the_held_out_texts_teach_nothing_to_any_encoder(base, tmp_path, monkeypatch):
    read: list[set[int]] = []
    learn = EncoderCourse.learn

    def spy(course, rows, *, tells=False):
        read.append(set(rows))
        return learn(course, rows, tells=tells)

    monkeypatch.setattr(EncoderCourse, "learn", spy)
    data = dataset()
    train(tmp_path / "model", data)
    held_out = {e.prompt for e in examples_to_evaluate(tmp_path / "model")}
    asked = {row for row, e in enumerate(data) if e.prompt in held_out}
    assert len(read) == ENCODER_FOLDS + 1
    whole, *folds = read
    assert whole == set(range(len(data))) - asked
    assert all(rows < whole for rows in folds)
    out = [whole - rows for rows in folds]
    assert set.union(*out) == whole, "every text is asked of one that never saw it"
    assert sum(map(len, out)) == len(whole)


def test_what_is_served_is_what_was_tried(trained, base):
    """The saved layers in transformers give the vectors that the server gives."""
    folder, _ = trained
    shelf = EncoderShelf(folder.parent / "models")
    served = shelf.embedder(folder, load_trained(folder))
    twin, files = base.twin, EncoderBase(base.model, folder.parent / "models")
    for number, layer in load_layers(folder).items():
        for name, array in layer.items():
            twin.encoder.layer[number].get_parameter(name).data = torch.tensor(array)
    for text, _label in PAIRS[:6]:
        with torch.no_grad():
            ids = torch.tensor([files.tokens(text)])
            state = twin(input_ids=ids).last_hidden_state[0].mean(0)
        expected = (state / state.norm()).numpy()
        assert served.query([text])[0] == pytest.approx(expected, abs=1e-4)
    frozen = Encoder(files).vectors([PAIRS[0][0]])
    assert not np.allclose(frozen, served.query([PAIRS[0][0]]), atol=1e-2)


def test_the_same_seed_gives_the_same_model(trained, tmp_path):
    folder, _ = trained
    (tmp_path / "again").mkdir()
    (tmp_path / "again" / "models").symlink_to(tmp_path / "models")
    train(tmp_path / "again" / "model", dataset())
    other = tmp_path / "again" / "model"
    assert (folder / ENCODER).read_bytes() == (other / ENCODER).read_bytes()
    one, two = load_head(folder).linear, load_head(other).linear
    assert np.array_equal(one.coef, two.coef)


def test_a_rare_class_is_found(base, tmp_path):
    few = PAIRS[:18] + PAIRS[18:21]
    train(tmp_path / "model", dataset(few))
    model = open_label_arm(tmp_path / "model", Arm.TUNED, engines(tmp_path / "model"))
    assert all(model.judge(text).label == label for text, label in few[18:])

    def sureness(pairs) -> float:
        return float(np.mean([model.judge(t).chances["normal"] for t, _ in pairs]))

    assert sureness(PAIRS[21:24]) > sureness(PAIRS[:18]), "texts it never saw"


def test_few_texts_are_asked_one_by_one_of_encoders_without_them(base, tmp_path):
    data = dataset(PAIRS[:4] + PAIRS[18:22])
    folder = tmp_path / "model"
    train(folder, data)
    manifest = load_trained(folder)
    assert manifest.is_one_by_one
    asked = examples_to_evaluate(folder)
    assert len(asked) == len(data)
    models = open_label_arms(folder, Arm.TUNED, engines(folder), asked)
    served = open_label_arm(folder, Arm.TUNED, engines(folder))
    honest = [m.judge(e.prompt).chances for m, e in zip(models, asked, strict=True)]
    known = [served.judge(e.prompt).chances for e in asked]
    right = [h[e.target] for h, e in zip(honest, asked, strict=True)]
    sure = [k[e.target] for k, e in zip(known, asked, strict=True)]
    assert np.mean(right) < np.mean(sure), "who was taught the text is surer of it"
    losses = -np.log([max(share, 1e-9) for share in right])
    assert manifest.eval_loss == pytest.approx(float(losses.mean()), abs=1e-3)


def test_it_stops_at_the_next_step(base, tmp_path):
    seen: list[int] = []
    with pytest.raises(TrainingCancelledError):
        train(
            tmp_path / "model",
            dataset(),
            lambda e: seen.append(e.step),
            lambda: bool(seen) and seen[-1] >= 3,
        )
    assert max(seen) == 3
    assert not (tmp_path / "model" / "model.json").exists()


class Killed(BaseException):
    """What nobody catches, as nothing is caught of a process that is killed."""


def first_steps(events: list[ProgressEvent]) -> int:
    return next(e.step for e in events if e.phase is Phase.TRAINING and e.step)


def same_model(one: Path, two: Path) -> bool:
    heads = [load_head(folder).linear for folder in (one, two)]
    same_head = np.array_equal(heads[0].coef, heads[1].coef)
    return same_head and (one / ENCODER).read_bytes() == (two / ENCODER).read_bytes()


def test_killed_several_times_it_ends_as_the_same_model(trained, tmp_path, monkeypatch):
    folder, events = trained
    total = [e for e in events if e.phase is Phase.TRAINING][-1].total_steps
    each = total // (ENCODER_FOLDS + 1)
    monkeypatch.setattr(WritingPace, "is_due", lambda _, **__: True)
    kept, again = tmp_path / "kept", tmp_path / "again"
    told: list[ProgressEvent] = []
    # Within the first training, at the end of it, and within a later one.
    for dies_at in (3, each, 2 * each + 2):
        told.clear()

        def on_event(event, at=dies_at):
            told.append(event)
            if event.phase is Phase.TRAINING and event.step == at:
                raise Killed

        with pytest.raises(Killed):
            train(again, dataset(), on_event, kept=kept)
        assert not (again / "model.json").exists()
    assert first_steps(told) == each, "the step that was not kept is done again"
    told.clear()
    train(again, dataset(), told.append, kept=kept)
    assert first_steps(told) == 2 * each + 2
    assert [e.step for e in told if e.phase is Phase.TRAINING][-1] == total
    assert same_model(folder, again)
    assert not list(kept.glob("*.safetensors")), "nothing is kept of what has ended"


def test_paused_it_keeps_its_last_step_and_goes_on(trained, tmp_path):
    folder, _ = trained
    kept, again = tmp_path / "kept", tmp_path / "again"
    seen: list[ProgressEvent] = []

    def pause() -> bool:
        return bool(seen) and seen[-1].step >= 4

    with pytest.raises(TrainingPausedError):
        train(again, dataset(), seen.append, pause=pause, kept=kept)
    assert seen[-1].step == 4
    seen.clear()
    train(again, dataset(), seen.append, kept=kept)
    assert first_steps(seen) == 5
    assert same_model(folder, again)


def test_what_is_kept_of_other_texts_is_not_gone_on_from(base, tmp_path):
    kept, seen = tmp_path / "kept", []
    other = dataset([*PAIRS[1:], ("otra cosa", "normal")])
    with pytest.raises(TrainingPausedError):
        train(tmp_path / "a", other, seen.append, pause=lambda: bool(seen), kept=kept)
    seen.clear()
    train(tmp_path / "b", dataset(), seen.append, kept=kept)
    assert first_steps(seen) == 1


def test_a_head_alone_leaves_no_encoder_behind(trained, tmp_path):
    folder, _ = trained
    config = configure(Task.CLASSIFICATION, Preset.QUICK, len(PAIRS))
    run_training(
        TrainingRequest("job", dataset(), config),
        folder,
        models_dir=tmp_path / "models",
        on_event=lambda _: None,
        should_stop=lambda: False,
    )
    assert not (folder / ENCODER).exists()
    text = PAIRS[0][0]
    found = open_label_arm(folder, Arm.TUNED, engines(folder)).judge(text)
    assert found.label == "urgente"


def test_few_encoders_stay_loaded_and_a_new_one_replaces_the_old(trained, tmp_path):
    folder, _ = trained
    shelf = EncoderShelf(tmp_path / "models", most=1)
    manifest = load_trained(folder)
    first = shelf.embedder(folder, manifest)
    assert shelf.embedder(folder, manifest) is first
    other = tmp_path / "other"
    other.mkdir()
    (other / ENCODER).write_bytes((folder / ENCODER).read_bytes())
    shelf.embedder(other, manifest)
    assert shelf.embedder(folder, manifest) is not first


def test_without_its_base_the_error_says_what_to_install(trained, tmp_path):
    folder, _ = trained
    elsewhere = EnginePool(tmp_path / "nothing")
    with pytest.raises(BaseModelMissingError) as told:
        open_label_arm(folder, Arm.TUNED, elsewhere)
    assert told.value.params["command"].endswith(f"--prepare {NAME}")


def test_a_base_that_writes_does_not_classify(tmp_path):
    config = configure(Task.CLASSIFICATION, Preset.QUICK, 36)
    wrong = TrainingRequest(
        "job",
        dataset(),
        configure(Task.CHAT, Preset.QUICK, 36),
    )
    from dataclasses import replace

    for name in ("smollm2-135m-instruct", "lfm2-350m"):
        with pytest.raises(UnsuitableBaseModelError) as told:
            run_training(
                replace(wrong, config=replace(config, base_model=name)),
                tmp_path / "m",
                models_dir=tmp_path,
                on_event=lambda _: None,
                should_stop=lambda: False,
            )
        assert "multilingual-e5-small" in told.value.params["available"]


@pytest.mark.enable_socket
def test_the_command_line_brings_trains_and_predicts(base, tmp_path, monkeypatch):
    """From the Hub (on this machine) to labels, with no more than two orders."""
    server = HubServer()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    use_endpoint(monkeypatch, server.address)
    monkeypatch.setattr(downloads, "_PAUSES", (0,))
    made = tmp_path / "models" / NAME
    names = ("config.json", "tokenizer.json", "model.safetensors")
    server.contents = {name: (made / name).read_bytes() for name in names}
    monkeypatch.setenv("FTCORE_MODELS", str(tmp_path / "fresh"))
    rows = "".join(f"{text},{label}\n" for text, label in PAIRS)
    (tmp_path / "train.csv").write_text(f"text,label\n{rows}", encoding="utf-8")
    out = tmp_path / "model"
    order = ["train", str(tmp_path / "train.csv"), "--base", NAME]
    assert main([*order, "--output", str(out), "--preset", "quick", "--json"]) == 0
    assert {path.rsplit("/", 1)[-1] for _, path, _ in server.asked} == set(names)
    assert (tmp_path / "fresh" / NAME / "model.safetensors").is_file()
    asked = tmp_path / "asked.csv"
    asked.write_text("text\nla web no funciona\ngracias por todo\n", encoding="utf-8")
    told = tmp_path / "told.csv"
    assert (
        main(["predict", str(out), "--input", str(asked), "--output", str(told)]) == 0
    )
    lines = told.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "text,label,probability,is_unsure"
    assert len(lines) == 3
    assert json.loads((out / "evaluation.json").read_text())["arms"]
    server.shutdown()
    server.server_close()


# --- the pieces ---------------------------------------------------------------


def test_the_loss_is_that_of_the_paper():
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(5, 4))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    targets = [0, 0, 1, 1, 2]  # the last has no companion
    found = contrastive_loss(torch.tensor(rows), torch.tensor(targets))
    losses = []
    for i in range(4):
        others = [j for j in range(5) if j != i]
        total = sum(np.exp(rows[i] @ rows[j] / 0.1) for j in others)
        mine = [j for j in others if targets[j] == targets[i]]
        losses.append(
            -np.mean([np.log(np.exp(rows[i] @ rows[j] / 0.1) / total) for j in mine])
        )
    assert float(found) == pytest.approx(float(np.mean(losses)), rel=1e-5)
    alone = contrastive_loss(torch.tensor(rows[:2]), torch.tensor([0, 1]))
    assert float(alone) == 0.0


def test_batches_give_every_class_as_much_and_forget_no_text():
    targets = [0] * 20 + [1] * 2 + [2] * 5
    batches = balanced_batches(targets, 6, seed=1)
    drawn = [next(batches) for _ in range(30)]
    counts = np.bincount([targets[row] for batch in drawn for row in batch])
    assert counts.max() - counts.min() <= 0.25 * counts.max()
    assert {row for batch in drawn for row in batch} == set(range(27))
    again = balanced_batches(targets, 6, seed=1)
    assert [next(again) for _ in range(30)] == drawn


def test_a_fold_keeps_nothing_that_asks_the_same():
    texts = clusters(2, 3)
    same = type(texts)(
        texts.vectors,
        texts.targets,
        ("a", "b", "c", "a", "d", "e"),
        texts.names,
        texts.unrelated,
    )
    unseen = Unseen(np.array([0, 1, 2, 1, 0, 2]), [same] * 3)
    assert unseen.kept(0) == [1, 2, 5], "row 3 asks what row 0 asks"


def test_doubts_follow_from_texts_that_the_encoder_was_not_taught():
    """Those that taught it are tight heaps: much that is new would seem strange."""
    taught, apart = clusters(2, 6, spread=0.01), clusters(2, 6, spread=0.4)
    unseen = Unseen(np.array([0, 1, 2] * 4), [apart] * 3)
    fooled, honest = (
        fit_label_head(taught, 1).caution,
        fit_label_head(taught, 1, unseen).caution,
    )
    assert honest.least_likeness < fooled.least_likeness - 0.03
    opposite = -taught.vectors.mean(axis=0, keepdims=True)
    assert (honest.likeness(opposite) < honest.least_likeness).all()


def test_each_training_has_as_many_steps_as_its_level_says():
    count = 40
    for preset, steps in (("quick", 20), ("balanced", 40), ("quality", 80)):
        config = configure(
            Task.CLASSIFICATION, Preset(preset), count, "multilingual-minilm-l12"
        )
        assert encoder_steps(config, count) == steps
