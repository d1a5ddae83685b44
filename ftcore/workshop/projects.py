"""Steps 1 and 3: the participant, the project and its tool."""

from dataclasses import dataclass

from ftcore.data.templates import Template, list_templates
from ftcore.errors import TrainerClosedError, UnknownTrainerError
from ftcore.storage.records import ParticipantRow, ProjectRow
from ftcore.training.base import Availability, Forecast, Preset
from ftcore.training.presets import configure
from ftcore.workshop.context import Context
from ftcore.workshop.datasets import Datasets
from ftcore.workshop.steps import Overview

MAX_NICKNAME = 40
MAX_NAME = 120
MAX_OBJECTIVE = 600


@dataclass(frozen=True, slots=True)
class ToolOffer:
    """One training backend as step 3 shows it."""

    name: str
    availability: Availability
    forecast: Forecast | None


class Projects:
    """Verbs on participants, projects and tools."""

    def __init__(self, context: Context, datasets: Datasets) -> None:
        self._context = context
        self._datasets = datasets
        self._store = context.store

    def visit(self, participant_id: str) -> Overview:
        """Note that the participant is here, and return where they are."""
        return self.overview(self._store.see_participant(participant_id))

    def overview(self, participant: ParticipantRow) -> Overview:
        """Return where a participant is, without noting a visit."""
        project = self._store.current_project(participant.id)
        if project is None:
            return Overview(participant.id, participant.nickname)
        datasets = self._store.datasets(project.id)
        jobs = self._store.jobs(project.id)
        model_job = self._context.model_job(project)
        evaluation = self._store.latest_evaluation(model_job.id) if model_job else None
        return Overview(
            participant.id,
            participant.nickname,
            project,
            datasets[0] if datasets else None,
            jobs[0] if jobs else None,
            model_job,
            evaluation,
        )

    def templates(self) -> list[Template]:
        """Return the ready templates in the order that the course shows them."""
        return list_templates()

    def save(
        self,
        participant_id: str,
        *,
        use_case: str,
        template: str | None,
        name: str,
        objective: str,
        nickname: str = "",
    ) -> ProjectRow:
        """Keep what step 1 asks.

        The same use case changes the current project; another one starts a new
        project, and the old one is kept with all that it led to.
        """
        self._store.see_participant(participant_id)
        if nickname.strip():
            self._store.name_participant(
                participant_id, nickname.strip()[:MAX_NICKNAME]
            )
        fields = {
            "use_case": use_case,
            "template": template,
            "name": name.strip()[:MAX_NAME],
            "objective": objective.strip()[:MAX_OBJECTIVE],
        }
        current = self._store.current_project(participant_id)
        if current is not None and _same_choice(current, use_case, template):
            self._store.update_project(current.id, **fields)
            return self._context.project(participant_id)
        return self._store.add_project(participant_id, **fields)

    def tools(self, participant_id: str) -> list[ToolOffer]:
        """Return every training backend with what it would take."""
        dataset = self._datasets.examples(participant_id)
        exam = self._datasets.exam_size(participant_id)
        project, offers = self._context.project(participant_id), []
        for name, trainer in self._context.trainers.items():
            forecast = None
            if dataset is not None:
                base = self._context.base_model(project, dataset.task, name)
                count = len(dataset)
                config = configure(dataset.task, Preset.BALANCED, count, base.name)
                forecast = trainer.forecast(dataset, config, exam)
            offers.append(ToolOffer(name, trainer.availability(), forecast))
        return offers

    def choose_tool(self, participant_id: str, name: str) -> None:
        """Keep the choice of step 3.

        Raises:
            UnknownTrainerError: There is no such tool.
            TrainerClosedError: It cannot be used here and now.
        """
        project = self._context.project(participant_id)
        if name not in self._context.trainers:
            available = ", ".join(self._context.trainers)
            raise UnknownTrainerError(name=name, available=available)
        availability = self._context.trainers[name].availability()
        if not availability.is_open:
            raise TrainerClosedError(name=name, reason=availability.reason or "")
        self._store.update_project(project.id, tool=name)


def _same_choice(current: ProjectRow, use_case: str, template: str | None) -> bool:
    return current.use_case == use_case and current.template == template
