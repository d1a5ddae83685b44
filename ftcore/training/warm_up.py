"""Load what the next training will most likely need, before anybody waits for it."""

import logging
from pathlib import Path

from ftcore.data.examples import Task
from ftcore.errors import FtcoreError
from ftcore.models.base_tokenizer import load_base_tokenizer
from ftcore.models.catalog import load_catalog
from ftcore.models.embeddings import default_embedder
from ftcore.training.learners import make_learner
from ftcore.training.prepare import prepare_base_model

logger = logging.getLogger(__name__)


def warm_up(models_dir: Path) -> None:
    """Load the embedder, and the usual base model with its tokenizer.

    They stay in memory for the trainings of this process. What is not on this machine
    is left to the training itself, which can say why.

    Args:
        models_dir: Where the base models lie.
    """
    default_embedder().passage(["hola"])
    base = load_catalog().default_for(Task.CHAT)
    try:
        gguf = base.require(models_dir)
        prepared = prepare_base_model(base, models_dir)
    except FtcoreError:
        logger.info("%s is not here yet", base.name)
        return
    load_base_tokenizer(gguf)
    make_learner(prepared, rank=1, seed=0, longest=1)
