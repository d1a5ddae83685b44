"""Personal data: what is found, what is not, and what masking leaves."""

import re
import sys
import time
from pathlib import Path

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import iban, luhn

from ftcore.data.check import check_file
from ftcore.data.checks import CHECKS
from ftcore.data.examples import Dataset, Example, Message, Role, Task
from ftcore.data.fixes import FIXES, SAFE, apply_fix
from ftcore.data.masking import mask_dataset, mask_text
from ftcore.data.personal_data import (
    PersonalKind,
    check_personal_data,
    find_personal,
    kind_name,
    masked_excerpt,
)
from ftcore.data.personal_view import placeholder_words
from ftcore.data.phones import REGIONS
from ftcore.data.templates import list_templates

sys.path.insert(0, str(Path(__file__).parent))

from odd_files import CASES
from personal_cases import NEGATIVES, POSITIVES

Kind = phonenumbers.PhoneNumberType
Style = phonenumbers.PhoneNumberFormat


def example_phone(region, kind):
    return phonenumbers.example_number_for_type(region, kind)


def found_in(text):
    return [(item.kind, item.text) for item in find_personal(text)]


def chat(*pairs):
    rows = tuple(Example.from_pair(q, a, line) for line, (q, a) in enumerate(pairs, 1))
    return Dataset("d", Task.CHAT, rows)


def texts_of(dataset):
    return [message.content for example in dataset for message in example.messages]


# --- what is found ----------------------------------------------------------------


@pytest.mark.parametrize(("kind", "text", "found"), POSITIVES, ids=lambda v: str(v))
def test_what_identifies_somebody_is_found(kind, text, found):
    assert found_in(text) == [(kind, found)]


@pytest.mark.parametrize("text", NEGATIVES)
def test_what_only_looks_like_it_is_left_alone(text):
    assert found_in(text) == []


def test_the_tables_cover_every_kind():
    assert {kind for kind, _, _ in POSITIVES} == set(PersonalKind)
    assert len(POSITIVES) >= 60
    assert len(NEGATIVES) >= 60


@pytest.mark.parametrize("style", [Style.INTERNATIONAL, Style.E164, Style.NATIONAL])
@pytest.mark.parametrize("kind", [Kind.MOBILE, Kind.FIXED_LINE])
@pytest.mark.parametrize("region", REGIONS)
def test_every_country_writes_its_phones(region, kind, style):
    written = phonenumbers.format_number(example_phone(region, kind), style)
    # Panama's landlines have seven digits: too few to tell without the country.
    is_short = len(re.sub(r"\D", "", written)) < 8
    expected = [] if is_short else [(PersonalKind.PHONE, written)]
    assert found_in(f"Llámanos al {written}, por favor.") == expected


def test_several_in_one_text_from_left_to_right():
    text = "Ana: ana@gmail.com, 612 345 678 / 934 567 890; DNI 12345678Z."
    assert found_in(text) == [
        (PersonalKind.EMAIL, "ana@gmail.com"),
        (PersonalKind.PHONE, "612 345 678"),
        (PersonalKind.PHONE, "934 567 890"),
        (PersonalKind.DNI, "12345678Z"),
    ]


# --- the check --------------------------------------------------------------------


def test_the_finding_names_the_kinds_and_never_the_whole_identifier():
    rows = [("¿A quién llamo?", "A Ana: 612 345 678 o ana.garcia@gmail.com")]
    (finding,) = check_personal_data(chat(*rows, ("Hola", "Buenas")))
    assert finding.line == 1
    assert finding.message == (
        "Hay datos personales: teléfono y correo electrónico (6•• ••• •78, an…@…)."
    )
    assert "público" in finding.fix
    assert "nombres" in finding.why


@pytest.mark.parametrize(("kind", "text", "found"), POSITIVES, ids=lambda v: str(v))
def test_an_excerpt_may_be_projected(kind, text, found):
    (item,) = find_personal(text)
    excerpt = masked_excerpt(item)
    shown = [c for c in excerpt if c.isalnum()]
    assert len(shown) <= 3
    assert found not in excerpt


def test_a_file_with_personal_data_is_accepted_with_a_warning():
    rows = [f"Duda {i},Respuesta número {i}" for i in range(11)]
    table = "\n".join(["pregunta,respuesta", *rows, "¿Correo?,ana@gmail.com"])
    report = check_file("dudas.csv", table.encode())
    codes = [finding.code for finding in report.findings]
    assert codes.count("personal_data") == 1
    assert report.verdict == "accept_with_warning"


