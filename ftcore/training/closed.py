"""Providers that this workshop knows of but cannot train with."""

from collections.abc import Sequence
from pathlib import Path

from ftcore.data.examples import Dataset
from ftcore.errors import TrainerClosedError, UnknownJobError
from ftcore.settings import DEFAULT_MODELS
from ftcore.training.base import (
    Availability,
    Forecast,
    JobStatus,
    ProgressEvent,
    TrainingConfig,
    TrainingRequest,
)
from ftcore.training.costs import usual_quote

REMOTE_SECONDS = 25 * 60.0  # what public reports of jobs of this size took, with queue


class ClosedTrainer:
    """Says what a provider would cost and why it is closed; starts nothing.

    Args:
        name: Name in the registry and in ``assets/prices.yaml``.
        reason: Key of ``trainers.<name>.reasons.<reason>`` in the texts.
        models_dir: Folder of the base models, where tokenizers are kept too.
    """

    def __init__(
        self, name: str, reason: str, models_dir: Path = DEFAULT_MODELS
    ) -> None:
        self.name = name
        self._reason = reason
        self._models_dir = models_dir

    def availability(self) -> Availability:
        """Return that it is closed, and why."""
        return Availability(is_open=False, reason=self._reason)

    def forecast(
        self,
        dataset: Dataset,
        config: TrainingConfig,  # noqa: ARG002
        exam: int | None = None,  # noqa: ARG002
    ) -> Forecast:
        """Estimate the price with the provider's own number of epochs."""
        quoted = usual_quote(self.name, dataset, self._models_dir)
        return Forecast(REMOTE_SECONDS, quoted.usd)

    def start(self, request: TrainingRequest) -> str:  # noqa: ARG002
        """Refuse.

        Raises:
            TrainerClosedError: Always.
        """
        raise TrainerClosedError(name=self.name, reason=self._reason)

    def status(self, job_id: str) -> JobStatus:
        """Refuse: nothing was ever started here.

        Raises:
            UnknownJobError: Always.
        """
        raise UnknownJobError(job_id=job_id)

    def events(self, job_id: str) -> Sequence[ProgressEvent]:
        """Refuse: nothing was ever started here.

        Raises:
            UnknownJobError: Always.
        """
        raise UnknownJobError(job_id=job_id)

    def cancel(self, job_id: str) -> None:
        """Refuse: nothing was ever started here.

        Raises:
            UnknownJobError: Always.
        """
        raise UnknownJobError(job_id=job_id)

    def pause(self, job_id: str) -> None:
        """Refuse: nothing was ever started here.

        Raises:
            UnknownJobError: Always.
        """
        raise UnknownJobError(job_id=job_id)

    def resume(self, job_id: str) -> None:
        """Refuse: nothing was ever started here.

        Raises:
            UnknownJobError: Always.
        """
        raise UnknownJobError(job_id=job_id)

    def prepare(self) -> None:
        """Do nothing: no job will come."""
