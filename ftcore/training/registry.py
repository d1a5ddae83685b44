"""Every training backend by name; a new one is one line here."""

from collections.abc import Callable, Mapping
from functools import partial

from ftcore.errors import UnknownTrainerError
from ftcore.settings import Settings
from ftcore.training.base import Trainer
from ftcore.training.closed import ClosedTrainer
from ftcore.training.local import LocalTrainer
from ftcore.training.simulated import SimulatedTrainer


def _closed(name: str, reason: str, settings: Settings) -> Trainer:
    return ClosedTrainer(name, reason, settings.models_dir)


TRAINERS: Mapping[str, Callable[[Settings], Trainer]] = {
    "local": LocalTrainer,
    "simulated": lambda _: SimulatedTrainer(),
    "openai": partial(_closed, "openai", "winding_down"),
    "huggingface": partial(_closed, "huggingface", "not_connected"),
    "google": partial(_closed, "google", "not_connected"),
    "aws": partial(_closed, "aws", "not_connected"),
}


def create_trainers(settings: Settings) -> dict[str, Trainer]:
    """Return every backend, in the order in which the page shows them."""
    return {name: make(settings) for name, make in TRAINERS.items()}


def create_trainer(name: str, settings: Settings) -> Trainer:
    """Return one backend.

    Raises:
        UnknownTrainerError: There is none of that name.
    """
    if name not in TRAINERS:
        raise UnknownTrainerError(name=name, available=", ".join(TRAINERS))
    return TRAINERS[name](settings)
