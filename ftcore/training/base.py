"""The seam that every training backend implements, and the words that it uses."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Protocol

from ftcore.data.examples import Dataset, Example, Task
from ftcore.runtime import DEFAULT_SEED


class Preset(StrEnum):
    """How much time to give to the training."""

    QUICK = "quick"
    BALANCED = "balanced"
    QUALITY = "quality"


class JobState(StrEnum):
    """Life of a training job; the same six words for every backend."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """Whether nothing more will happen to the job."""
        return self in {JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED}


class Phase(StrEnum):
    """What a running job is doing."""

    WAITING = "waiting"
    LOADING = "loading"
    TRAINING = "training"
    EXPORTING = "exporting"
    EVALUATING = "evaluating"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """What the participant chooses, complete: nothing is decided later.

    Attributes:
        base_model: Name in ``assets/models.yaml``.
        task: What is learnt.
        preset: The preset that the other values came from.
        epochs: Passes over the training examples.
        learning_rate: Peak step size of the optimiser.
        lora_rank: Rank of the adapter's matrices.
        batch_size: Examples per optimiser step.
        use_nearest: Train and answer with the nearest example in the prompt.
        augment: Ask some questions with noise (case, accents, typos).
        seed: Seed of every random choice.
        patience: Epochs without a better held-out loss before it stops; 0 never does.
        keep_best: Keep the adapter with the least held-out loss, or else the last.
        adapted_layers: Layers, from the top, that get an adapter; ``None`` for all.
        most_examples: Examples of a pass at most, drawn for each; ``None`` for all.
    """

    base_model: str
    task: Task
    preset: Preset = Preset.BALANCED
    epochs: int = 4
    learning_rate: float = 2e-3
    lora_rank: int = 16
    batch_size: int = 4
    use_nearest: bool = True
    augment: bool = True
    seed: int = DEFAULT_SEED
    patience: int = 2
    keep_best: bool = True
    adapted_layers: int | None = None
    most_examples: int | None = None

    def to_json(self) -> dict[str, object]:
        """Return plain values for a JSON file."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, object]) -> "TrainingConfig":
        """Rebuild a configuration written by :meth:`to_json`."""
        known = {name: values[name] for name in cls.__slots__ if name in values}
        config = cls(**known)  # type: ignore[arg-type]
        return replace(config, task=Task(config.task), preset=Preset(config.preset))


@dataclass(frozen=True, slots=True)
class TrainingRequest:
    """One job, whole: a backend needs nothing else to run it.

    Attributes:
        job_id: Identifier chosen by the caller.
        dataset: All examples of the participant.
        test: Held-out examples that are *not* in ``dataset``; when ``None`` the
            trainer splits ``dataset`` itself with the configuration's seed.
        config: Complete configuration.
        system_prompt: Instruction that opens every conversation; empty takes the
            default of ``assets/prompts``.
        refusal: What a chat says when no example is near; empty takes the default.
        title: Name of the participant's project, for the model's card.
        held_out: Positions in ``dataset`` (from 1) that must not train; ``None``
            leaves the choice to the seed. It comes before ``test``.
        dataset_version: Number of the version of the participant's examples; 0 if
            nobody counts them.
    """

    job_id: str
    dataset: Dataset
    config: TrainingConfig
    system_prompt: str = ""
    refusal: str = ""
    test: tuple[Example, ...] | None = None
    title: str = ""
    held_out: tuple[int, ...] | None = None
    dataset_version: int = 0


