"""Train a model that writes: a LoRA adapter, for PEFT and for llama.cpp."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ftcore.data.examples import Example
from ftcore.errors import TrainingFailedError
from ftcore.models.base_tokenizer import BaseTokenizer, load_base_tokenizer
from ftcore.models.catalog import load_catalog
from ftcore.models.retrieval import ExampleIndex, last_question
from ftcore.models.trained import ADAPTER_FOLDER, ADAPTER_GGUF
from ftcore.training.base import Phase, ProgressEvent, TrainingConfig
from ftcore.training.effort import keep_speed, seen_again_of
from ftcore.training.examples import (
    WINDOW_TOKENS,
    ConversationEncoder,
    plan_lessons,
)
from ftcore.training.export import export_gguf, require_exportable
from ftcore.training.lesson import Lesson, Weights
from ftcore.training.machine import telling_of_memory
from ftcore.training.packing import TokenSequence
from ftcore.training.prepare import prepare_base_model
from ftcore.training.presets import estimate_tokens

if TYPE_CHECKING:
    from ftcore.training.learner import Learner
    from ftcore.training.lora import LoraLoop

# Where a pass shows only some of many examples.
_TAUGHT_FOR_EACH_MEASURED = 4


def train_generator(lesson: Lesson) -> Weights:
    """Train the adapter and write it in both forms.

    Raises:
        TrainingCancelledError: The participant stopped it.
        TrainingPausedError: The participant paused it; its state is kept.
        TrainingFailedError: The loss is no number, or the layout or the vocabulary
            is not known.
        TrainingOutOfMemoryError: The memory does not hold it.
    """
    config = lesson.request.config
    base = load_catalog().find(config.base_model)
    require_exportable(base.architecture)
    lesson.meter.loading(estimate_tokens(lesson.train, config))
    prepared = prepare_base_model(base, lesson.models_dir)
    encoder = ConversationEncoder(
        _tokenizer(base.require(lesson.models_dir)),
        lesson.request.system_prompt,
        min(WINDOW_TOKENS, base.context),
    )
    with telling_of_memory(config.batch_size):
        return _train(lesson, prepared, encoder)


def _train(lesson: Lesson, prepared: Path, encoder: ConversationEncoder) -> Weights:
    from ftcore.training.learners import make_learner  # noqa: PLC0415  (imports torch)
    from ftcore.training.threads import use_threads  # noqa: PLC0415

    use_threads(lesson.threads)
    config = lesson.request.config
    epochs, held_out = _sequences(lesson, encoder)
    total = sum(len(sequence) for epoch in epochs for sequence in epoch)
    lesson.meter.loading(total)
    longest = max(len(sequence) for epoch in epochs for sequence in epoch)
    learner = make_learner(
        prepared, config.lora_rank, config.seed, longest, config.adapted_layers
    )
    loop = _loop(lesson, learner)
    steps = sum(-(-len(epoch) // config.batch_size) for epoch in epochs)
    lesson.meter.training(steps, total, loop.effort(epochs))
    outcome = loop.run(epochs, held_out)
    stopped = outcome.stopped or ""
    lesson.meter.exporting(outcome.kept_epoch, stopped)
    learner.save(lesson.folder / ADAPTER_FOLDER, config.base_model)
    export_gguf(lesson.folder / ADAPTER_FOLDER, prepared, lesson.folder / ADAPTER_GGUF)
    if lesson.keeps_speed and lesson.meter.measured_speed is not None:
        keep_speed(lesson.models_dir, config, lesson.meter.measured_speed)
    return Weights(
        outcome.steps,
        outcome.train_loss,
        outcome.eval_loss,
        len(encoder.truncated),
        outcome.kept_epoch,
        stopped,
    )


def _loop(lesson: Lesson, learner: "Learner") -> "LoraLoop":
    """Return the loop of a lesson, which tells its meter of every step."""
    from ftcore.training.checkpoint import Checkpoints  # noqa: PLC0415  (torch)
    from ftcore.training.lora import LoraLoop, StepReport  # noqa: PLC0415

    config, meter = lesson.request.config, lesson.meter

    def on_step(report: StepReport) -> None:
        event = ProgressEvent(
            Phase.TRAINING,
            step=report.step,
            total_steps=report.total_steps,
            epoch=report.epoch,
            train_loss=report.loss,
            eval_loss=report.eval_loss,
            examples_seen=report.examples_seen,
            best_epoch=report.best_epoch,
        )
        meter.step(
            event, report.tokens, report.effort_left, report.pause, report.effort
        )

    checkpoints = None
    if lesson.checkpoint_dir is not None:
        checkpoints = Checkpoints(
            lesson.checkpoint_dir, lesson.fingerprint, lambda: meter.seconds
        )
    return LoraLoop(
        learner,
        config.learning_rate,
        config.batch_size,
        config.seed,
        on_step,
        lesson.should_stop,
        lesson.should_pause,
        checkpoints,
        config.patience,
        config.keep_best,
        on_resume=lambda state: meter.resume(state.seconds),
        again=seen_again_of(lesson.models_dir, config),
    )


def _tokenizer(gguf: Path) -> BaseTokenizer:
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    found = load_base_tokenizer(gguf)
    if found is None:
        raise TrainingFailedError(reason="unsupported_architecture")
    return found


def _sequences(
    lesson: Lesson, encoder: ConversationEncoder
) -> tuple[list[list[TokenSequence]], list[TokenSequence]]:
    config = lesson.request.config
    index = _restricted(lesson.index, lesson.train)
    plan = plan_lessons(encoder, config)
    own = {id(example) for example in lesson.index.examples}
    apart = replace(plan, seed=config.seed + 1)  # reworded in other ways
    held_out = []
    for example in lesson.held_out[: _most_measured(config)]:
        if id(example) in own and config.use_nearest:
            # What nobody taught cannot be known. What is measured is whether it
            # answers from an example that it never learnt from, as it will be asked.
            held_out += apart.epochs([example], 1)[0]
            continue
        question = last_question(example)
        near = index.nearest(question) if config.use_nearest else []
        held_out.append(encoder.encode(example, question, [n.example for n in near]))
    return plan.epochs(lesson.train, config.epochs), held_out


def _most_measured(config: TrainingConfig) -> int | None:
    """Return how many held-out examples draw the curve; the exam asks all of them."""
    most = config.most_examples
    return None if most is None else max(1, most // _TAUGHT_FOR_EACH_MEASURED)


def _restricted(index: ExampleIndex, examples: Sequence[Example]) -> ExampleIndex:
    """Return the index of some of its own examples."""
    wanted = {id(example) for example in examples}
    rows = [row for row, example in enumerate(index.examples) if id(example) in wanted]
    return index.only(rows)