def test_it_is_checked_and_can_be_mended_but_only_when_asked():
    assert check_personal_data in CHECKS
    assert FIXES["personal_data"] is mask_dataset
    assert "personal_data" not in SAFE


def test_the_templates_hold_nobody():
    for template in list_templates():
        assert not list(check_personal_data(template.dataset))
        texts = [m.content for e in template.test for m in e.messages]
        texts += [template.system_prompt, template.refusal, *template.sample_questions]
        assert [found_in(text) for text in texts if found_in(text)] == []


@pytest.mark.parametrize(
    "case", [c for c in CASES if c.verdict == "accept"], ids=lambda c: c.name
)
def test_a_good_file_is_not_suspected(case):
    report = check_file(case.name, case.content)
    assert "personal_data" not in {finding.code for finding in report.findings}


def test_every_kind_has_its_words():
    for kind in PersonalKind:
        assert kind_name(kind)
        assert re.fullmatch(r"[A-ZÁÉÍÓÚÑ]+", placeholder_words()[kind])
    assert len(set(placeholder_words().values())) == len(PersonalKind)


# --- masking ----------------------------------------------------------------------


def test_the_same_value_gets_the_same_placeholder_however_it_is_written():
    masked = mask_dataset(
        chat(
            ("¿Teléfono?", "Es el +34 612 345 678."),
            ("¿Móvil?", "Llama al 612345678 o al 934 567 890."),
            ("¿Y el correo?", "Ana@Gmail.com, o sea ana@gmail.com"),
            ("¿Y el DNI?", "12345678Z, es decir, 12.345.678-Z"),
        )
    ).dataset
    assert texts_of(masked)[1::2] == [
        "Es el [TELÉFONO_1].",
        "Llama al [TELÉFONO_1] o al [TELÉFONO_2].",
        "[CORREO_1], o sea [CORREO_1]",
        "[DNI_1], es decir, [DNI_1]",
    ]


def test_numbers_of_placeholders_that_are_there_are_not_used_again():
    masked = mask_dataset(
        chat(("Escribe a [CORREO_1]", "O a ana@gmail.com"), ("[CORREO_3]", "b@c.es"))
    ).dataset
    assert texts_of(masked) == [
        "Escribe a [CORREO_1]",
        "O a [CORREO_2]",
        "[CORREO_3]",
        "[CORREO_4]",
    ]


def test_only_the_rows_and_kinds_asked_for():
    rows = [("a@b.es", "612 345 678"), ("c@d.es", "Hola")]
    one = mask_dataset(chat(*rows), rows=frozenset({2}))
    assert texts_of(one.dataset) == ["a@b.es", "612 345 678", "[CORREO_1]", "Hola"]
    assert [change.row for change in one.changes] == [2]
    mails = mask_dataset(chat(*rows), kinds={PersonalKind.EMAIL})
    assert texts_of(mails.dataset) == [
        "[CORREO_1]",
        "612 345 678",
        "[CORREO_2]",
        "Hola",
    ]


def test_every_turn_is_masked_and_labels_stay():
    turns = (
        Message(Role.SYSTEM, "Firma con jefe@tienda.es"),
        Message(Role.USER, "Soy 12345678Z"),
        Message(Role.ASSISTANT, "Hola"),
    )
    masked = mask_dataset(Dataset("d", Task.CHAT, (Example(turns, 7),))).dataset
    assert texts_of(masked) == ["Firma con [CORREO_1]", "Soy [DNI_1]", "Hola"]
    mail = Example.from_pair("Soy ana@gmail.com", "urgente")
    labelled = Dataset("d", Task.CLASSIFICATION, (mail,))
    assert mask_dataset(labelled).dataset.labels == ("urgente",)


def test_one_click_masks_by_the_finding_s_code():
    result = apply_fix(
        chat(("Hola", "Buenas"), ("¿Quién?", "ana@gmail.com")), "personal_data"
    )
    assert [change.row for change in result.changes] == [2]
    assert result.dropped == ()


# --- what must hold for any text --------------------------------------------------

MOBILES = [
    phonenumbers.format_number(example_phone(region, Kind.MOBILE), style)
    for region in REGIONS
    for style in (Style.INTERNATIONAL, Style.NATIONAL)
]


def with_check_letter(number: int) -> str:
    return f"{number:08d}{'TRWAGMYFPDXBNJZSQVHLCKE'[number % 23]}"


