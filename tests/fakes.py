"""Hand-made doubles that behave like the real thing, only faster."""

import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from ftcore.chat.base import (
    DEFAULT_SAMPLING,
    Arm,
    Doubt,
    ReplyTrace,
    SamplingOptions,
    Verdict,
    traced,
)
from ftcore.data.examples import Dataset, Message, Task
from ftcore.errors import (
    ChatFailedError,
    EmptyCaseError,
    TrainerClosedError,
    UnknownCaseError,
    UnknownJobError,
    UnknownTrialError,
)
from ftcore.storage.records import TrialRow
from ftcore.tokens import PlaygroundClaim, Signer
from ftcore.training.base import (
    Availability,
    Forecast,
    JobState,
    JobStatus,
    Phase,
    ProgressEvent,
    TrainingConfig,
    TrainingRequest,
)
from ftcore.workshop.cases import SavedCase
from ftcore.workshop.playground import PlaygroundInfo, Tally, count_thumbs


class SteppedTrainer:
    """A trainer whose jobs move only when the test says so."""

    name = "local"

    def __init__(self) -> None:
        self.requests: dict[str, TrainingRequest] = {}
        self.statuses: dict[str, JobStatus] = {}
        self.is_open = True
        self.resumed: list[str] = []
        self.prepared = 0
        self.exams: list[int | None] = []  # questions, as each forecast was told

    def availability(self) -> Availability:
        return Availability(self.is_open, None if self.is_open else "closed")

    def forecast(
        self, dataset: Dataset, config: TrainingConfig, exam: int | None = None
    ) -> Forecast:
        self.exams.append(exam)
        return Forecast(seconds=10.0 * config.epochs)

    def start(self, request: TrainingRequest) -> str:
        if not self.is_open:
            raise TrainerClosedError(name=self.name, reason="closed")
        self.requests[request.job_id] = request
        event = ProgressEvent(Phase.LOADING)
        self.statuses[request.job_id] = JobStatus(JobState.RUNNING, 0.0, event)
        return request.job_id

    def status(self, job_id: str) -> JobStatus:
        if job_id not in self.statuses:
            raise UnknownJobError(job_id=job_id)
        return self.statuses[job_id]

    def events(self, job_id: str) -> Sequence[ProgressEvent]:
        last = self.status(job_id).last
        return (last,) if last else ()

    def cancel(self, job_id: str) -> None:
        if not self.status(job_id).state.is_final:
            self.statuses[job_id] = JobStatus(JobState.CANCELLED)

    def pause(self, job_id: str) -> None:
        status = self.status(job_id)
        if not status.state.is_final:
            self.statuses[job_id] = replace(status, state=JobState.PAUSED)

    def resume(self, job_id: str) -> None:
        status = self.status(job_id)
        if status.state in {JobState.PAUSED, JobState.FAILED}:
            self.resumed.append(job_id)
            self.statuses[job_id] = replace(
                status, state=JobState.RUNNING, error_code=None
            )

    def prepare(self) -> None:
        self.prepared += 1

    def die(self, job_id: str) -> None:
        """Let a job's process die."""
        self.statuses[job_id] = JobStatus(
            JobState.FAILED, self.status(job_id).progress, error_code="interrupted"
        )

    def move(self, job_id: str, progress: float, **figures: Any) -> None:
        """Let a job get on; ``figures`` are further fields of its event."""
        event = ProgressEvent(
            Phase.TRAINING, step=1, total_steps=2, seconds_left=5.0, **figures
        )
        self.statuses[job_id] = JobStatus(JobState.RUNNING, progress, event)

    def finish(self, job_id: str, model_dir: str) -> None:
        """Let a job end well."""
        self.statuses[job_id] = JobStatus(JobState.SUCCEEDED, 1.0, None, model_dir)


