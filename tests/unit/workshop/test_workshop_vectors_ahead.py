"""Who is about to train finds the vectors made."""

import threading

import numpy as np
import pytest

from ftcore.data.examples import Dataset, Example, Task
from ftcore.models.label_head import text_vectors
from ftcore.models.retrieval import ExampleIndex
from ftcore.models.vector_store import KeptEmbedder, VectorStore
from ftcore.training.threshold import learn_threshold
from ftcore.workshop.vectors_ahead import MOST_EXAMPLES, VectorsAhead
from tests.waiting import eventually

PATIENCE = 10.0


class Slow:
    """Makes vectors one call at a time, each let through by the test."""

    name, is_semantic = "slow", True

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.may_go = threading.Event()
        self.may_go.set()
        self.fails = False

    def query(self, texts):
        return self._made("query", texts)

    def passage(self, texts):
        return self._made("passage", texts)

    def _made(self, kind, texts):
        assert self.may_go.wait(PATIENCE)
        if self.fails:
            raise MemoryError
        self.asked += [(kind, text) for text in texts]
        return np.ones((len(texts), 2), dtype=np.float32)


@pytest.fixture
def embedder():
    return Slow()


@pytest.fixture
def ahead(embedder, tmp_path):
    store = VectorStore(tmp_path / "vectors.db")
    made = VectorsAhead(KeptEmbedder(lambda: embedder, store))
    yield made
    embedder.may_go.set()
    made.close()


def dataset(task: Task, count: int = 6) -> Dataset:
    examples = [
        Example.from_pair(f"pregunta {n}", "sí" if n % 2 else "no")
        for n in range(count)
    ]
    return Dataset("d", task, tuple(examples))


def prepare(ahead: VectorsAhead, data: Dataset) -> None:
    ahead.prepare(data.fingerprint, lambda: data)


@pytest.mark.parametrize("task", list(Task))
def test_all_that_a_training_embeds_is_made(ahead, embedder, task):
    data, training = dataset(task), Slow()
    index = ExampleIndex.build(data.examples, training, answers=task is Task.CHAT)
    if task is Task.CLASSIFICATION:
        text_vectors([example.prompt for example in data.examples], training)
    if task is Task.CHAT:
        learn_threshold(index)
    # What any question is compared with is made by the first training of all.
    own = {(kind, text) for kind, text in training.asked if "pregunta" in text}
    prepare(ahead, data)
    eventually(lambda: own <= set(embedder.asked))


def test_the_same_examples_are_embedded_once(ahead, embedder):
    prepare(ahead, dataset(Task.CHAT))
    prepare(ahead, dataset(Task.CHAT))
    prepare(ahead, dataset(Task.CHAT, 7))
    eventually(lambda: ("passage", "pregunta 6") in embedder.asked)
    assert len(embedder.asked) == len(set(embedder.asked))


def test_nobody_waits_for_it_and_closing_leaves_the_rest(ahead, embedder):
    embedder.may_go.clear()
    prepare(ahead, dataset(Task.CHAT, 40))  # returns though nothing can be made
    assert embedder.asked == []
    closing = threading.Thread(target=ahead.close)
    closing.start()
    embedder.may_go.set()
    closing.join(PATIENCE)
    assert not closing.is_alive()
    assert len(embedder.asked) < 40
    prepare(ahead, dataset(Task.CHAT, 3))  # harmless


def test_of_a_large_dataset_only_the_first_are_embedded(ahead, embedder):
    prepare(ahead, dataset(Task.COMPLETION, MOST_EXAMPLES + 50))
    prepare(ahead, dataset(Task.CHAT, 1))
    eventually(lambda: ("passage", "pregunta 0") in embedder.asked)
    assert any(f"pregunta {MOST_EXAMPLES - 1}" in text for _, text in embedder.asked)
    assert not any(f"pregunta {MOST_EXAMPLES}" in text for _, text in embedder.asked)


def test_one_that_fails_does_not_stop_the_next(ahead, embedder, caplog):
    embedder.fails = True
    prepare(ahead, dataset(Task.CHAT, 4))
    eventually(lambda: "not embedded ahead" in caplog.text)
    embedder.fails = False
    prepare(ahead, dataset(Task.CHAT, 5))
    eventually(lambda: ("passage", "pregunta 4") in embedder.asked)
