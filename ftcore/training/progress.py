"""Say how far a training is and how long it will still take."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from ftcore.training.base import OnEvent, Phase, ProgressEvent
from ftcore.training.machine import peak_memory_mb

Ticks = Callable[[], float]
SMOOTHING = 0.3  # weight of the newest step in the measured speed


@dataclass(slots=True)
class ProgressMeter:
    """Turns steps into events with a forecast that is sane from the first second.

    Attributes:
        on_event: Told of every event.
        speed: Tokens per second expected before anything is measured; then how much
            of the steps' effort is done in a second.
        loading_seconds: Expected time before the first step.
        finishing_seconds: Expected time after the last one.
        ticks: Monotonic clock, in seconds.
    """

    on_event: OnEvent
    speed: float
    loading_seconds: float
    finishing_seconds: float
    ticks: Ticks = time.monotonic
    tokens_done: int = 0
    _started: float = field(init=False)
    _step_started: float = field(init=False)
    _training_seconds: float = field(init=False, default=0.0)
    _last: ProgressEvent = field(init=False, default=ProgressEvent(Phase.LOADING))

    def __post_init__(self) -> None:
        self._started = self._step_started = self.ticks()

    @property
    def seconds(self) -> float:
        """Time since the start."""
        return self.ticks() - self._started

    @property
    def measured_speed(self) -> float | None:
        """Tokens per second over all steps, if there were any."""
        if not self._training_seconds:
            return None
        return self.tokens_done / self._training_seconds

    def loading(self, total_tokens: int) -> None:
        """Tell that the model is being loaded, with so many tokens to learn from."""
        left = self.loading_seconds + self._training_left(total_tokens)
        self._emit(ProgressEvent(Phase.LOADING, seconds_left=left))

    def resume(self, seconds: float) -> None:
        """Count the time that the job had run before it was interrupted.

        Args:
            seconds: What its checkpoint says.
        """
        self._started -= seconds

    def training(
        self, total_steps: int, total_tokens: int, effort: float | None = None
    ) -> None:
        """Tell that the steps begin.

        Args:
            total_steps: All of them.
            total_tokens: Tokens to go through.
            effort: What these cost, if some cost less than others.
        """
        self._step_started = self.ticks()
        left = self._training_left(total_tokens)
        if effort is not None and total_tokens:
            self.speed *= effort / total_tokens
        self._emit(
            ProgressEvent(Phase.TRAINING, total_steps=total_steps, seconds_left=left)
        )

    def step(
        self,
        event: ProgressEvent,
        tokens: int,
        effort_left: float,
        pause: float = 0.0,
        effort: float | None = None,
    ) -> None:
        """Tell of a step done; fills in speed and times.

        Args:
            event: The step, without what is filled in.
            tokens: Tokens of that step.
            effort_left: What the steps to come cost, in tokens.
            pause: Seconds since the last step that were not training.
            effort: What this one cost; its tokens unless given.
        """
        now = self.ticks()
        took = max(now - self._step_started - pause, 1e-6)
        self._step_started = now
        self._training_seconds += took
        self.tokens_done += tokens
        newest = (tokens if effort is None else effort) / took
        is_first = self.tokens_done == tokens
        self.speed = (
            newest if is_first else SMOOTHING * newest + (1 - SMOOTHING) * self.speed
        )
        self._emit(
            replace(
                event,
                tokens_per_second=tokens / took,
                seconds_left=self._training_left(effort_left),
                memory_mb=peak_memory_mb(),
            )
        )

    def exporting(self, kept_epoch: int | None = None, stopped: str = "") -> None:
        """Tell that the steps are done and the model is being written.

        Args:
            kept_epoch: The pass whose weights are written, if the loop says.
            stopped: A ``StopReason`` if they ended before the last epoch.
        """
        self._emit(
            replace(
                self._last,
                phase=Phase.EXPORTING,
                eval_loss=None,
                tokens_per_second=None,
                seconds_left=self.finishing_seconds,
                best_epoch=kept_epoch,
                stopped=stopped or None,
            )
        )

    def _training_left(self, effort: float) -> float:
        return effort / self.speed + self.finishing_seconds

    def _emit(self, event: ProgressEvent) -> None:
        self._last = replace(event, seconds=self.seconds)
        self.on_event(self._last)
