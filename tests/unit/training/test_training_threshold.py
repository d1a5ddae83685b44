"""The threshold lies between unrelated questions and the examples' own."""

import random
from collections.abc import Sequence

import numpy as np
import pytest

from ftcore.data.examples import Example
from ftcore.models.embeddings import SpellingEmbedder
from ftcore.models.retrieval import (
    ExampleIndex,
    last_question,
    unrelated_questions,
)
from ftcore.training.augment import noised
from ftcore.training.threshold import learn_threshold

EXAMPLES = tuple(
    Example.from_pair(f"¿Cuánto cuesta el artículo {i}?", f"Cuesta {i} euros.")
    for i in range(12)
)


class PlantedEmbedder:
    """Gives unrelated questions and all others the cosines that a test plants."""

    name = "planted"
    is_semantic = True

    def __init__(self, unrelated: Sequence[float], known: float) -> None:
        self._unrelated = dict(
            zip(
                unrelated_questions(),
                np.resize(unrelated, len(unrelated_questions())),
                strict=True,
            )
        )
        self._known = known

    def query(self, texts: Sequence[str]) -> np.ndarray:
        cosines = np.array([self._unrelated.get(t, self._known) for t in texts])
        return np.stack([cosines, np.sqrt(1 - cosines**2)], axis=1).astype(np.float32)

    def passage(self, texts: Sequence[str]) -> np.ndarray:
        return np.tile(np.array([1.0, 0.0], dtype=np.float32), (len(texts), 1))


def test_unrelated_questions_are_refused_and_known_ones_are_not() -> None:
    embedder = PlantedEmbedder(np.linspace(0.7, 0.8, 20), known=0.9)
    index = ExampleIndex.build(EXAMPLES, embedder)
    threshold = learn_threshold(index)
    unrelated = index.certainties(unrelated_questions())
    known = index.certainties([example.prompt for example in EXAMPLES])
    assert (unrelated < threshold).mean() > 0.9
    assert (known >= threshold).all()


def test_a_known_question_is_answered_even_if_unrelated_ones_are_nearer() -> None:
    index = ExampleIndex.build(EXAMPLES, PlantedEmbedder([0.95], known=0.5))
    threshold = learn_threshold(index)
    known = index.certainties([example.prompt for example in EXAMPLES])
    assert (known >= threshold).all()
    assert threshold < 0.95


def test_spelling_alone_never_refuses() -> None:
    index = ExampleIndex.build(EXAMPLES, SpellingEmbedder())
    assert learn_threshold(index) == -1.0


@pytest.mark.slow
def test_the_real_embedder_tells_the_shop_from_the_rest() -> None:
    from ftcore.data.templates import load_template
    from ftcore.models.embeddings import default_embedder

    embedder = default_embedder()
    if not embedder.is_semantic:
        pytest.skip("this platform has no wheel of the semantic embedder")
    template = load_template("shop")
    index = ExampleIndex.build(template.dataset.examples, embedder)
    threshold = learn_threshold(index)
    asked = ["oye cuanto cuesta el envio", "se puede devolver una lampara rota?"]
    strange = ["¿Cuántas lunas tiene Júpiter?", "¿Quién inventó el teléfono?"]
    assert all(index.nearest(q)[0].similarity >= threshold for q in asked)
    assert all(index.nearest(q)[0].similarity < threshold for q in strange)
    rng = random.Random(7)
    careless = [noised(last_question(e), rng) for e in index.examples for _ in "abc"]
    assert (index.certainties(careless) >= threshold).mean() > 0.9
