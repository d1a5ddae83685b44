"""What each check of substance finds, and what it must leave alone."""

from collections import Counter

import pytest

from ftcore.data.checks import CHECKS, MAX_SHARE
from ftcore.data.checks.endings import check_closing, ends_midway
from ftcore.data.checks.language import language_of
from ftcore.data.checks.style import closing_of, looks_like_code, treatment_of
from ftcore.data.examples import Dataset, Example, Message, Role, Task
from ftcore.data.findings import Severity
from ftcore.data.labels import choose_spellings
from ftcore.data.templates import list_templates
from ftcore.data.values import as_text

TOPICS = (
    "el horario",
    "la terraza",
    "el menú del día",
    "la reserva de mesa",
    "el aparcamiento",
    "los postres",
    "la carta de vinos",
    "el pago con tarjeta",
    "los grupos grandes",
    "la comida para llevar",
    "las alergias",
    "el servicio a domicilio",
)


def chat(*pairs: tuple[str, str]) -> Dataset:
    rows = [Example.from_pair(q, a, line) for line, (q, a) in enumerate(pairs, 1)]
    return Dataset("prueba", Task.CHAT, tuple(rows))


def labelled(*pairs: tuple[str, str]) -> Dataset:
    return Dataset("prueba", Task.CLASSIFICATION, chat(*pairs).examples)


def good_pairs() -> list[tuple[str, str]]:
    return [
        (f"¿Qué hay sobre {topic}?", f"Puedes ver {topic} en nuestra web, paso {i}.")
        for i, topic in enumerate(TOPICS)
    ]


def found(dataset: Dataset) -> dict[str, list[int | None]]:
    codes: dict[str, list[int | None]] = {}
    for check in CHECKS:
        for finding in check(dataset):
            assert finding.message
            assert finding.fix
            assert finding.why
            codes.setdefault(finding.code, []).append(finding.line)
    return codes


def with_pair(question: str, answer: str) -> dict[str, list[int | None]]:
    """Return what is found when one odd pair follows twelve good ones."""
    return found(chat(*good_pairs(), (question, answer)))


def test_good_answers_have_no_finding():
    assert found(chat(*good_pairs())) == {}


@pytest.mark.parametrize("template", list_templates(), ids=lambda t: t.name)
def test_templates_have_no_finding(template):
    assert found(template.dataset) == {}
    test = Dataset(template.name, template.task, template.test)
    assert set(found(test)) <= {"few_examples"}


@pytest.mark.parametrize("task", list(Task))
def test_no_examples_at_all_is_no_crash(task):
    assert set(found(Dataset("vacío", task, ()))) == {"few_examples"}


