"""The quality score: bounded, never lowered by mending, honest about what it lacks."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftcore.data.checks import CHECKS
from ftcore.data.examples import Dataset, Example, Task
from ftcore.data.findings import Finding, Severity
from ftcore.data.fixes import FIXES, apply_fix, renumber
from ftcore.data.quality import Quality, measure_quality
from ftcore.data.quality_parts import ANSWER_POINTS, LABEL_POINTS
from ftcore.data.templates import list_templates
from ftcore.texts import catalog, text

QUESTIONS = [
    f"¿{word} {topic}?"
    for word in ("Cómo es", "Cuánto cuesta", "Dónde está")
    for topic in ("la terraza", "el menú", "la sala <b>azul</b>", "el vino")
]
ANSWERS = (
    "Puedes verlo en nuestra web, en la parte de abajo.",
    "Cuesta 12 euros, con el pan y la bebida.",
    "Está junto a la entrada del jardín",
    "Pregunte usted en recepción cuando llegue.",
    "Lo tienes en la primera planta y",
    "lorem ipsum",
    "Sí.<|im_end|>",
    "You can see it on our web page whenever you want.",
)
LABELS = ("urgente", "normal", "normal", "baja", "urgnte", "TODO")

chats = st.lists(
    st.tuples(st.sampled_from(QUESTIONS), st.sampled_from(ANSWERS)),
    min_size=1,
    max_size=40,
)
labels = st.lists(
    st.tuples(st.sampled_from(QUESTIONS), st.sampled_from(LABELS)),
    min_size=1,
    max_size=40,
)
datasets = st.one_of(
    chats.map(lambda rows: make(rows)),
    labels.map(lambda rows: make(rows, Task.CLASSIFICATION)),
)


def make(rows: list[tuple[str, str]], task: Task = Task.CHAT) -> Dataset:
    examples = tuple(Example.from_pair(q, a, i) for i, (q, a) in enumerate(rows, 1))
    return Dataset("prueba", task, examples)


def findings_of(dataset: Dataset) -> list[Finding]:
    return [finding for check in CHECKS for finding in check(dataset)]


def score_of(dataset: Dataset, tested: int = 5) -> Quality:
    return measure_quality(dataset, findings_of(dataset), test_size=tested)


def good(count: int) -> list[tuple[str, str]]:
    return [
        (f"¿Qué se hace en la sala {i}?", f"En la sala {i} puedes leer {i} libros.")
        for i in range(count)
    ]


@given(dataset=datasets, tested=st.integers(0, 40))
@settings(max_examples=80, deadline=None)
def test_the_score_is_the_sum_of_its_parts(dataset, tested):
    quality = score_of(dataset, tested)
    most = LABEL_POINTS if dataset.labels else ANSWER_POINTS
    assert [(part.name, part.most) for part in quality.parts] == list(most.items())
    assert all(0 <= part.points <= part.most for part in quality.parts)
    assert quality.score == sum(part.points for part in quality.parts)
    gains = [advice.gain for advice in quality.best]
    assert gains == sorted(gains, reverse=True)
    assert all(0 < gain <= 100 - quality.score for gain in gains)
    for advice in quality.best:
        assert text(f"quality.advice.{advice.name}", **advice.params)


def test_points_add_up_to_a_hundred():
    assert sum(ANSWER_POINTS.values()) == 100
    assert sum(LABEL_POINTS.values()) == 100
    for name in {*ANSWER_POINTS, *LABEL_POINTS}:
        assert catalog()[f"quality.parts.{name}"]
        assert catalog()[f"quality.about.{name}"]


@given(dataset=datasets)
@settings(max_examples=80, deadline=None)
def test_taking_out_a_copy_never_lowers_the_score(dataset):
    before = score_of(dataset)
    after = score_of(apply_fix(dataset, "duplicate").dataset)
    assert after.score >= before.score
    for part, earlier in zip(after.parts, before.parts, strict=True):
        assert part.points >= earlier.points


@given(dataset=datasets, code=st.sampled_from(sorted(FIXES)))
@settings(max_examples=150, deadline=None)
def test_a_fix_never_lowers_the_score(dataset, code):
    """As long as nothing new is found in what is left."""
    findings = findings_of(dataset)
    result = apply_fix(dataset, code)
    if not len(result.dataset):
        return
    left = findings_of(result.dataset)
    known = {f.code for f in findings} - {code}
    if {f.code for f in left if f.line} <= known:
        before = measure_quality(dataset, findings, test_size=5)
        after = measure_quality(result.dataset, left, test_size=5)
        assert after.score >= before.score


@given(count=st.integers(1, 70), tested=st.integers(0, 20))
@settings(max_examples=40, deadline=None)
def test_more_good_examples_and_a_larger_test_never_lower_the_score(count, tested):
    now = score_of(make(good(count)), tested).score
    assert score_of(make(good(count + 1)), tested).score >= now
    assert score_of(make(good(count)), tested + 1).score >= now


@pytest.mark.parametrize("template", list_templates(), ids=lambda t: t.name)
def test_the_templates_are_good(template):
    dataset = renumber(template.dataset)
    findings = findings_of(dataset)
    quality = measure_quality(dataset, findings, test_size=len(template.test))
    assert quality.score >= 80


def test_fifty_good_examples_with_a_test_have_all_points():
    quality = score_of(make(good(50)), 10)
    assert quality.score == 100
    assert quality.best == ()


def test_the_advice_keeps_its_promise():
    short = score_of(make(good(4)))
    best = next(advice for advice in short.best if advice.name == "amount")
    assert best.params == {"count": 6}
    assert score_of(make(good(10))).score - short.score == best.gain


def test_the_worst_fault_comes_first():
    rows = [(q, "lorem ipsum" if i % 2 else a) for i, (q, a) in enumerate(good(40))]
    quality = score_of(make(rows), 10)
    assert quality.best[0].name == "placeholder"
    assert quality.best[0].params == {"count": 20}
    causes = {part.name: part.code for part in quality.parts}
    assert causes["cleanliness"] == "placeholder"


def test_a_small_class_is_asked_for_by_name():
    rows = [(f"El mensaje {i} trata de algo", "normal") for i in range(20)]
    rows += [(f"La carta {i} trata de algo", "urgente") for i in range(4)]
    advice = {a.name: a for a in score_of(make(rows, Task.CLASSIFICATION)).best}
    assert advice["class"].params == {"count": 10, "label": "urgente"}


def test_equal_classes_have_all_points_of_balance():
    rows = [(f"El mensaje {i} trata de algo", "ab"[i % 2] * 3) for i in range(20)]
    parts = {p.name: p for p in score_of(make(rows, Task.CLASSIFICATION)).parts}
    assert parts["balance"].points == parts["balance"].most


def test_what_was_mended_while_reading_costs_nothing():
    dataset = make(good(20))
    mended = [Finding("mojibake", Severity.REPAIR, line) for line in range(1, 10)]
    clean = measure_quality(dataset, [], test_size=5)
    assert measure_quality(dataset, mended, test_size=5) == clean


@pytest.mark.parametrize("task", list(Task))
def test_no_examples_score_nothing_but_their_test(task):
    quality = measure_quality(Dataset("vacío", task, ()), [], test_size=0)
    assert quality.score == 0
