"""How many trainings this machine takes at once, and with how many threads."""

from pathlib import Path

from ftcore.data.examples import Task
from ftcore.models.catalog import BaseModel, load_catalog
from ftcore.settings import Settings
from ftcore.training.base import Preset
from ftcore.training.machine import total_memory_mb, usable_cores
from ftcore.training.memory import read_memory
from ftcore.training.presets import configure

RESERVED_MB = 2000.0  # the web server, its chats and the system
USUAL_TOKENS = 150  # of a conversation that shows an example
USUAL_EXAMPLES = 30


def worker_memory_mb(models_dir: Path) -> float:
    """Return what one training may hold: the most demanding preset and base.

    Args:
        models_dir: Folder of the base models; those that are not here do not count.
    """
    catalog = load_catalog()
    usual = catalog.find(catalog.default_generation)
    here = [base for base in catalog.for_task(Task.CHAT) if base.locate(models_dir)]
    return max(_need_mb(base, models_dir) for base in [usual, *here])


def _need_mb(base: BaseModel, models_dir: Path) -> float:
    model = read_memory(models_dir, base.name, base.parameters_m)
    return max(
        model.job_mb(
            configure(Task.CHAT, preset, USUAL_EXAMPLES, base.name), [USUAL_TOKENS]
        )
        for preset in Preset
    )


def worker_count(
    settings: Settings, cores: int | None = None, memory_mb: float | None = None
) -> int:
    """Return how many trainings run at once: as many as cores and memory allow.

    Two workers of one thread each do more than one of two: threads wait for each
    other after every product, processes never.

    Args:
        settings: ``parallel_jobs`` overrides; 0 chooses.
        cores: Cores to count on; this process's own unless given.
        memory_mb: Memory to count on; this machine's unless given.
    """
    if settings.parallel_jobs:
        return settings.parallel_jobs
    available = total_memory_mb() if memory_mb is None else memory_mb
    each = worker_memory_mb(settings.models_dir)
    fitting = int((available - RESERVED_MB) / each)
    return max(1, min(usable_cores() if cores is None else cores, fitting))


def threads_of_each(settings: Settings, workers: int, cores: int | None = None) -> int:
    """Return the threads of one training when ``workers`` of them share the machine.

    Args:
        settings: ``training_threads`` overrides; 0 chooses.
        workers: Trainings at once.
        cores: Cores to count on; this process's own unless given.
    """
    if settings.training_threads:
        return settings.training_threads
    found = usable_cores() if cores is None else cores
    return max(1, found // max(1, workers))
