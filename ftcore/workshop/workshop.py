"""One running workshop: every part built once, and its verbs in groups."""

import logging
import secrets
from functools import partial

from ftcore.chat.arms import welcome_tuned
from ftcore.chat.engines import EnginePool
from ftcore.chat.openings import MOST_BYTES
from ftcore.jobs.evaluations import EvaluationRunner
from ftcore.jobs.runner import JobRunner
from ftcore.settings import Settings
from ftcore.storage.database import open_database
from ftcore.storage.store import Store
from ftcore.texts import text
from ftcore.tokens import Signer, load_secret
from ftcore.training.registry import create_trainers
from ftcore.workshop.api import Api
from ftcore.workshop.base_models import BaseModels
from ftcore.workshop.cases import Cases
from ftcore.workshop.context import Context
from ftcore.workshop.datasets import Datasets
from ftcore.workshop.planning import Planning
from ftcore.workshop.playground import Playground
from ftcore.workshop.projects import Projects
from ftcore.workshop.reporting import Reporting
from ftcore.workshop.results import Results
from ftcore.workshop.room import Room
from ftcore.workshop.steps import Step, StepState
from ftcore.workshop.training import Training

logger = logging.getLogger(__name__)


class Workshop:
    """The library as pages see it.

    Attributes:
        projects: Steps 1 and 3 (participant, project, tool).
        datasets: Step 2 (examples, their versions and what they are like).
        base_models: Step 3 (which base model learns, and bringing it here).
        planning: Step 4, before it starts.
        training: Step 4 (jobs).
        playground: Step 5 (chat).
        api: Step 5 for other programs (keys, endpoint).
        cases: Steps 5 and 6 (questions saved to test with).
        results: Step 6 (evaluation, ratings, grade).
        reporting: Step 6 (the report to take home).
        room: The facilitator's view, and links.

    Args:
        settings: What the environment says; decides where everything is kept.
    """

    def __init__(self, settings: Settings) -> None:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        self.settings = settings
        self.context = Context(
            settings=settings,
            store=Store(open_database(settings.database_url)),
            trainers=create_trainers(settings),
            engines=EnginePool(settings.models_dir, opening_bytes=MOST_BYTES),
            signer=Signer(load_secret(settings)),
        )
        password = settings.facilitator_password or secrets.token_urlsafe(6)
        self._announced = None if settings.facilitator_password else password
        self.datasets = Datasets(self.context)
        self.projects = Projects(self.context, self.datasets)
        self.base_models = BaseModels(self.context)
        self.planning = Planning(self.context, self.datasets)
        self.training = Training(self.context, self.datasets)
        self.playground = Playground(self.context)
        self.api = Api(self.context)
        self.cases = Cases(self.context, self.datasets)
        self.results = Results(self.context)
        self.reporting = Reporting(self.context, self.results)
        self.room = Room(
            self.context, self.projects, self.results, self.training.queue, password
        )
        self.jobs = JobRunner(
            self.context.store,
            self.context.trainers,
            self.training.request,
            self.training.queue.workers,
            partial(welcome_tuned, engines=self.context.engines),
        )
        self.evaluations = EvaluationRunner(self.context.store, self.context.engines)

    def start(self) -> None:
        """Begin to look after jobs and evaluations; prints a made-up password."""
        if self._announced:
            logger.warning(text("app.facilitator_password", password=self._announced))
        self.jobs.start()
        self.evaluations.start()

    def step_states(self, participant_id: str) -> dict[Step, StepState]:
        """Return how each of the six steps stands, noting the visit."""
        return self.projects.visit(participant_id).steps

    def stop(self) -> None:
        """Stop the background threads and give everything back."""
        self.jobs.stop()
        self.evaluations.stop()
        self.base_models.downloads.stop()
        self.datasets.close()
        self.context.engines.close()
        self.context.store.close()
