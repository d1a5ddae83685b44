"""Embed the examples of whoever is about to train, while they still choose how."""

import logging
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import suppress

from ftcore.data.examples import Dataset, Task
from ftcore.models.embeddings import Embedder
from ftcore.models.label_head import text_vectors
from ftcore.models.retrieval import ExampleIndex, index_texts, unrelated_questions
from ftcore.training.pool import NICENESS
from ftcore.training.threshold import learn_threshold

MOST_EXAMPLES = 300  # the rest is left to the training, which shows how long it takes
_AT_ONCE = 4  # texts: 0.1 to 0.3 s, for which a question of a chat may have to wait
_BREATH_SECONDS = 0.01  # in which who waits for the embedder takes its lock

logger = logging.getLogger(__name__)


class VectorsAhead:
    """One patient thread of the server: pages and chats go first.

    A fifth of a room's training is the embedding of its examples. What is done here is
    found in the store by whoever trains; what is not done yet, they do themselves.

    Args:
        embedder: Keeps what it makes.
    """

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: set[str] = set()  # what was asked for
        self._is_closed = threading.Event()
        self._thread = ThreadPoolExecutor(
            1, thread_name_prefix="vectors-ahead", initializer=_give_way
        )

    def prepare(self, fingerprint: str, read: Callable[[], Dataset]) -> None:
        """Embed a dataset soon; nothing is done for one that was asked for before.

        Args:
            fingerprint: Tells datasets apart.
            read: Reads the examples, when it is their turn.
        """
        if fingerprint in self._known or self._is_closed.is_set():
            return
        self._known.add(fingerprint)
        with suppress(RuntimeError):  # closed meanwhile
            self._thread.submit(self._embed, read)

    def close(self) -> None:
        """End after the texts under way."""
        self._is_closed.set()
        self._thread.shutdown(wait=True, cancel_futures=True)

    def _embed(self, read: Callable[[], Dataset]) -> None:
        try:
            self._make(read())
        except CancelledError:
            return
        except Exception:  # whoever trains is told
            logger.exception("not embedded ahead")

    def _make(self, dataset: Dataset) -> None:
        examples = dataset.examples[:MOST_EXAMPLES]
        answers = dataset.task is Task.CHAT
        for some in self._parts(index_texts(examples, answers=answers)):
            self._embedder.passage(some)
        if dataset.task is Task.CLASSIFICATION:
            for some in self._parts([example.prompt for example in examples]):
                text_vectors(some, self._embedder)
        if answers and examples:
            for some in self._parts(unrelated_questions()):
                self._embedder.query(some)
            # For the vectors of what it asks, in the examples' spelling.
            learn_threshold(ExampleIndex.build(examples, self._embedder))

    def _parts(self, texts: Sequence[str]) -> Iterator[Sequence[str]]:
        """Yield a few texts at a time, until it is closed."""
        for begin in range(0, len(texts), _AT_ONCE):
            if self._is_closed.wait(_BREATH_SECONDS):
                raise CancelledError
            yield texts[begin : begin + _AT_ONCE]


def _give_way() -> None:
    """Make this thread the nicest of the server; only Linux counts them singly."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
