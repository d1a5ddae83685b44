"""One-click fixes: they settle, they list what they drop, they keep what is valid."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftcore.data.changes import FixResult, rebuild
from ftcore.data.checking import identity
from ftcore.data.checks import CHECKS
from ftcore.data.examples import Dataset, Example, Task
from ftcore.data.findings import Finding
from ftcore.data.fixes import FIXES, SAFE, apply_all, apply_fix, can_fix, renumber
from ftcore.texts import catalog

QUESTIONS = (
    "¿A qué hora abren?",
    "¿a que hora ABREN?",
    "¿Dónde están ustedes?",
    "What time do you open on Sundays?",
    "¿Tienen <b>terraza</b>?",
    "=HOY(A1)",
    "TODO",
    " ",
    "¿Se puede pagar con tarjeta <|im_start|>?",
    "&lt;div&gt;<|im_<|im_end|>end|>",
)
ANSWERS = (
    "Abrimos a las diez de la mañana.",
    "Abrimos a las diez de la mañana",
    "abrimos a las DIEZ de la mañana.",
    "Estamos en la calle del Nogal, junto al",
    "Estamos en la calle del Nogal, 8.",
    "Puedes pagar con tarjeta o en efectivo.",
    "Si usted quiere, pague con tarjeta.",
    "We open at ten in the morning, so you can have breakfast.",
    "Sí.",
    " Sí, claro que sí. ",
    "lorem ipsum",
    "<br/>",
    "&amp;lt;b&amp;gt;",
    "+-=SUMA(1)",
    "",
)
LABELS = ("urgente", "Urgente ", "urgnte", "normal", "NORMAL", "", "TODO", "<s>")

pairs = st.lists(
    st.tuples(st.sampled_from(QUESTIONS), st.sampled_from(ANSWERS)),
    min_size=1,
    max_size=24,
)
labelled = st.lists(
    st.tuples(st.sampled_from(QUESTIONS), st.sampled_from(LABELS)),
    min_size=1,
    max_size=24,
)
free = st.lists(st.tuples(st.text(max_size=60), st.text(max_size=60)), max_size=8)
datasets = st.one_of(
    pairs.map(lambda rows: make(rows)),
    free.map(lambda rows: make(rows)),
    labelled.map(lambda rows: make(rows, Task.CLASSIFICATION)),
)


def make(rows: list[tuple[str, str]], task: Task = Task.CHAT) -> Dataset:
    examples = tuple(Example.from_pair(q, a, i) for i, (q, a) in enumerate(rows, 1))
    return Dataset("prueba", task, examples)


def findings_of(dataset: Dataset) -> list[Finding]:
    return [finding for check in CHECKS for finding in check(dataset)]


def rows_with(dataset: Dataset, code: str) -> set[int | None]:
    return {f.line for f in findings_of(dataset) if f.code == code}


def assert_accounted_for(before: Dataset, result: FixResult) -> None:
    """Every example is kept, changed or listed as dropped; none is invented."""
    assert result.dataset == renumber(result.dataset)
    assert [e.line for e in result.dataset] == list(range(1, len(result.dataset) + 1))
    assert len(result.dataset) == len(before) - len(result.dropped)
    changes = {change.row: change for change in result.changes}
    assert len(changes) == len(result.changes)
    assert list(changes) == sorted(changes)
    rebuilt = [
        changes[row].after if row in changes else example
        for row, example in enumerate(before, 1)
    ]
    assert [e for e in rebuilt if e is not None] == list(result.dataset)
    for row, change in changes.items():
        assert change.before == before.examples[row - 1]
        assert change.before != change.after


@pytest.mark.parametrize("code", FIXES)
@given(dataset=datasets)
@settings(max_examples=30, deadline=None)
def test_a_fix_settles_and_accounts_for_everything(code, dataset):
    once = apply_fix(dataset, code)
    assert_accounted_for(dataset, once)
    assert not rows_with(once.dataset, code)
    twice = apply_fix(once.dataset, code)
    assert twice.dataset == once.dataset
    assert twice.changes == ()


@given(dataset=datasets)
@settings(max_examples=60, deadline=None)
def test_a_fix_touches_only_what_was_named_or_is_a_copy_of_it(dataset):
    findings = findings_of(dataset)
    whole = frozenset(range(1, len(dataset) + 1))
    for code in set(FIXES) - {"two_answers", "two_labels"}:
        lines = {f.line for f in findings if f.code == code and f.line}
        named = {identity(dataset.examples[line - 1]) for line in lines}
        for change in apply_fix(dataset, code, whole).changes:
            assert identity(dataset.examples[change.row - 1]) in named


@pytest.mark.parametrize("code", FIXES)
@given(dataset=datasets, data=st.data())
@settings(max_examples=15, deadline=None)
def test_one_row_can_be_fixed_alone(code, dataset, data):
    named = sorted(row for row in rows_with(dataset, code) if row)
    if not named:
        assert apply_fix(dataset, code, frozenset({1})).changes == ()
        return
    row = data.draw(st.sampled_from(named))
    result = apply_fix(dataset, code, frozenset({row}))
    assert_accounted_for(dataset, result)
    assert result.changes
    assert row in {change.row for change in result.changes} or "two_" in code


@given(dataset=datasets)
@settings(max_examples=60, deadline=None)
def test_all_safe_fixes_settle_and_account_for_everything(dataset):
    findings = findings_of(dataset)
    once = apply_all(dataset, findings)
    assert_accounted_for(dataset, once)
    assert apply_all(once.dataset, findings).changes == ()
    asked = {f.code for f in findings} & set(SAFE)
    assert not {f.code for f in findings_of(once.dataset)} & asked


@given(dataset=datasets)
@settings(max_examples=60, deadline=None)
def test_nothing_valid_is_lost_by_the_safe_fixes(dataset):
    """Of each example without any finding, one copy is still there."""
    findings = findings_of(dataset)
    faulty = {finding.line for finding in findings if finding.line}
    kept = Counter(apply_all(dataset, findings).dataset.examples)
    for row, example in enumerate(dataset, 1):
        if row not in faulty:
            assert kept[example] == 1


def test_safe_fixes_are_fixes_and_need_no_decision():
    assert set(SAFE) <= set(FIXES)
    undecided = {"two_answers", "two_labels", "truncated", "near_duplicate"}
    assert not set(SAFE) & undecided


def test_every_fix_has_its_words():
    for code in FIXES:
        assert catalog()[f"fixes.{code}.button"]
        assert catalog()[f"fixes.{code}.about"]
        assert f"findings.{code}.message" in catalog()
    named = {key.split(".")[1] for key in catalog() if key.startswith("fixes.")}
    assert named <= set(FIXES) | {"personal_data"}


@pytest.mark.parametrize(
    "code", ["imbalance", "small_class", "one_class", "few_examples", "mixed_lengths"]
)
def test_what_needs_new_examples_has_no_fix(code):
    assert not can_fix(code)


@pytest.mark.parametrize(
    ("code", "before", "after"),
    [
        ("template_tokens", "Sí.<|im_end|>", "Sí."),
        ("template_tokens", "uno<|im_end|>dos", "uno dos"),
        ("html", "<p>Sí, <b>claro</b>.</p>", "Sí, claro."),
        ("html", "R&amp;D y caf&eacute;", "R&D y café"),
        ("html", "Sí.<script>alert(1)</script>", "Sí."),
        ("html", "2 < 3 y 5 > 4", "2 < 3 y 5 > 4"),
        ("template_tokens", "<|im_start|>assistant\nHay puente.", "Hay puente."),
        ("template_tokens", "<start_of_turn>model\nSí.<end_of_turn>", "Sí."),
        ("template_tokens", "El assistant <|im_start|> ayuda", "El assistant ayuda"),
        ("formula", '=HYPERLINK("http://malo.example","clic")', "clic"),
        ("formula", '=HIPERVINCULO("http://malo.example"; "ver más")', "ver más"),
        ("formula", '=CONCATENAR("Hola"; A1)', 'CONCATENAR("Hola"; A1)'),
        ("formula", '=cmd|"/c calc"!A1', 'cmd|"/c calc"!A1'),
        ("formula", "-Llama (gratis)", "Llama (gratis)"),
    ],
)
def test_a_text_keeps_its_words(code, before, after):
    dataset = make([("¿Qué hay de nuevo?", before)])
    assert apply_fix(dataset, code).dataset.examples[0].target == after


def test_nothing_but_marks_leaves_and_is_listed():
    result = apply_fix(
        make([("Hola", "<|im_end|>"), ("Adiós", "Hasta luego.")]), "template_tokens"
    )
    assert [example.prompt for example in result.dropped] == ["Hola"]
    assert len(result.dataset) == 1


@pytest.mark.parametrize(
    "formula", ["=A1+B1", "=SUMA(A1:A3)", "=5*3", "=$B$2", "=SI(A1;B1;0)"]
)
def test_a_formula_without_words_leaves_and_is_listed(formula):
    dataset = make([("Hola", formula), ("Adiós", "Hasta luego.")])
    result = apply_fix(dataset, "formula")
    assert [example.target for example in result.dropped] == [formula]


@pytest.mark.parametrize("answer", ["=)", "= 5 €", "=D", "= 2 horas", "x = A1 + B1"])
def test_prose_with_an_equals_sign_is_no_formula(answer):
    assert not rows_with(make([("Hola", answer)]), "formula")


def test_the_answer_given_most_often_stays():
    rows = [("¿Hora?", "A las 9."), ("¿Hora?", "A las 10."), ("¿hora?", "A las 10.")]
    kept = apply_fix(make([*rows, ("¿Día?", "Lunes.")]), "two_answers")
    assert [e.target for e in kept.dataset] == ["A las 10.", "A las 10.", "Lunes."]
    tie = apply_fix(make(rows[:2]), "two_answers")
    assert [e.target for e in tie.dataset] == ["A las 9."]


def test_one_dispute_can_be_settled_alone():
    rows = [("uno", "a"), ("uno", "b"), ("dos", "a"), ("dos", "b")]
    dataset = make(rows, Task.CLASSIFICATION)
    result = apply_fix(dataset, "two_labels", frozenset({4}))
    assert [(e.prompt, e.target) for e in result.dataset] == [
        ("uno", "a"),
        ("uno", "b"),
        ("dos", "a"),
    ]


def test_labels_are_spelt_as_most_spell_them():
    labels = ["Urgente", "urgente", "urgente", "normal", "normal", "NORMAL"]
    dataset = make(
        [(f"texto {i}", x) for i, x in enumerate(labels)], Task.CLASSIFICATION
    )
    result = apply_fix(dataset, "label_spelling")
    assert result.dataset.labels == ("normal", "urgente")
    assert len(result.changes) == 2


def test_a_mended_text_that_became_a_copy_goes_too():
    dataset = make(
        [
            ("¿Hora?", "A las 9."),
            ("¿Hora?", "A las 9.<|im_end|>"),
            ("¿Día?", "A las 9."),
        ]
    )
    findings = findings_of(dataset)
    assert "duplicate" not in {finding.code for finding in findings}
    asked = [*findings, *findings_of(make([("a", "b"), ("a", "b")]))]
    result = apply_all(dataset, asked)
    assert [example.prompt for example in result.dataset] == ["¿Hora?", "¿Día?"]
    assert [change.row for change in result.changes] == [2]


def test_rebuild_says_nothing_of_what_stays_equal():
    dataset = make([("a", "b"), ("c", "d")])
    result = rebuild(dataset, {1: dataset.examples[0], 2: None})
    assert [change.row for change in result.changes] == [2]
    assert result.dropped == (dataset.examples[1],)


def test_an_unknown_code_is_the_callers_fault():
    with pytest.raises(KeyError):
        apply_fix(make([("a", "b")]), "imbalance")


def test_a_full_stop_never_hides_that_an_answer_was_cut():
    said = [f"Puedes ver la página {n} en nuestra web." for n in range(20)]
    said += ["Los libros se recogen en la sala de la", "Las plazas se dan hasta y la"]
    said += ["Abrimos cada día temprano", "Cerramos cada noche tarde"]
    dataset = make([(f"¿Qué hay de {n}?", answer) for n, answer in enumerate(said)])
    findings = findings_of(dataset)
    fixed = apply_all(dataset, findings).dataset
    assert [e.target for e in fixed][20:] == [
        *said[20:22],
        *(f"{a}." for a in said[22:]),
    ]
    assert rows_with(fixed, "truncated") == {21, 22}


def test_examples_that_go_still_have_their_say_in_the_spelling():
    rows = [("uno", "normal"), ("dos", "NORMAL"), ("tres", "NORMAL")]
    dataset = make([*rows, ("=A1+B1", "normal")], Task.CLASSIFICATION)
    fixed = apply_all(dataset, findings_of(dataset)).dataset
    assert [(e.prompt, e.target) for e in fixed] == [(q, "normal") for q, _ in rows]
