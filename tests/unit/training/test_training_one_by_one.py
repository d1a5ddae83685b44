"""A classifier too small to share out is asked one question at a time, honestly."""

import json
from pathlib import Path

import numpy as np
import pytest

from ftcore.chat.arms import open_label_arm, open_label_arms
from ftcore.chat.base import Arm
from ftcore.chat.engines import EnginePool
from ftcore.chat.labels import HeadLabelModel, NearestLabelModel
from ftcore.data.examples import Dataset, Example, Task
from ftcore.data.splitting import SplitMethod
from ftcore.jobs.evaluating import evaluate_arm, examples_to_evaluate
from ftcore.models.embeddings import SpellingEmbedder
from ftcore.models.trained import TrainedModel, load_trained
from ftcore.training.base import Preset, TrainingRequest
from ftcore.training.classifier import fit_label_head
from ftcore.training.labelled import LabelledTexts
from ftcore.training.presets import configure
from ftcore.training.run import run_training

ENGINES = EnginePool(Path("nowhere"))  # these classifiers have no encoder
PAIRS = (
    ("La web no carga", "urgente"),
    ("No puedo entrar en mi cuenta", "urgente"),
    ("El pago no funciona", "urgente"),
    ("  el pago NO  funciona", "urgente"),
    ("Gracias por todo", "normal"),
    ("¿A qué hora abren?", "normal"),
    ("Quería saber el horario", "normal"),
    ("Cambiad mi dirección", "trámite"),
)
DATASET = Dataset(
    "correos", Task.CLASSIFICATION, tuple(Example.from_pair(*p) for p in PAIRS)
)


def train(folder: Path, dataset: Dataset, **fields) -> TrainedModel:
    config = configure(Task.CLASSIFICATION, Preset.QUICK, len(dataset))
    return run_training(
        TrainingRequest("job", dataset, config, **fields),
        folder,
        models_dir=folder,
        on_event=lambda _: None,
        should_stop=lambda: False,
        embedder=SpellingEmbedder(),
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("small") / "model"
    train(folder, DATASET, dataset_version=3)
    return folder


def test_the_manifest_says_how_it_was_tested_and_with_which_version(folder):
    model = load_trained(folder)
    assert model.is_one_by_one
    assert model.dataset_version == 3
    assert (model.examples, model.train_examples, model.test_examples) == (8, 8, 7)


def test_a_model_of_before_versions_were_counted_is_still_read(folder, tmp_path):
    values = json.loads((folder / "model.json").read_text())
    for name in ("dataset_version", "split"):
        del values[name]
    (tmp_path / "model.json").write_text(json.dumps(values))
    old = load_trained(tmp_path)
    assert (old.dataset_version, old.is_one_by_one) == (0, False)


def test_a_class_with_a_single_text_is_not_asked(folder):
    asked = examples_to_evaluate(folder)
    assert [e.target for e in asked].count("trámite") == 0
    assert len(asked) == 7


def test_each_head_is_the_one_fitted_without_its_question(folder):
    """Fitted again by hand, without the row and without what asks the same."""
    labels = DATASET.labels
    texts = LabelledTexts.embed(DATASET.examples, labels, SpellingEmbedder())
    asked = examples_to_evaluate(folder)
    models = open_label_arms(folder, Arm.TUNED, ENGINES, asked)
    seed = load_trained(folder).config["seed"]
    for row, (example, model) in enumerate(zip(asked, models, strict=True)):
        out = {2, 3} if row in {2, 3} else {row}  # two texts are the same question
        kept = [i for i in range(len(DATASET)) if i not in out]
        head = fit_label_head(texts.pick(kept), seed)
        expected = head.linear.probabilities(texts.vectors[[row]])[0]
        found = model.judge(example.prompt).chances
        assert [found[label] for label in labels] == pytest.approx(expected, abs=1e-4)


def test_the_nearest_arm_never_finds_the_question_itself(folder):
    asked = examples_to_evaluate(folder)
    served = open_label_arm(folder, Arm.NEAREST, ENGINES)
    for example, model in zip(
        asked, open_label_arms(folder, Arm.NEAREST, ENGINES, asked), strict=True
    ):
        assert isinstance(model, NearestLabelModel)
        honest = model.judge(example.prompt).chances
        known = served.judge(example.prompt).chances
        assert honest[example.target] < known[example.target]


def test_every_arm_is_evaluated_on_every_question(folder):
    engines = EnginePool(folder)
    asked = examples_to_evaluate(folder)
    for arm in (Arm.TUNED, Arm.NEAREST):
        result = evaluate_arm(folder, arm, engines, asked)
        assert [r.question for r in result.records] == [e.prompt for e in asked]
        assert result.accuracy.n == 7


def test_a_question_from_outside_is_asked_of_the_model_that_is_served(folder):
    outside = (Example.from_pair("La tienda está cerrada", "normal"),)
    found = open_label_arms(folder, Arm.TUNED, ENGINES, outside)[0]
    assert isinstance(found, HeadLabelModel)
    served = open_label_arm(folder, Arm.TUNED, ENGINES)
    text = outside[0].prompt
    assert found.judge(text) == served.judge(text)


def test_what_the_participant_chose_is_what_is_held_out(tmp_path):
    model = train(tmp_path / "m", DATASET, held_out=(1, 5))
    assert model.split == SplitMethod.CHOSEN
    assert [e.prompt for e in examples_to_evaluate(tmp_path / "m")] == [
        PAIRS[0][0],
        PAIRS[4][0],
    ]
    assert (model.train_examples, model.test_examples) == (6, 2)
    with np.load(tmp_path / "m" / "classifier.npz") as archive:
        assert not any("left_out" in name for name in archive)