@pytest.mark.parametrize(
    ("question", "answer", "code"),
    [
        (
            "¿Qué hay sobre el horario?",
            "Puedes ver el horario en nuestra web, paso 0.",
            "duplicate",
        ),
        ("¿Qué hay sobre el horario?", "Puedes llamar por la mañana.", "two_answers"),
        ("¿Abren los lunes?", "¿abren los LUNES?", "answer_is_question"),
        ("¿Abren los lunes?", "TODO", "placeholder"),
        (
            "¿Abren los lunes?",
            "Lorem ipsum dolor sit amet, consectetur adipiscing elit.",
            "placeholder",
        ),
        ("¿Abren los lunes?", "  ", "empty_answer"),
        (" ", "Puedes venir de martes a domingo.", "empty_prompt"),
        (
            "¿Abren los lunes?",
            "Los lunes no, pero puedes venir los martes y",
            "truncated",
        ),
        (
            "¿Abren los lunes?",
            "Los lunes no, pero puedes venir el martes,",
            "truncated",
        ),
        (
            "¿Abren los lunes?",
            "Los lunes cerramos, pero el martes abrimos...",
            "truncated",
        ),
        (
            "¿Abren los lunes?",
            "No. Si usted lo desea, venga el martes.",
            "mixed_treatment",
        ),
        (
            "¿Abren los lunes?",
            "No abrimos. Llame antes de venir el martes.",
            "mixed_treatment",
        ),
        ("¿Abren los lunes?", "No, pero podés venir el martes.", "mixed_treatment"),
        (
            "Do you open on Mondays?",
            "We are closed on Mondays, but you can visit us on Tuesdays.",
            "other_language",
        ),
        (
            "¿Abren los lunes por la tarde?",
            "We are closed on Mondays, but you can visit us on Tuesdays.",
            "mixed_languages",
        ),
        ("¿Abren los lunes?", "Los lunes <b>no</b> abrimos.", "html"),
        ("¿Abren los lunes?", "Los lunes no abrimos.<|im_end|>", "template_tokens"),
        ("¿Abren los lunes?", "=SUMA(A1:A3)", "formula"),
        ("¿Abren los lunes?", "Puedes venir el martes. " * 60, "long_outlier"),
        ("¿Abren los lunes?", "palabra " * 1000, "too_long"),
    ],
)
def test_an_odd_example_is_named_by_its_line(question, answer, code):
    assert 13 in with_pair(question, answer)[code]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("¿Tienen wifi?", "OK"),
        ("¿Qué pizzas hay?", "Margherita, quattro stagioni, funghi y prosciutto."),
        ("¿Qué postres hay?", "Brownie, cheesecake, tiramisú y lemon pie con nata."),
        ("¿Puedo pagar con Apple Pay o Google Pay?", "Sí, y también con Visa."),
        (
            "¿El iPhone 15 Pro Max?",
            "Sí, el iPhone 15 Pro Max de 256 GB Titanium Black.",
        ),
        ("¿Cuál es su correo?", "Escríbenos a grupos@example.com"),
        ("¿Y su web?", "La tienes en https://example.com/carta"),
        ("¿Hasta qué hora?", "La cocina cierra a las 23:30"),
        ("¿Me avisan?", "Sí, te avisamos con un mensaje 😊"),
        ("¿Es vegano?", "Sí (sin huevo ni leche)"),
        ("¿Qué vitamina lleva?", "Vitamina E"),
        ("¿Cuál es el mejor grupo?", "El mejor de todos es el grupo O."),
        ("¿Qué hago?", "¡Claro! Puedes elegir entre estas opciones: una, dos o tres."),
        ("¿Dónde lo dejo?", "Se puede dejar en su buzón, y el vecino le avisa."),
    ],
)
def test_ordinary_answers_raise_no_alarm(question, answer):
    assert with_pair(question, answer) == {}


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        ("mixed_closing", "Los lunes no abrimos nunca por la {}"),
        ("stray_spaces", " Los lunes no abrimos por la {}."),
        ("all_capitals", "LOS LUNES NO ABRIMOS NUNCA POR LA {}."),
    ],
)
def test_two_odd_answers_are_a_mixed_style_and_one_is_a_slip(code, answer):
    odd = [
        (f"¿Abren los lunes por la {part}?", answer.format(part.upper()))
        for part in ("mañana", "tarde")
    ]
    assert found(chat(*good_pairs(), *odd)) == {code: [13, 14]}
    assert found(chat(*good_pairs(), odd[0])) == {}


def test_few_examples_offers_the_way_without_training():
    few = chat(*good_pairs()[:4])
    finding = next(f for check in CHECKS for f in check(few))
    assert finding.code == "few_examples"
    assert "prompt" in finding.fix
    assert "sin entrenar" in finding.fix


def test_more_than_a_thousand_examples_is_a_warning():
    pairs = [(f"¿Qué hay en la sala {i}?", f"Hay {i} sillas.") for i in range(1001)]
    assert found(chat(*pairs)) == {"many_examples": [None]}
    assert found(chat(*pairs[:1000])) == {}


def test_classes():
    texts = [f"El mensaje {i} habla de {topic}." for i, topic in enumerate(TOPICS)]
    one = labelled(*[(text, "urgente") for text in texts])
    findings = [f for check in CHECKS for f in check(one)]
    assert [(f.code, f.severity) for f in findings] == [("one_class", Severity.ERROR)]
    small = labelled(*[(t, "normal" if i else "urgente") for i, t in enumerate(texts)])
    assert set(found(small)) == {"small_class", "imbalance"}
    half = labelled(*[(t, "ab"[i % 2] * 3) for i, t in enumerate(texts)])
    assert found(half) == {}


def test_copies_do_not_make_a_class_large_enough_to_be_tested():
    texts = [f"El mensaje {i} habla de {topic}." for i, topic in enumerate(TOPICS)]
    rows = [(t, "normal") for t in texts] + [("Urge ya.", "urgente")] * 4
    assert "small_class" in found(labelled(*rows))


def test_imbalance_starts_above_its_share():
    def share_of(large: int) -> set[str]:
        names = ["normal"] * large + ["urgente"] * (20 - large)
        return set(
            found(
                labelled(*[(f"Texto {i} sobre algo", n) for i, n in enumerate(names)])
            )
        )

    assert share_of(round(20 * MAX_SHARE)) == set()
    assert share_of(round(20 * MAX_SHARE) + 1) == {"imbalance"}