@dataclass
class ScriptedPlayground:
    """The verbs of step 5 without a model: it answers from a script, and keeps all.

    Attributes:
        signer: Reads the tokens.
        pieces: What every arm says after its name.
        pause: Seconds before each piece.
        broken: Arms whose engine fails half-way.
        asked: What was asked, of whom and how.
    """

    signer: Signer
    pieces: Sequence[str] = ("Sí, ", "enviamos ", "a Canarias.")
    pause: float = 0.0
    broken: set[Arm] = field(default_factory=set)
    asked: list[tuple[Arm, Sequence[Message], SamplingOptions]] = field(
        default_factory=list
    )
    closed: list[Arm] = field(default_factory=list)
    trials: list[tuple[PlaygroundClaim, TrialRow]] = field(default_factory=list)
    task: Task = Task.CHAT

    def claim(self, token: str | None) -> PlaygroundClaim:
        return self.signer.read_playground(token, 7200)

    def info(self, claim: PlaygroundClaim) -> PlaygroundInfo:
        is_labels = claim.model_id == "labels"
        questions = ("¿Hacéis envíos a Canarias?", "¿Cuánto tarda un pedido?")
        return PlaygroundInfo(
            Task.CLASSIFICATION if is_labels else self.task,
            "Tienda",
            tuple(Arm),
            questions,
            ("normal", "urgente") if is_labels else (),
        )

    def chat(
        self,
        claim: PlaygroundClaim,
        arm: Arm,
        messages: Sequence[Message],
        options: SamplingOptions,
        trace: ReplyTrace | None = None,
    ) -> Generator[str]:
        self.asked.append((arm, messages, options))
        trace = trace or ReplyTrace()

        def pieces() -> Generator[str]:
            for at, piece in enumerate(self.pieces):
                time.sleep(self.pause)
                if arm in self.broken and at == 1:
                    raise ChatFailedError(reason="engine gone")
                trace.answer_tokens += arm is not Arm.NEAREST
                yield f"Soy {arm.value}. {piece}" if at == 0 else piece

        try:
            yield from traced(pieces(), trace)
        except GeneratorExit:
            self.closed.append(arm)
            raise

    def verdicts(self, claim: PlaygroundClaim, text: str) -> Mapping[Arm, Verdict]:
        return {
            Arm.TUNED: Verdict({"urgente": 0.8, "normal": 0.2}),
            Arm.NEAREST: Verdict({"normal": 0.6, "urgente": 0.4}, Doubt.CLOSE),
        }

    def keep(
        self,
        claim: PlaygroundClaim,
        arm: Arm,
        question: str,
        answer: str,
        options: SamplingOptions = DEFAULT_SAMPLING,
        trace: ReplyTrace | None = None,
    ) -> TrialRow:
        at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=len(self.trials))
        row = TrialRow(
            id=f"trial-{len(self.trials)}",
            job_id=claim.model_id,
            arm=arm.value,
            question=question,
            answer=answer,
            options=asdict(options),
            trace=asdict(trace or ReplyTrace()),
            liked=None,
            created_at=at,
            left_at=None,
        )
        self.trials.append((claim, row))
        return row

    def conversation(self, claim: PlaygroundClaim) -> dict[Arm, list[TrialRow]]:
        found: dict[Arm, list[TrialRow]] = {}
        for row in self._mine(claim):
            if row.left_at is None:
                found.setdefault(Arm(row.arm), []).append(row)
        return found

    def tallies(self, claim: PlaygroundClaim) -> dict[Arm, Tally]:
        return count_thumbs(self._mine(claim))

    def like(self, claim: PlaygroundClaim, trial_id: str, liked: bool | None) -> None:
        self._find(claim, trial_id).liked = liked

    def replace(self, claim: PlaygroundClaim, trial_id: str) -> None:
        self._find(claim, trial_id).left_at = datetime(2026, 1, 2, tzinfo=UTC)

    def clear(self, claim: PlaygroundClaim) -> None:
        for row in self._mine(claim):
            row.left_at = row.left_at or datetime(2026, 1, 3, tzinfo=UTC)

    def undo_clear(self, claim: PlaygroundClaim) -> None:
        rows = self._mine(claim)
        newest = max((row.left_at for row in rows if row.left_at), default=None)
        for row in rows:
            row.left_at = None if row.left_at == newest else row.left_at

    def draft_case(self, claim: PlaygroundClaim) -> tuple[str, str]:
        rows = self._mine(claim)
        return (rows[-1].question, rows[-1].answer) if rows else ("", "")

    def project_id(self, claim: PlaygroundClaim) -> str:
        return f"project-{claim.participant_id}"

    def _mine(self, claim: PlaygroundClaim) -> list[TrialRow]:
        return [row for mine, row in self.trials if mine == claim]

    def _find(self, claim: PlaygroundClaim, trial_id: str) -> TrialRow:
        for row in self._mine(claim):
            if row.id == trial_id:
                return row
        raise UnknownTrialError(trial_id=trial_id)


class KeptCases:
    """The saved cases of one project, in memory."""

    def __init__(self) -> None:
        self.cases: dict[str, tuple[str, str]] = {}
        self.removed: set[str] = set()
        self.taught: set[str] = set()

    def of(self, participant_id: str, project_id: str | None = None) -> list[SavedCase]:
        return [
            SavedCase(key, question, answer, key in self.taught)
            for key, (question, answer) in self.cases.items()
            if key not in self.removed
        ]

    def save(
        self,
        participant_id: str,
        question: str,
        answer: str,
        project_id: str | None = None,
    ) -> None:
        if not question.strip() or not answer.strip():
            raise EmptyCaseError
        self.cases[f"case-{len(self.cases)}"] = question, answer

    def remove(self, participant_id: str, case_id: str) -> None:
        self._find(case_id)
        self.removed.add(case_id)

    def bring_back(self, participant_id: str, case_id: str) -> None:
        self.removed.discard(case_id)

    def teach(self, participant_id: str, case_id: str) -> None:
        self._find(case_id)
        self.taught.add(case_id)

    def _find(self, case_id: str) -> None:
        if case_id not in self.cases:
            raise UnknownCaseError(case_id=case_id)
