"""Train a classifier: two calibrated heads, one of them for an honest evaluation."""

from collections.abc import Sequence

from ftcore.data.examples import Example
from ftcore.data.questions import same_questions
from ftcore.errors import TrainingCancelledError
from ftcore.models.embeddings import Embedder
from ftcore.models.label_head import LabelHead, LabelHeads, text_vectors
from ftcore.training.base import Phase, ProgressEvent
from ftcore.training.classifier import fit_label_head, fit_left_out, log_loss
from ftcore.training.labelled import LabelledTexts
from ftcore.training.lesson import Lesson, Weights

STEPS = 3  # embed the texts, fit on the training examples, fit on all


def train_classifier(lesson: Lesson) -> Weights:
    """Fit the heads and write them.

    Raises:
        TrainingCancelledError: The participant stopped it.
    """
    labels = lesson.request.dataset.labels
    everything = lesson.request.dataset.examples
    seed = lesson.request.config.seed
    embedder = lesson.index.embedder
    lesson.meter.loading(len(everything))
    texts = LabelledTexts.embed(everything, labels, embedder)
    place = {id(example): row for row, example in enumerate(everything)}
    taught = texts.pick([place[id(example)] for example in lesson.train])
    lesson.meter.training(STEPS, len(everything))
    _report(lesson, 1)
    honest = fit_label_head(taught, seed)
    loss = log_loss(honest, taught.vectors, taught.targets)
    left_out: list[LabelHead] = []
    eval_loss: float | None
    if lesson.one_by_one:
        left_out, eval_loss = _leave_out(lesson, texts)
    else:
        eval_loss = _held_out_loss(lesson, honest, labels, embedder)
    _report(lesson, 2, loss, eval_loss)
    final = fit_label_head(texts, seed)
    _report(lesson, STEPS, loss, eval_loss)
    lesson.meter.exporting()
    LabelHeads(final, honest, tuple(left_out)).save(lesson.folder)
    return Weights(STEPS, loss, eval_loss)


def _leave_out(lesson: Lesson, texts: LabelledTexts) -> tuple[list[LabelHead], float]:
    """Return one head for each held-out example, and their mean loss on it."""
    dataset = lesson.request.dataset
    asked = {id(example) for example in lesson.held_out}
    groups = [[row - 1 for row in group] for group in same_questions(dataset)]
    chosen = [g for g in groups if id(dataset.examples[g[0]]) in asked]
    fitted = fit_left_out(texts, chosen, lesson.request.config.seed)
    by_row = {
        row: head for group, head in zip(chosen, fitted, strict=True) for row in group
    }
    losses = [
        log_loss(head, texts.vectors[[row]], [texts.targets[row]])
        for row, head in by_row.items()
    ]
    heads = [head for _, head in sorted(by_row.items(), key=lambda item: item[0])]
    return heads, sum(losses) / len(losses)


def _held_out_loss(
    lesson: Lesson, head: LabelHead, labels: Sequence[str], embedder: Embedder
) -> float | None:
    known = [example for example in lesson.held_out if example.target in labels]
    if not known:
        return None
    vectors = text_vectors([example.prompt for example in known], embedder)
    return log_loss(head, vectors, _targets(known, labels))


def _targets(examples: Sequence[Example], labels: Sequence[str]) -> list[int]:
    return [labels.index(example.target) for example in examples]


def _report(
    lesson: Lesson,
    step: int,
    loss: float | None = None,
    eval_loss: float | None = None,
) -> None:
    if lesson.should_stop():
        raise TrainingCancelledError(step=step)
    tokens = len(lesson.request.dataset)
    event = ProgressEvent(
        Phase.TRAINING,
        step=step,
        total_steps=STEPS,
        epoch=step / STEPS,
        train_loss=loss,
        eval_loss=eval_loss,
        examples_seen=len(lesson.train),
    )
    lesson.meter.step(event, tokens, tokens * (STEPS - step))