def test_two_labels_and_label_slips():
    rows = [
        (f"El mensaje {i} es breve", "urgente" if i % 2 else "normal")
        for i in range(12)
    ]
    assert found(labelled(*rows, ("El mensaje 1 es breve", "normal")))[
        "two_labels"
    ] == [13]
    assert found(labelled(*rows, ("Otro más", "Urgente ")))["label_spelling"] == [13]
    assert found(labelled(*rows, ("Otro más", "urgnte")))["label_typo"] == [13]


@pytest.mark.parametrize(
    ("rare", "common"),
    [
        ("ilegal", "legal"),
        ("nivel 2", "nivel 1"),
        ("alta", "alto"),
        ("externo", "interno"),
    ],
)
def test_a_contrary_is_no_slip(rare, common):
    rows = [(f"Texto {i} del día", common) for i in range(6)]
    rows += [(f"Carta {i} del mes", "otra clase") for i in range(6)]
    codes = found(labelled(*rows, ("Nota suelta", rare)))
    assert "label_typo" not in codes


def test_labels_are_not_judged_as_answers():
    rows = [
        (f"Texto {i} que llega hoy", "A la espera de" if i % 2 else "Cerrado")
        for i in range(12)
    ]
    assert found(labelled(*rows)) == {}


def test_a_full_field_is_a_cut():
    long = (
        "Puedes venir con tu familia cualquier tarde de verano que te apetezca pasear"
    )
    pairs = [
        (q, f"{a} {long}"[:70] if i % 2 else a) for i, (q, a) in enumerate(good_pairs())
    ]
    assert set(found(chat(*pairs))["truncated"]) == {2, 4, 6, 8, 10, 12}


def test_dots_as_a_habit_are_no_cut():
    pairs = [(q, a.rstrip(".") + "…") for q, a in good_pairs()]
    assert "truncated" not in found(chat(*pairs))


@pytest.mark.parametrize(
    ("answer", "cut"),
    [
        ("Abrimos todos los días de la", True),
        ("Abrimos todos los días excepto el", True),
        ("Puedes pagar con tarjeta, efectivo o", True),
        ("Eso es todo lo que sé de él", False),
        ("Eso costaría un poco más", False),
        ("Te esperamos en el grupo O", False),
        ("No sé decirte por qué", False),
        ("de la", False),
    ],
)
def test_where_a_sentence_was_cut(answer, cut):
    assert ends_midway(answer) is cut


@pytest.mark.parametrize(
    ("answer", "treatment"),
    [
        ("Puedes pagar con tarjeta.", "you"),
        ("Te lo enviamos mañana.", "you"),
        ("Recibirás un correo.", "you"),
        ("Os esperamos en la terraza.", "you"),
        ("Escríbenos cuando quieras.", "you"),
        ("Si usted prefiere, la cambiamos.", "formal"),
        ("Consulte la carta en la web.", "formal"),
        ("Sí. Envíe su pedido hoy.", "formal"),
        ("Podés pagar con tarjeta y te llega mañana.", "vos"),
        ("Se puede pagar con tarjeta.", ""),
        ("El cliente recibe su pedido y le avisan.", ""),
        ("Además, detrás hay un jardín.", ""),
        ("El té es gratis.", ""),
    ],
)
def test_how_an_answer_addresses_its_reader(answer, treatment):
    assert treatment_of(answer) == treatment


def test_few_who_address_the_reader_have_no_usual_way():
    pairs = [(q, "Abrimos a las diez.") for q, _ in good_pairs()]
    pairs[0] = (pairs[0][0], "Puedes venir ya.")
    pairs[1] = (pairs[1][0], "Venga usted ya.")
    assert "mixed_treatment" not in found(chat(*pairs))


@pytest.mark.parametrize(
    ("answer", "closing"),
    [
        ("Abrimos a las diez.", "closed"),
        ("¿Te ayudo en algo más?", "closed"),
        ("Abrimos (de martes a domingo)", ""),
        ("Abrimos (de martes a domingo.)", "closed"),
        ("Abrimos todas las mañanas temprano", "open"),
        ("A las diez", ""),
        ("Abrimos de martes a domingo a las 10:00", ""),
        ("Escríbenos ahora mismo a hola@example.com", ""),
    ],
)
def test_how_an_answer_ends(answer, closing):
    assert closing_of(answer) == closing


def test_answers_that_never_close_are_a_style():
    pairs = [(q, a.rstrip(".0123456789") + " ya") for q, a in good_pairs()]
    assert "mixed_closing" not in found(chat(*pairs))