@dataclass(frozen=True, slots=True)
class ProgressEvent:
    """One point of the life of a job; one JSON line of ``train --json``.

    Attributes:
        phase: What the job is doing.
        step: Optimiser steps done.
        total_steps: Optimiser steps in all.
        epoch: Passes done, fractional.
        train_loss: Loss on the last step's answers, in nats per token.
        eval_loss: Loss on the held-out answers; only when it was just measured.
        tokens_per_second: Training speed since the last event.
        seconds: Time since the job started to run.
        seconds_left: Forecast of the time to the end.
        examples_seen: Conversations learnt from so far, repetitions included.
        best_epoch: The pass with the least held-out loss so far, from 1; once the
            steps are done, the one that was kept.
        stopped: A ``StopReason`` if it ended before its last epoch.
        memory_mb: Most memory that the process has held so far.
    """

    phase: Phase
    step: int = 0
    total_steps: int = 0
    epoch: float = 0.0
    train_loss: float | None = None
    eval_loss: float | None = None
    tokens_per_second: float | None = None
    seconds: float = 0.0
    seconds_left: float | None = None
    examples_seen: int = 0
    best_epoch: int | None = None
    stopped: str | None = None
    memory_mb: float | None = None

    def to_json(self) -> dict[str, object]:
        """Return the event as one line of ``train --json`` holds it."""
        return {"event": "progress", **asdict(self)}


@dataclass(frozen=True, slots=True)
class JobStatus:
    """One look at a job.

    Attributes:
        state: One of the six states.
        progress: Share done, 0 to 1.
        last: The newest event, if any.
        model_dir: Folder of the trained model once it succeeded.
        error_code: Code of the text that explains a failure.
    """

    state: JobState
    progress: float = 0.0
    last: ProgressEvent | None = None
    model_dir: str | None = None
    error_code: str | None = None


@dataclass(frozen=True, slots=True)
class Availability:
    """Whether a backend can be used here and now, and the reason if it cannot.

    ``reason`` is a key of ``trainers.<name>.reasons.<reason>`` in the texts.
    """

    is_open: bool
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a job would take.

    Attributes:
        seconds: Wall time, as busy as the machine has been lately.
        usd: Price in dollars.
        memory_mb: Most memory of this machine at once; 0 if it runs elsewhere.
        seconds_idle: Wall time if nothing else ran; 0 if that makes no difference.
    """

    seconds: float
    usd: float = 0.0
    memory_mb: float = 0.0
    seconds_idle: float = 0.0

    @property
    def least_seconds(self) -> float:
        """Wall time that a busy moment does not enlarge."""
        return self.seconds_idle or self.seconds


class Trainer(Protocol):
    """Start a job somewhere, then answer questions about it."""

    name: str

    def availability(self) -> Availability:
        """Say whether this backend can be used here; never raises."""
        ...

    def forecast(
        self, dataset: Dataset, config: TrainingConfig, exam: int | None = None
    ) -> Forecast:
        """Estimate time and price before anything starts.

        Args:
            dataset: What it learns from.
            config: Complete configuration.
            exam: Questions of the exam; a fifth of the examples unless told.
        """
        ...

    def start(self, request: TrainingRequest) -> str:
        """Submit the job and return its id at once.

        Raises:
            TrainerClosedError: The backend is not available.
        """
        ...

    def status(self, job_id: str) -> JobStatus:
        """Look at the job; never blocks.

        Raises:
            UnknownJobError: No such job.
        """
        ...

    def events(self, job_id: str) -> Sequence[ProgressEvent]:
        """Return all events so far, oldest first.

        Raises:
            UnknownJobError: No such job.
        """
        ...

    def cancel(self, job_id: str) -> None:
        """Ask the job to stop; harmless if it already ended.

        Raises:
            UnknownJobError: No such job.
        """
        ...

    def pause(self, job_id: str) -> None:
        """Ask the job to keep its state and rest; harmless if it rests or ended.

        Raises:
            UnknownJobError: No such job.
        """
        ...

    def resume(self, job_id: str) -> None:
        """Go on with a job that rests or was interrupted, from where it was.

        Harmless if it runs or ended well. Returns at once.

        Raises:
            UnknownJobError: No such job.
        """
        ...

    def prepare(self) -> None:
        """Get ready for a job that may come soon; returns at once, and never raises."""
        ...


OnEvent = Callable[[ProgressEvent], None]
ShouldStop = Callable[[], bool]


def never() -> bool:
    """Answer that there is nobody who asks to stop or to pause."""
    return False
