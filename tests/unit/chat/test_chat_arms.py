"""A model folder opens as the arms of its task."""

from pathlib import Path

import numpy as np
import pytest

from ftcore.chat.arms import available_arms, open_arm, open_label_arm
from ftcore.chat.base import Arm
from ftcore.chat.engines import EnginePool
from ftcore.data.examples import Example, Message, Role, Task
from ftcore.errors import (
    BaseModelMissingError,
    NotATrainedModelError,
    UnknownArmError,
    UnknownBaseModelError,
    WrongTaskError,
)
from ftcore.models.embeddings import SpellingEmbedder
from ftcore.models.retrieval import ExampleIndex
from ftcore.models.trained import (
    CLASSIFIER,
    EXAMPLES,
    StoredExample,
    TrainedModel,
    save_examples,
)

PAIRS = [
    ("¿Cuál es el horario?", "Abrimos de 9 a 20."),
    ("¿Cuánto cuesta la paella?", "La paella cuesta 12 euros."),
    ("¿Hay aparcamiento?", "Sí, en la calle Mayor."),
]


def make_folder(folder: Path, task: Task, base: str = "smollm2-135m-instruct") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    labels = ("alta", "baja") if task is Task.CLASSIFICATION else ()
    answers = ["alta", "baja", "baja"] if labels else [answer for _, answer in PAIRS]
    examples = [
        Example.from_pair(question, answer)
        for (question, _), answer in zip(PAIRS, answers, strict=True)
    ]
    stored = [StoredExample(e, held_out=i == 1) for i, e in enumerate(examples)]
    save_examples(folder / EXAMPLES, stored)
    embedder = SpellingEmbedder()
    ExampleIndex.build(examples, embedder).save(folder)
    if labels:
        coef, intercept = np.zeros((2, 512)), np.array([1.0, 0.0])
        np.savez(
            folder / CLASSIFIER,
            coef=coef,
            intercept=intercept,
            eval_coef=coef,
            eval_intercept=-intercept,
        )
    TrainedModel(
        model_id="m",
        title="Prueba",
        task=task,
        base_model=base,
        config={},
        system_prompt="Responde.",
        refusal="No tengo ese dato.",
        labels=labels,
        dataset_name="d",
        dataset_fingerprint="0",
        examples=3,
        train_examples=2,
        test_examples=1,
        steps=1,
        seconds=1.0,
        train_loss=0.1,
        eval_loss=None,
        use_nearest=True,
        similarity_threshold=-1.0,
        embedder=embedder.name,
        created_at="2026-01-01T00:00:00+00:00",
    ).save(folder)
    return folder


@pytest.fixture
def engines(tmp_path):
    pool = EnginePool(tmp_path / "base_models")
    yield pool
    pool.close()


def reply(model, question):
    return "".join(model.reply([Message(Role.USER, question)]))


def test_arms_follow_the_task(tmp_path, engines):
    chat = make_folder(tmp_path / "chat", Task.CHAT)
    assert isinstance(open_arm(chat, Arm.NEAREST, engines), object)
    labels = make_folder(tmp_path / "labels", Task.CLASSIFICATION)
    with pytest.raises(UnknownArmError, match="tuned, nearest"):
        open_arm(labels, Arm.BASE, engines)
    with pytest.raises(WrongTaskError):
        open_label_arm(chat, Arm.TUNED, engines)


def test_every_available_arm_of_a_classifier_opens(tmp_path, engines):
    from ftcore.models.trained import load_trained

    folder = make_folder(tmp_path, Task.CLASSIFICATION)
    arms = available_arms(load_trained(folder))
    assert arms == (Arm.TUNED, Arm.NEAREST)
    for arm in arms:
        assert reply(open_arm(folder, arm, engines), "¿Hay sitio?") in {"alta", "baja"}


def test_an_honest_evaluation_does_not_search_what_was_held_out(tmp_path, engines):
    folder = make_folder(tmp_path, Task.CHAT)
    asked = "¿Cuánto cuesta la paella?"
    everything = open_arm(folder, Arm.NEAREST, engines)
    honest = open_arm(folder, Arm.NEAREST, engines, include_held_out=False)
    assert reply(everything, asked) == "La paella cuesta 12 euros."
    assert reply(honest, asked) != "La paella cuesta 12 euros."


def test_an_honest_evaluation_uses_the_head_that_saw_less(tmp_path, engines):
    folder = make_folder(tmp_path, Task.CLASSIFICATION)
    served = open_label_arm(folder, Arm.TUNED, engines).judge("hola").chances
    honest = open_label_arm(folder, Arm.TUNED, engines, include_held_out=False)
    assert next(iter(served)) == "alta"
    assert honest.judge("hola").label == "baja"


def test_a_retrained_folder_is_read_anew(tmp_path, engines):
    folder = make_folder(tmp_path, Task.CHAT)
    assert reply(open_arm(folder, Arm.NEAREST, engines), "horario") == PAIRS[0][1]
    example = Example.from_pair("¿Cuál es el horario?", "Ahora abrimos a las 10.")
    save_examples(folder / EXAMPLES, [StoredExample(example, held_out=False)])
    ExampleIndex.build([example], SpellingEmbedder()).save(folder)
    model = open_arm(folder, Arm.NEAREST, engines)
    assert reply(model, "horario") == "Ahora abrimos a las 10."


def test_half_a_model_is_refused(tmp_path, engines):
    with pytest.raises(NotATrainedModelError):
        open_arm(tmp_path / "nothing", Arm.TUNED, engines)
    chat = make_folder(tmp_path / "chat", Task.CHAT)
    with pytest.raises(NotATrainedModelError):
        open_arm(chat, Arm.TUNED, engines)  # no adapter.gguf
    labels = make_folder(tmp_path / "labels", Task.CLASSIFICATION)
    (labels / CLASSIFIER).unlink()
    with pytest.raises(NotATrainedModelError):
        open_label_arm(labels, Arm.TUNED, engines)


def test_a_base_model_that_is_not_here_says_so(tmp_path, engines):
    absent = make_folder(tmp_path / "a", Task.CHAT, base="smollm2-360m-instruct")
    with pytest.raises(BaseModelMissingError):
        open_arm(absent, Arm.BASE, engines)
    unknown = make_folder(tmp_path / "b", Task.CHAT, base="nada")
    with pytest.raises(UnknownBaseModelError):
        open_arm(unknown, Arm.BASE, engines)