def test_very_mixed_lengths():
    long = (
        "Puedes venir con quien quieras y cuando quieras, porque abrimos siempre. " * 8
    )
    pairs = [(q, long if i % 2 else "Sí.") for i, (q, _) in enumerate(good_pairs())]
    assert "mixed_lengths" in found(chat(*pairs))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("¿A qué hora abren los domingos?", "es"),
        ("What time do you open on Sundays?", "en"),
        ("Você pode pagar com cartão ou dinheiro.", "pt"),
        ("Vous pouvez payer par carte ou en espèces.", "fr"),
        ("Può pagare con carta o in contanti.", "it"),
        ("Pots pagar amb targeta o en efectiu.", "ca"),
        ("Sie können mit Karte oder bar bezahlen.", "de"),
        ("Pizza Margherita 8 €", ""),
        ("iPhone 15 Pro Max", ""),
        ("Brownie, cheesecake, muffin", ""),
        ("OK", ""),
        ("", ""),
    ],
)
def test_language(text, language):
    assert language_of(text) == language


def test_a_file_in_two_languages_is_told_once():
    english = [
        (f"What do you have for {name}?", f"You can see it on our web page, step {i}.")
        for i, name in enumerate(
            ("lunch", "dinner", "kids", "groups", "parties", "dogs")
        )
    ]
    codes = found(chat(*good_pairs()[:8], *english))
    assert codes["several_languages"] == [None, None]
    assert "other_language" not in codes


def test_a_translator_answers_in_another_language_all_the_time():
    pairs = [
        (question, f"You can see it on our web page for step {i}, and ask us there.")
        for i, (question, _) in enumerate(good_pairs())
    ]
    codes = set(found(chat(*pairs)))
    assert not codes & {"mixed_languages", "other_language", "several_languages"}


def test_copies_are_told_once_and_not_again_for_their_style():
    odd = [("¿Abren los lunes?", "Los lunes no abrimos nunca")] * 2
    more = ("¿Y los martes?", "Los martes sí abrimos siempre")
    codes = found(chat(*good_pairs(), *odd, more))
    assert codes == {"mixed_closing": [13, 15], "duplicate": [14]}


def test_a_conversation_is_judged_by_all_its_turns():
    turns = (
        Message(Role.SYSTEM, "Eres amable."),
        Message(Role.USER, "¿Abren hoy?"),
        Message(Role.ASSISTANT, "Si usted quiere, sí."),
        Message(Role.USER, "¿Y mañana?"),
        Message(Role.ASSISTANT, "También mañana."),
    )
    dataset = chat(*good_pairs())
    more = (*dataset.examples, Example(turns))
    codes = found(Dataset("prueba", Task.CHAT, more))
    assert codes == {"mixed_treatment": [13]}


@pytest.mark.parametrize(
    ("label", "times", "lines"),
    [
        ("pendiente", 5, []),
        ("n/a", 2, []),
        ("pendiente", 1, []),
        ("nan", 1, [7]),
        ("xxx", 3, [7, 8, 9]),
        ("Lorem ipsum", 2, [7, 8]),
    ],
)
def test_a_label_that_may_be_a_class_is_no_filler(label, times, lines):
    rows = [(f"Aviso sobre {topic}", "hecho") for topic in TOPICS[:6]]
    rows += [(f"Falta {topic}", label) for topic in TOPICS[:times]]
    assert found(labelled(*rows)).get("placeholder", []) == lines


CODE = (
    "def suma(a, b):\n    return a + b",
    "for i, valor in enumerate(lista):\n    print(i, valor)",
    'with open("datos.txt") as f:\n    for linea in f:\n        print(linea)',
    "SELECT nombre FROM clientes WHERE ciudad = 'Lugo';",
    "delete from clientes where ciudad is null;",
    "ordenado = dict(sorted(d.items(), key=lambda par: par[1]))",
    "es_par = n % 2 == 0",
    "try:\n    r = a / b\nexcept ZeroDivisionError:\n    r = None",
    "body { color: red; }",
    "import os",
    "total += precio",
    'print("hola a todos los que leen")',
    '{"nombre": "Ana", "edad": 3}',
)
PROSE = (
    "Abrimos de lunes a viernes, y los sábados por la mañana;",
    "Las tallas son estas: S, M, L.",
    "Si quieres cambiar (gratis), llámanos antes:",
    "Para abrir la puerta (la verde), gira la llave",
    "From Monday to Friday we open at ten",
    "Select a plan from the list and pay",
    "Hola, {nombre}, gracias por escribir",
    "Abrimos (de martes a domingo)",
    "If you are late (more than an hour), call us",
    "For more about this, import duties included",
)


@pytest.mark.parametrize("answer", CODE)
def test_code_is_told_from_prose(answer):
    assert looks_like_code(answer)
    assert closing_of(answer) == ""