def as_iban(account: str) -> str:
    bare = f"GB{iban.calc_check_digits(f'GB00NWBK{account}')}NWBK{account}"
    return " ".join(bare[i : i + 4] for i in range(0, len(bare), 4))


def as_card(digits: str) -> str:
    whole = f"4{digits}"
    return whole + luhn.calc_check_digit(whole)


PLACEHOLDER = re.compile(r"\[[A-ZÉ]+_[0-9]{1,6}\]")
identifiers = st.one_of(
    st.sampled_from(MOBILES),
    st.sampled_from([found for _, _, found in POSITIVES]),
    st.integers(10_000_000, 99_999_999).map(with_check_letter),
    st.text("0123456789", min_size=14, max_size=14).map(as_iban),
    st.text("0123456789", min_size=14, max_size=14).map(as_card),
    st.from_regex(
        r"[a-z]{1,9}[._]?[a-z0-9]{1,5}@[a-z]{2,9}\.(com|es|mx)", fullmatch=True
    ),
)
surroundings = st.one_of(
    st.text(max_size=12),
    st.text("0123456789 .-()+/@:,[]_\u200bes", max_size=12),
    st.sampled_from(
        [" ", "", "Tel. ", "pedido ", " o al ", ", ", "[CORREO_1]", "[", "]", "[DNI_"]
    ),
    st.sampled_from([text for _, text, _ in POSITIVES] + NEGATIVES),
)
glued = st.lists(st.tuples(surroundings, identifiers), max_size=5).map(
    lambda parts: "".join(a + b for a, b in parts)
)


@given(glued)
@settings(deadline=None, max_examples=400)
def test_masking_leaves_no_detectable_identifier(text):
    masked = mask_text(text)
    assert find_personal(masked) == []
    assert mask_text(masked) == masked


@given(glued | st.text())
@settings(deadline=None, max_examples=300)
def test_what_is_found_is_in_the_text_in_order_and_the_rest_stays(text):
    here, rest = 0, []
    for item in find_personal(text):
        assert here <= item.start < item.end
        assert text[item.start : item.end] == item.text
        rest.append(text[here : item.start])
        here = item.end
        assert item.text not in masked_excerpt(item)
    rest.append(text[here:])
    masked = mask_text(text)
    at = 0
    for piece in rest:
        at = masked.index(piece, at) + len(piece)
    assert masked.startswith(rest[0])
    assert masked.endswith(rest[-1])
    assert len(masked) >= sum(map(len, rest))


@given(st.lists(st.tuples(glued, glued), min_size=1, max_size=4))
@settings(deadline=None, max_examples=100)
def test_a_dataset_is_masked_whole_and_consistently(rows):
    dataset = chat(*rows)
    result = mask_dataset(dataset)
    assert not list(check_personal_data(result.dataset))
    assert mask_dataset(result.dataset).changes == ()
    placeholders: dict[tuple[PersonalKind, str], str] = {}
    for before, after in zip(texts_of(dataset), texts_of(result.dataset), strict=True):
        moved = 0  # how much further on a place of the text is once it is masked
        for item in find_personal(before):
            match = PLACEHOLDER.match(after, item.start + moved)
            assert match is not None
            moved += len(match[0]) - len(item.text)
            known = placeholders.setdefault((item.kind, item.key), match[0])
            assert known == match[0]
    assert len(set(placeholders.values())) == len(placeholders)
    there_before = set(PLACEHOLDER.findall(" ".join(texts_of(dataset))))
    assert there_before.isdisjoint(placeholders.values())


@given(st.text("0123456789 .-+()abAB@:/\u200b６", max_size=400))
@settings(deadline=None, max_examples=300)
def test_any_digits_and_signs_are_masked_whole(text):
    assert find_personal(mask_text(text)) == []


@pytest.mark.parametrize(
    "part", ["1", "12 ", "612 345 678 ", "a@", "a@b.es@", "(", "ES91", "A1", "dni "]
)
def test_a_long_odd_text_takes_linear_time(part):
    def seconds(size):
        text = part * (size // len(part))
        start = time.perf_counter()
        find_personal(text)
        return time.perf_counter() - start

    seconds(1_000)  # imports and tables of countries
    # A quadratic search would take 100 times as long for ten times the text.
    assert seconds(100_000) < 40 * seconds(10_000) + 1
    text = part * (10_000 // len(part))
    assert find_personal(mask_text(text)) == []
