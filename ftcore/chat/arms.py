"""Open what can answer for a model folder: the model and its baselines."""

from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from ftcore.chat.base import Arm, ChatModel, LabelModel
from ftcore.chat.baselines import BaseChat, FewShotChat, NearestExampleChat
from ftcore.chat.engines import EnginePool
from ftcore.chat.labels import HeadLabelModel, LabelChat, NearestLabelModel
from ftcore.chat.manner import Manner
from ftcore.chat.tuned import TunedChat
from ftcore.data.examples import Example, Task
from ftcore.data.questions import question_key
from ftcore.errors import (
    FtcoreError,
    NotATrainedModelError,
    UnknownArmError,
    WrongTaskError,
)
from ftcore.models.retrieval import ExampleIndex
from ftcore.models.trained import (
    ADAPTER_GGUF,
    EXAMPLES,
    INDEX,
    MANIFEST,
    TrainedModel,
    load_examples,
    load_trained,
)

GENERATOR_ARMS = (
    Arm.TUNED,
    Arm.BASE,
    Arm.FEW_SHOT,
    Arm.NEAREST,
    Arm.TUNED_FEW_SHOT,
)
LABEL_ARMS = (Arm.TUNED, Arm.NEAREST)
ARM_NAMES = tuple(arm.value for arm in Arm)
_OPEN_INDEXES = 32  # a room; small datasets weigh 100 kB


def available_arms(manifest: TrainedModel) -> tuple[Arm, ...]:
    """Return who can answer for a model, the tuned one first."""
    if manifest.task is Task.CLASSIFICATION:
        return LABEL_ARMS
    return GENERATOR_ARMS


def open_arm(
    folder: Path, arm: Arm, engines: EnginePool, *, include_held_out: bool = True
) -> ChatModel:
    """Return one arm of a model folder as a chat model.

    Args:
        folder: Model folder.
        arm: Who shall answer.
        engines: Serves the base model, or the encoder of a classifier.
        include_held_out: Search the held-out examples too; false for an honest
            evaluation.

    Raises:
        NotATrainedModelError: The folder holds no whole model.
        UnknownArmError: The model's task does not have this arm.
        BaseModelMissingError: The base model is not on this machine.
    """
    manifest = load_trained(folder)
    if manifest.task is Task.CLASSIFICATION:
        return LabelChat(
            open_label_arm(folder, arm, engines, include_held_out=include_held_out)
        )
    _require(arm, manifest)
    manner = Manner(manifest.system_prompt, manifest.task)
    if arm is Arm.BASE:
        return BaseChat(engines.engine_for(manifest.base_model), manner)
    index = _index(folder, include_held_out=include_held_out)
    if arm is Arm.NEAREST:
        return NearestExampleChat(
            index, manifest.similarity_threshold, manifest.refusal
        )
    engine = engines.engine_for(manifest.base_model)
    if arm is Arm.FEW_SHOT:
        return FewShotChat(engine, index, manner)
    adapter = folder / ADAPTER_GGUF
    if not adapter.is_file():
        raise NotATrainedModelError(path=str(folder))
    if arm is Arm.TUNED_FEW_SHOT:
        taught = Manner.of_tuned(manifest, index)
        return FewShotChat(engine, index, taught, adapter=adapter)
    return TunedChat(engine, adapter, index, manifest)


def prepare_tuned(folder: Path, engines: EnginePool) -> None:
    """Have the engine read ahead for a model that will soon be asked.

    Nothing happens for a model that cannot be, or that reads nothing.
    """
    with suppress(FtcoreError):  # whoever asks is told
        chat = open_arm(folder, Arm.TUNED, engines)
        if isinstance(chat, TunedChat):
            chat.prepare()


def welcome_tuned(folder: Path, engines: EnginePool) -> None:
    """Open a model that has just been trained, so that its first answer comes soon.

    Nothing happens for a model that cannot be opened, or that reads nothing.
    """
    with suppress(FtcoreError):  # whoever asks is told
        chat = open_arm(folder, Arm.TUNED, engines)
        if isinstance(chat, TunedChat):
            chat.welcome()


def open_label_arm(
    folder: Path, arm: Arm, engines: EnginePool, *, include_held_out: bool = True
) -> LabelModel:
    """Return one arm of a classifier's folder.

    Args:
        folder: Model folder.
        arm: Who shall answer.
        engines: Serves its encoder, if it trained one.
        include_held_out: Use what was learnt from all examples; false for an
            honest evaluation.

    Raises:
        NotATrainedModelError: The folder holds no whole model.
        WrongTaskError: The model does not classify.
        UnknownArmError: A classifier does not have this arm.
    """
    manifest = load_trained(folder)
    if manifest.task is not Task.CLASSIFICATION:
        raise WrongTaskError(
            found=manifest.task.value, expected=Task.CLASSIFICATION.value
        )
    _require(arm, manifest)
    if arm is Arm.TUNED:
        return HeadLabelModel.load(
            folder, engines.encoders, use_eval_head=not include_held_out
        )
    index = _index(folder, include_held_out=include_held_out)
    return NearestLabelModel(manifest.labels, index)


def open_label_arms(
    folder: Path, arm: Arm, engines: EnginePool, examples: Sequence[Example]
) -> list[LabelModel]:
    """Return one model for each example, which was never taught that question.

    Usually it is the same for all: what was learnt without the held-out examples.
    Where each example is asked one by one, it is what was learnt without that
    question; questions that are in no example may use everything.

    Args:
        folder: Model folder of a classifier.
        arm: Who shall answer.
        engines: Serves its encoder, if it trained one.
        examples: What will be asked.

    Raises:
        NotATrainedModelError: The folder holds no whole model.
        WrongTaskError: The model does not classify.
        UnknownArmError: A classifier does not have this arm.
    """
    manifest = load_trained(folder)
    if not manifest.is_one_by_one:
        honest = open_label_arm(folder, arm, engines, include_held_out=False)
        return [honest] * len(examples)
    served = open_label_arm(folder, arm, engines)
    asked = {question_key(example) for example in examples}
    if arm is Arm.TUNED:
        stored = [s for s in load_examples(folder / EXAMPLES) if s.held_out]
        keys = [question_key(entry.example) for entry in stored]
        heads = HeadLabelModel.load_left_out(folder, engines.encoders)
        without: dict[str, LabelModel] = dict(zip(keys, heads, strict=True))
    else:
        index = _index(folder, include_held_out=True)
        without = {
            key: NearestLabelModel(manifest.labels, index.without(key)) for key in asked
        }
    return [without.get(question_key(example), served) for example in examples]


def _require(arm: Arm, manifest: TrainedModel) -> None:
    available = available_arms(manifest)
    if arm not in available:
        names = ", ".join(other.value for other in available)
        raise UnknownArmError(name=arm.value, available=names)


def _index(folder: Path, *, include_held_out: bool) -> ExampleIndex:
    try:
        versions = tuple(
            (folder / name).stat().st_mtime_ns for name in (MANIFEST, INDEX)
        )
    except OSError as error:
        raise NotATrainedModelError(path=str(folder)) from error
    return _load_index(folder, include_held_out, versions)


@lru_cache(maxsize=_OPEN_INDEXES)
def _load_index(
    folder: Path,
    include_held_out: bool,
    versions: tuple[int, ...],  # noqa: ARG001  (a retrained folder is read anew)
) -> ExampleIndex:
    return ExampleIndex.load(folder, include_held_out=include_held_out)