@pytest.mark.parametrize("answer", PROSE)
def test_prose_is_not_taken_for_code(answer):
    assert not looks_like_code(answer)


def test_answers_of_code_need_no_full_stop_and_are_not_cut():
    rows = [(f"¿Cómo se hace {t}?", a) for t, a in zip(TOPICS, CODE, strict=False)]
    assert not found(chat(*rows)).keys() & {"truncated", "mixed_closing"}


def test_only_answers_with_a_full_stop_count_as_closed():
    endings = ["."] * 9 + [")", "", ""]
    rows = [
        (f"¿Qué hay de {topic}?", f"Puedes ver {topic} en la web (gratis{ending}")
        for topic, ending in zip(TOPICS, endings, strict=True)
    ]
    findings = [f for f in check_closing(chat(*rows)) if f.code == "mixed_closing"]
    assert [f.params["count"] for f in findings] == [9, 9]
    assert [f.params["total"] for f in findings] == [11, 11]


@pytest.mark.parametrize(
    ("labels", "best", "variants"),
    [
        (["urgente.", "urgente.", "urgente"], "urgente", "«urgente», «urgente.»"),
        (["NORMAL", "Normal"], "Normal", "«NORMAL», «Normal»"),
        (["NORMAL", "NORMAL", "Normal"], "NORMAL", "«NORMAL», «Normal»"),
        (["normal", " normal"], "normal", "«normal» (con espacios), «normal»"),
        (["«baja»", "baja:", "baja"], "baja", "«baja», «baja:», ««baja»»"),
    ],
)
def test_variants_of_a_label_are_one_class(labels, best, variants):
    chosen, findings = choose_spellings(Counter(labels))
    assert set(chosen.values()) == {best}
    assert [f.params["variants"] for f in findings] == [variants]


def test_labels_that_only_look_alike_stay_apart():
    labels = ["C", "C++", "C#", "...", "???", "10 %", "10"]
    chosen, findings = choose_spellings(Counter(labels))
    assert chosen == dict(zip(labels, labels, strict=True))
    assert findings == []


def test_one_answer_to_all_questions_is_told():
    rows = [(f"¿Qué hay sobre {topic}?", "Consulta la web.") for topic in TOPICS]
    assert found(chat(*rows[:5]))["same_answer"] == [None]
    assert "same_answer" not in found(chat(*rows[:4]))
    assert "same_answer" not in found(chat(*rows, ("¿Abren hoy?", "Sí, hoy abrimos.")))
    assert "same_answer" not in found(labelled(*rows))


@pytest.mark.parametrize(("formal", "code"), [(5, "mixed_treatment"), (6, "split")])
def test_a_minority_needs_a_clear_majority(formal, code):
    said = ["Puede verlo usted en la web, paso {}."] * formal
    said += ["Puedes verlo tú en la web, paso {}."] * (12 - formal)
    rows = [
        (f"¿Qué hay sobre {topic}?", answer.format(topic))
        for topic, answer in zip(TOPICS, said, strict=True)
    ]
    if code == "mixed_treatment":
        rows.append(("¿Abren los lunes?", "Puedes venir tú el martes."))
    codes = found(chat(*rows))
    assert ("mixed_treatment" in codes) is (code == "mixed_treatment")
    assert codes.get("split_treatment", []) == ([None] if code == "split" else [])


def test_both_of_two_misspelt_labels_are_told():
    rows = [(f"Aviso sobre {topic}", "urgente") for topic in TOPICS]
    rows += [(f"Nota sobre {topic}", "normal") for topic in TOPICS]
    rows += [("Arde la papelera", "urgnete"), ("Pedir sobres", "nromal")]
    assert found(labelled(*rows))["label_typo"] == [25, 26]


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("Se os ha olvidado pagarme", "es"),
        ("¿Os han avisado ya?", "es"),
        ("Où se trouve la gare ?", "fr"),
        ("Os livros estão na estante da sala", "pt"),
    ],
)
def test_neighbouring_languages_are_told_apart(said, language):
    assert language_of(said) == language


@pytest.mark.parametrize(
    "shown",
    [
        "#¡REF!",
        "#¡VALOR!",
        "#¡DIV/0!",
        "#N/D",
        "#¿NOMBRE?",
        "#REF!",
        "#N/A",
        " #name? ",
    ],
)
def test_the_error_of_a_cell_is_no_text(shown):
    assert as_text(shown).fault == "cell_error"


@pytest.mark.parametrize("said", ["#oferta", "#1", "Sale #N/D, ¿qué hago?", "N/D", "#"])
def test_other_signs_are_text(said):
    assert as_text(said).text == said
