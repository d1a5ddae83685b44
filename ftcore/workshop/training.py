"""Step 4: train, watch, stop."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from ftcore.data.examples import Task
from ftcore.data.splitting import SplitMethod
from ftcore.data.templates import load_template
from ftcore.errors import JobAlreadyActiveError, TrainerClosedError, UnknownJobError
from ftcore.models.catalog import load_catalog
from ftcore.models.embeddings import default_embedder
from ftcore.runtime import new_id
from ftcore.storage.records import JobRow
from ftcore.training.base import (
    Forecast,
    JobState,
    JobStatus,
    Phase,
    Preset,
    ProgressEvent,
    TrainingConfig,
    TrainingRequest,
)
from ftcore.training.capacity import worker_count
from ftcore.training.fitting import Fit, Recommendation, recommend
from ftcore.workshop.context import LOCAL_TOOL, Context
from ftcore.workshop.datasets import Datasets
from ftcore.workshop.planning import STEP_SECONDS, fit_here, planned
from ftcore.workshop.queue import NOWHERE, Place, RoomQueue

DEFAULT_TOOL = LOCAL_TOOL
_PAUSABLE = {Phase.WAITING, Phase.LOADING, Phase.TRAINING}
_RESUMABLE = {JobState.PAUSED, JobState.FAILED}
_SETTLED = {SplitMethod.CHOSEN, SplitMethod.STRATIFIED}


@dataclass(frozen=True, slots=True)
class JobView:
    """One look at a participant's newest job.

    Attributes:
        row: What the store knows of it.
        status: State, share done and newest event.
        events: All events so far, oldest first.
        place: Where it stands in the queue, and when it begins and ends; position 0
            unless it waits.
    """

    row: JobRow
    status: JobStatus
    events: Sequence[ProgressEvent]
    place: Place = NOWHERE

    @property
    def can_pause(self) -> bool:
        """Whether a pause would be heeded: only while it learns, and not by heads."""
        last, config = self.status.last, self.row.config
        is_long = config.get("task") != Task.CLASSIFICATION or any(
            model.is_encoder and model.name == config.get("base_model")
            for model in load_catalog().models
        )
        return is_long and (last is None or last.phase in _PAUSABLE)

    @property
    def seconds_left(self) -> float | None:
        """Forecast of the time to the end, from the newest event."""
        if self.status.last is None:
            return None
        return self.status.last.seconds_left


@dataclass(frozen=True, slots=True)
class TrainingOffer:
    """What step 4 can promise before anything starts.

    Attributes:
        tool: Name of the trainer.
        task: What would be learnt.
        examples: Examples of the current dataset.
        test: Held-out examples that came with it; 0 means that some are set apart.
        plans: By preset, the configuration and what it would take.
        finds_meaning: Whether examples are searched by meaning; if not, this machine
            has only the embedder that knows spelling.
        split: How the exam is found.
        recommended: The preset that suits the data, this machine and the room.
        waiting: Trainings that are before or beside it, or that the room is about to
            start.
    """

    tool: str
    task: Task
    examples: int
    test: int
    plans: Mapping[Preset, tuple[TrainingConfig, Forecast]]
    finds_meaning: bool
    split: SplitMethod
    recommended: Recommendation
    waiting: int = 0


class Training:
    """Verbs on jobs."""

    def __init__(self, context: Context, datasets: Datasets) -> None:
        self._context = context
        self._datasets = datasets
        self._store = context.store
        workers = worker_count(context.settings)
        self.queue = RoomQueue(context.store, context.trainers, workers)

    def prepare(self, participant_id: str) -> None:
        """Get the chosen tool ready: somebody is about to start a training.

        Harmless, and done at once, for whoever has no project yet.
        """
        project = self._store.current_project(participant_id)
        if project is None:
            return
        tool = project.tool or DEFAULT_TOOL
        self._context.trainers[tool].prepare()
        if tool == LOCAL_TOOL:
            self._datasets.embed_ahead(participant_id)

    def tool(self, participant_id: str) -> str:
        """Return the trainer that step 3 chose, or the default."""
        return self._context.project(participant_id).tool or DEFAULT_TOOL

    def offer(self, participant_id: str) -> TrainingOffer:
        """Return every preset with its forecast, reading the dataset once.

        Raises:
            StepLockedError: There is no dataset yet.
        """
        project = self._context.project(participant_id)
        kept, plan = self._datasets.load(self._context.dataset(project))
        tool = self.tool(participant_id)
        task, count = kept.dataset.task, len(kept.dataset)
        given = len(plan.test) if plan.method is SplitMethod.TEMPLATE else 0
        trainer = self._context.trainers[tool]
        base, plans = self._context.base_model(project, task, tool), {}
        for preset in Preset:
            plans[preset] = planned(
                kept.dataset, preset, trainer, base.name, len(plan.test)
            )
        finds_meaning = default_embedder().is_semantic
        waiting = sum(job.trainer == tool for job in self._store.active_jobs())
        waiting += self._store.count_about_to_train(tool, besides=participant_id)
        forecasts = {preset: forecast for preset, (_, forecast) in plans.items()}
        at_once = self.queue.workers if tool == LOCAL_TOOL else 1
        advice = recommend(forecasts, waiting / max(1, at_once), STEP_SECONDS)
        return TrainingOffer(
            tool,
            task,
            count,
            given,
            plans,
            finds_meaning,
            plan.method,
            advice,
            waiting,
        )

    def fit(self, participant_id: str, config: TrainingConfig) -> Fit:
        """Say what a configuration takes on the current dataset, and if it fits."""
        row = self._context.dataset(self._context.project(participant_id))
        trainer = self._context.trainers[self.tool(participant_id)]
        kept, plan = self._datasets.load(row)
        return fit_here(kept.dataset, config, trainer, len(plan.test))

    def forecast(self, participant_id: str, config: TrainingConfig) -> Forecast:
        """Estimate time, memory and price of a configuration on the current dataset."""
        return self.fit(participant_id, config).forecast

    def start(self, participant_id: str, config: TrainingConfig) -> JobRow:
        """Put a training into the queue.

        Raises:
            StepLockedError: There is no dataset yet.
            JobAlreadyActiveError: One is queued, running or paused already.
            TrainerClosedError: The chosen tool cannot be used here.
            TrainingDoesNotFitError: This machine, or the step's minutes, are too
                small for it.
        """
        project = self._context.project(participant_id)
        dataset = self._context.dataset(project)
        self._require_idle(participant_id)
        if paused := self._paused(participant_id):
            raise JobAlreadyActiveError(job_id=paused.id)
        tool = self.tool(participant_id)
        availability = self._context.trainers[tool].availability()
        if not availability.is_open:
            raise TrainerClosedError(name=tool, reason=availability.reason or "")
        fits = self.fit(participant_id, config)
        fits.require()
        return self._store.add_job(
            id=new_id(),
            project_id=project.id,
            participant_id=participant_id,
            dataset_id=dataset.id,
            trainer=tool,
            state=JobState.QUEUED.value,
            config=config.to_json(),
            forecast_seconds=fits.forecast.seconds,
        )

    def request(self, job: JobRow) -> TrainingRequest:
        """Build what a trainer needs to run a job."""
        project = self._store.project(job.project_id)
        rows = {row.id: row for row in self._store.datasets(job.project_id)}
        if project is None or job.dataset_id not in rows:
            raise UnknownJobError(job_id=job.id)
        row = rows[job.dataset_id]
        kept, plan = self._datasets.load(row)
        template = load_template(project.template) if project.template else None
        return TrainingRequest(
            job_id=job.id,
            dataset=kept.dataset,
            config=TrainingConfig.from_json(job.config),
            system_prompt=template.system_prompt if template else "",
            refusal=template.refusal if template else "",
            test=plan.test.examples if plan.method is SplitMethod.TEMPLATE else None,
            title=project.name,
            # What the participant saw held out is what is held out, whatever the seed.
            held_out=plan.held_out if plan.method in _SETTLED else None,
            dataset_version=row.number,
        )

    def view(self, participant_id: str) -> JobView | None:
        """Return the newest job of the current project, if there is one."""
        row = self._newest(participant_id)
        return self._view(row) if row is not None else None

    def cancel(self, participant_id: str) -> None:
        """Stop the participant's open job; harmless if there is none."""
        paused = self._paused(participant_id)
        rows = self._store.active_jobs(participant_id) + ([paused] if paused else [])
        for row in rows:
            if row.state != JobState.RUNNING:
                self._store.end_job(row.id, JobState.CANCELLED)
            # One that waits may have run before, and left something to tidy up.
            if row.started_at is not None:
                with suppress(UnknownJobError):
                    self._context.trainers[row.trainer].cancel(row.id)

    def pause(self, participant_id: str) -> None:
        """Let the participant's job rest; others go on in its place.

        One that runs keeps its state and ends at its next step. Harmless if there is
        none.
        """
        for row in self._store.active_jobs(participant_id):
            if row.state == JobState.QUEUED:
                self._store.pause_job(row.id)
            else:
                self._context.trainers[row.trainer].pause(row.id)

    def resume(self, participant_id: str) -> None:
        """Queue the participant's paused or failed job again, to go on where it was.

        Harmless if the newest job is neither.

        Raises:
            JobAlreadyActiveError: Another one is queued or running.
        """
        row = self._newest(participant_id)
        if row is not None and row.state in _RESUMABLE:
            self._require_idle(participant_id)
            self._store.resume_job(row.id)

    def _require_idle(self, participant_id: str) -> None:
        active = self._store.active_jobs(participant_id)
        if active:
            raise JobAlreadyActiveError(job_id=active[0].id)

    def _newest(self, participant_id: str) -> JobRow | None:
        project = self._store.current_project(participant_id)
        jobs = self._store.jobs(project.id) if project else []
        return jobs[0] if jobs else None

    def _paused(self, participant_id: str) -> JobRow | None:
        row = self._newest(participant_id)
        return row if row is not None and row.state == JobState.PAUSED else None

    def _view(self, row: JobRow) -> JobView:
        state = JobState(row.state)
        if state is JobState.QUEUED:
            place = self.queue.places().get(row.id, NOWHERE)
            return JobView(row, JobStatus(state, row.progress), (), place)
        trainer = self._context.trainers[row.trainer]
        try:
            status, events = trainer.status(row.id), trainer.events(row.id)
        except UnknownJobError:
            status, events = JobStatus(state, row.progress), ()
        # The store's word is the last one: until the runner has copied the end, the
        # row has no model yet, and a page that saw the end too soon would stop looking.
        if state.is_final or status.state.is_final:
            status = JobStatus(
                state,
                row.progress if state.is_final else status.progress,
                status.last,
                row.model_dir,
                row.error_code,
            )
        return JobView(row, status, events)
