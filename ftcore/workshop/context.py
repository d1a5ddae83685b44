"""What every group of verbs shares."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ftcore.chat.engines import EnginePool
from ftcore.data.examples import Task
from ftcore.errors import NotYoursError, StepLockedError, UnknownJobError
from ftcore.models.catalog import BaseModel, load_catalog
from ftcore.settings import Settings
from ftcore.storage.records import DatasetRow, JobRow, ProjectRow
from ftcore.storage.store import Store
from ftcore.tokens import Signer
from ftcore.training.base import JobState, Trainer

LOCAL_TOOL = "local"  # the only one that a base model can be chosen for


@dataclass(frozen=True, slots=True)
class Context:
    """The parts of one running workshop, and the questions asked of them most.

    Attributes:
        settings: What the environment says.
        store: What lasts.
        trainers: Every training backend, by name.
        engines: Serves the base models.
        signer: Signs what leaves the server.
    """

    settings: Settings
    store: Store
    trainers: Mapping[str, Trainer]
    engines: EnginePool
    signer: Signer

    def project(self, participant_id: str) -> ProjectRow:
        """Return the participant's current project.

        Raises:
            StepLockedError: There is none yet.
        """
        project = self.store.current_project(participant_id)
        if project is None:
            raise StepLockedError(step="data", needs="project")
        return project

    def base_model(
        self, project: ProjectRow, task: Task, tool: str = LOCAL_TOOL
    ) -> BaseModel:
        """Return the base model that a project learns on.

        It is the one chosen in step 3 if it can learn the task and is still here,
        and else the task's usual one. Other tools than this machine have their own.
        """
        catalog = load_catalog()
        for model in catalog.for_task(task) if tool == LOCAL_TOOL else ():
            is_chosen = model.name == project.base_model
            if is_chosen and model.locate(self.settings.models_dir):
                return model
        return catalog.default_for(task)

    def dataset(self, project: ProjectRow) -> DatasetRow:
        """Return the current version of the project's examples.

        Raises:
            StepLockedError: There is none yet, or it has no examples.
        """
        found = self.store.datasets(project.id)
        if not found or not found[0].rows:
            raise StepLockedError(step="train", needs="data")
        return found[0]

    def model_job(self, project: ProjectRow) -> JobRow | None:
        """Return the newest job of the project that left a model."""
        for job in self.store.jobs(project.id):
            if job.state == JobState.SUCCEEDED and job.model_dir:
                return job
        return None

    def require_model(self, participant_id: str) -> tuple[ProjectRow, JobRow, Path]:
        """Return the project, the job that made its model, and the model's folder.

        Raises:
            StepLockedError: Nothing has been trained yet.
        """
        project = self.project(participant_id)
        job = self.model_job(project)
        if job is None or job.model_dir is None:
            raise StepLockedError(step="playground", needs="train")
        return project, job, Path(job.model_dir)

    def own_model(self, participant_id: str, job_id: str) -> Path:
        """Return the folder of a model that belongs to the participant.

        Raises:
            UnknownJobError: No such job, or it left no model.
            NotYoursError: It belongs to somebody else.
        """
        job = self.store.job(job_id)
        if job is None or job.model_dir is None:
            raise UnknownJobError(job_id=job_id)
        if job.participant_id != participant_id:
            raise NotYoursError(noun="model")
        return Path(job.model_dir)
