"""Finding the example that answers, and how sure that is."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftcore.data.examples import Example
from ftcore.models.embeddings import SpellingEmbedder, default_embedder
from ftcore.models.retrieval import ExampleIndex

EXAMPLES = tuple(
    Example.from_pair(question, answer)
    for question, answer in [
        ("¿Cuánto cuesta arreglar un pinchazo?", "Arreglar un pinchazo cuesta 9 €."),
        ("¿Alquiláis bicicletas?", "Sí, una bici de paseo cuesta 15 € al día."),
        ("¿Qué horario tenéis los sábados?", "Los sábados, de 10:00 a 14:00."),
    ]
)
EMBEDDER = SpellingEmbedder()
INDEX = ExampleIndex.build(EXAMPLES, EMBEDDER)
SEMANTIC = default_embedder()


@given(st.text(max_size=60))
def test_the_nearest_come_in_the_order_of_their_scores(question: str) -> None:
    found = INDEX.nearest(question, 3)
    scores = INDEX.scores([question])[0] if found else []
    ranked = [scores[neighbour.position] for neighbour in found]
    assert ranked == sorted(ranked, reverse=True)
    assert all(INDEX.examples[n.position] is n.example for n in found)


@given(st.sampled_from(["areglar pinchaso", "alkilais bisis", "orario savados"]))
def test_certainty_is_that_of_the_nearest(question: str) -> None:
    certainty = INDEX.certainties([question])[0]
    assert certainty == pytest.approx(INDEX.nearest(question)[0].similarity, abs=1e-6)


def test_a_greeting_and_case_change_nothing() -> None:
    plain = INDEX.scores(["cuánto cuesta un pinchazo"])
    greeted = INDEX.scores(["Hola, buenas tardes, cuánto cuesta un pinchazo"])
    np.testing.assert_allclose(plain, greeted, atol=1e-6)


def test_a_part_of_an_index_scores_as_in_the_whole_but_for_the_letters() -> None:
    part = INDEX.only([2, 0])
    assert part.examples == (EXAMPLES[2], EXAMPLES[0])
    assert part.questions is not None
    assert INDEX.questions is not None
    np.testing.assert_array_equal(part.questions, INDEX.questions[[2, 0]])
    np.testing.assert_array_equal(part.usual, INDEX.usual[[2, 0]])


def test_labelled_texts_are_compared_by_meaning_and_letters_alone() -> None:
    index = ExampleIndex.build(EXAMPLES, EMBEDDER, answers=False)
    assert index.questions is None
    found = index.nearest("horario sábados")[0]
    assert found.similarity == pytest.approx(
        index.scores(["horario sábados"])[0, found.position]
    )


def test_an_index_without_examples_finds_nothing() -> None:
    assert INDEX.only([]).nearest("horario") == []


@pytest.mark.parametrize("answers", [True, False])
def test_a_saved_index_scores_alike(tmp_path: Path, answers: bool) -> None:
    index = ExampleIndex.build(EXAMPLES, EMBEDDER, answers=answers)
    index.save(tmp_path)
    with np.load(tmp_path / "index.npz", allow_pickle=False) as archive:
        again = ExampleIndex(
            EXAMPLES,
            archive["vectors"],
            EMBEDDER,
            archive.get("questions"),
            archive.get("usual"),
        )
    np.testing.assert_array_equal(
        index.scores(["un pinchazo"]), again.scores(["un pinchazo"])
    )


@pytest.mark.slow
@pytest.mark.skipif(not SEMANTIC.is_semantic, reason="no wheel of the real embedder")
def test_hasty_questions_find_their_example_and_other_things_are_less_sure() -> None:
    index = ExampleIndex.build(EXAMPLES, SEMANTIC)
    for question, row in [
        ("q vale areglar un pinchaso", 0),
        ("hola buenas, me dejáis una bici por un día?", 1),
        ("abris savado por la mañana?", 2),
    ]:
        assert index.nearest(question)[0].position == row
    known, other = index.certainties(["alquilais bicis?", "¿Alquiláis coches?"])
    assert known > other
