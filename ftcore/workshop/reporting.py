"""Write a participant's report from what the store and the model's folder know."""

from ftcore.errors import UnknownBaseModelError
from ftcore.models.catalog import load_catalog
from ftcore.models.trained import TrainedModel, load_trained
from ftcore.reports.facts import DatasetFacts, ProjectFacts, TrainingFacts
from ftcore.reports.report import Report, build_report
from ftcore.workshop.context import Context
from ftcore.workshop.results import Results


class Reporting:
    """Verbs on what a participant takes home."""

    def __init__(self, context: Context, results: Results) -> None:
        self._context = context
        self._results = results

    def report(self, participant_id: str) -> Report:
        """Return the report of the participant's newest model.

        Raises:
            StepLockedError: Nothing has been trained yet.
        """
        project, _job, folder = self._context.require_model(participant_id)
        model = load_trained(folder)
        dashboard = self._results.dashboard(participant_id)
        person = self._context.store.see_participant(participant_id)
        return build_report(
            ProjectFacts(project.name, project.objective, person.nickname),
            DatasetFacts(
                model.dataset_name,
                model.task,
                model.examples,
                model.train_examples,
                model.test_examples,
                model.labels,
                model.dataset_version,
                model.is_one_by_one,
            ),
            _training_facts(model),
            dashboard.evaluation,
            dashboard.grade,
        )


def _training_facts(model: TrainedModel) -> TrainingFacts:
    epochs = model.config.get("epochs")
    title, licence = _base(model.base_model)
    return TrainingFacts(
        title,
        licence,
        epochs if isinstance(epochs, int) else 0,
        model.steps,
        model.seconds,
        model.train_loss or None,
    )


def _base(name: str) -> tuple[str, str]:
    """Return title and licence; a model taken off the catalogue keeps its name."""
    try:
        base = load_catalog().find(name)
    except UnknownBaseModelError:
        return name, ""
    return base.title, base.licence
