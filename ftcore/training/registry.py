"""Every training backend by name; a new one is one line here."""

from collections.abc import Callable, Mapping

from ftcore.errors import UnknownTrainerError
from ftcore.settings import Settings
from ftcore.training.base import Trainer
from ftcore.training.closed import ClosedTrainer
from ftcore.training.local import LocalTrainer
from ftcore.training.simulated import SimulatedTrainer

TRAINERS: Mapping[str, Callable[[Settings], Trainer]] = {
    "local": LocalTrainer,
    "simulated": lambda _: SimulatedTrainer(),
    "openai": lambda _: ClosedTrainer("openai", "winding_down"),
    "huggingface": lambda _: ClosedTrainer("huggingface", "not_connected"),
    "google": lambda _: ClosedTrainer("google", "not_connected"),
    "aws": lambda _: ClosedTrainer("aws", "not_connected"),
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
