"""Step 3: which base model learns, and bringing another one here."""

from dataclasses import dataclass

from ftcore.data.examples import Dataset, Task
from ftcore.errors import UnknownBaseModelError
from ftcore.jobs.model_downloads import Download, ModelDownloads
from ftcore.models.catalog import BaseModel, load_catalog
from ftcore.training.base import Preset
from ftcore.workshop.context import LOCAL_TOOL, Context
from ftcore.workshop.planning import planned


@dataclass(frozen=True, slots=True)
class BaseModelOffer:
    """A base model that a project can learn on.

    Attributes:
        model: Its entry in the catalogue.
        is_usual: Whether it is the one taken unless told otherwise.
        is_here: Whether its file is on this machine.
        is_chosen: Whether the project learns on it.
        download: The newest attempt to bring it here.
        seconds: What training the current examples on it would take; ``None`` if
            there are none yet.
    """

    model: BaseModel
    is_usual: bool
    is_here: bool
    is_chosen: bool
    download: Download | None
    seconds: float | None = None

    @property
    def is_coming(self) -> bool:
        """Whether it is being downloaded."""
        return self.download is not None and self.download.is_running


class BaseModels:
    """Verbs on the base models of the catalogue."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.downloads = ModelDownloads(context.settings.models_dir)

    def offers(
        self, participant_id: str, task: Task, dataset: Dataset | None = None
    ) -> list[BaseModelOffer]:
        """Return what can learn a task, in the catalogue's order.

        Args:
            participant_id: Who chooses.
            task: What is to be learnt.
            dataset: What it would be learnt from, to say how long it takes.

        Raises:
            StepLockedError: The participant has no project yet.
        """
        project = self._context.project(participant_id)
        chosen = self._context.base_model(project, task)
        catalog, where = load_catalog(), self._context.settings.models_dir
        return [
            BaseModelOffer(
                model,
                model == catalog.default_for(task),
                model.locate(where) is not None,
                model == chosen,
                self.downloads.look(model.name),
                None if dataset is None else self._seconds(model, dataset),
            )
            for model in catalog.for_task(task)
        ]

    def choose(self, participant_id: str, name: str, task: Task = Task.CHAT) -> None:
        """Learn on this base model from now on.

        Args:
            participant_id: Who chooses.
            name: Of the base model.
            task: What is to be learnt.

        Raises:
            StepLockedError: The participant has no project yet.
            UnknownBaseModelError: No base model of that name can learn the task.
            BaseModelMissingError: It is not on this machine yet.
        """
        project = self._context.project(participant_id)
        model = _learner(name, task)
        model.require(self._context.settings.models_dir)
        self._context.store.update_project(project.id, base_model=model.name)

    def bring(self, name: str) -> None:
        """Begin to download a base model, for everybody in the room.

        Raises:
            UnknownBaseModelError: The catalogue has no base model of that name.
        """
        self.downloads.start(load_catalog().find(name))

    def _seconds(self, model: BaseModel, dataset: Dataset) -> float:
        trainer = self._context.trainers[LOCAL_TOOL]
        return planned(dataset, Preset.BALANCED, trainer, model.name)[1].seconds


def _learner(name: str, task: Task) -> BaseModel:
    able = load_catalog().for_task(task)
    for model in able:
        if model.name == name:
            return model
    available = ", ".join(model.name for model in able)
    raise UnknownBaseModelError(name=name, available=available)
