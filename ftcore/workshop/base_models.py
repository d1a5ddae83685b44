"""Step 3: which base model learns, and bringing another one here."""

from dataclasses import dataclass

from ftcore.data.examples import Task
from ftcore.errors import UnknownBaseModelError
from ftcore.jobs.model_downloads import Download, ModelDownloads
from ftcore.models.catalog import BaseModel, load_catalog
from ftcore.workshop.context import Context


@dataclass(frozen=True, slots=True)
class BaseModelOffer:
    """A base model that a project can learn on.

    Attributes:
        model: Its entry in the catalogue.
        is_usual: Whether it is the one taken unless told otherwise.
        is_here: Whether its file is on this machine.
        is_chosen: Whether the project learns on it.
        download: The newest attempt to bring it here.
    """

    model: BaseModel
    is_usual: bool
    is_here: bool
    is_chosen: bool
    download: Download | None

    @property
    def is_coming(self) -> bool:
        """Whether it is being downloaded."""
        return self.download is not None and self.download.is_running


class BaseModels:
    """Verbs on the base models of the catalogue."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.downloads = ModelDownloads(context.settings.models_dir)

    def offers(self, participant_id: str, task: Task) -> list[BaseModelOffer]:
        """Return what can learn a task, in the catalogue's order.

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
            )
            for model in catalog.for_task(task)
        ]

    def choose(self, participant_id: str, name: str) -> None:
        """Learn on this base model from now on.

        Raises:
            StepLockedError: The participant has no project yet.
            UnknownBaseModelError: No base model of that name can write.
            BaseModelMissingError: It is not on this machine yet.
        """
        project = self._context.project(participant_id)
        model = _writer(name)
        model.require(self._context.settings.models_dir)
        self._context.store.update_project(project.id, base_model=model.name)

    def bring(self, name: str) -> None:
        """Begin to download a base model, for everybody in the room.

        Raises:
            UnknownBaseModelError: No base model of that name can write.
        """
        self.downloads.start(_writer(name))


def _writer(name: str) -> BaseModel:
    writers = load_catalog().for_task(Task.CHAT)
    for model in writers:
        if model.name == name:
            return model
    available = ", ".join(model.name for model in writers)
    raise UnknownBaseModelError(name=name, available=available)
