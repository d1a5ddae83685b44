"""Numbers are read as Spanish writes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftcore.evaluation.normalisation import plain
from ftcore.evaluation.quantities import parse_number, read_facts
from ftcore.texts import number


def facts_of(text):
    return [(fact.value, fact.unit) for fact in read_facts(plain(text))[0]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.234,50 €", [(1234.5, "euro")]),
        ("$ 20", [(20, "dollar")]),
        ("1,200.50 USD", [(1200.5, "dollar")]),
        ("10 000 pesos", [(10000, "peso")]),
        ("a las 9", [(9, None)]),
        ("9 h", [(9, "hour")]),
        ("9:00", [(9, "hour")]),
        ("9.30 h", [(9.5, "hour")]),
        ("6 de la tarde", [(18, "hour")]),
        ("12 p. m.", [(12, "hour")]),
        ("las nueve y media", [(9.5, None)]),
        ("treinta y cinco días", [(35, "day")]),
        ("mil doscientos euros", [(1200, "euro")]),
        ("noventa y nueve", [(99, None)]),
        ("entre veinte y treinta", [(20, None), (30, None)]),
        ("dos o tres días", [(2, None), (3, "day")]),
        ("un día", [(1, "day")]),
        ("un producto", []),
        ("20 mil", [(20000, None)]),
        ("10 por ciento", [(10, "percent")]),
        ("el 91 234 56 78", [(912345678, None)]),
        ("el 912345678", [(912345678, None)]),
        ("555 0140", [(5550140, None)]),
        ("12/05/2024", [(12, None), (5, None), (2024, None)]),
        ("12 de mayo de 2024", [(12, None), (5, None), (2024, None)]),
        ("2024-05-12", [(12, None), (5, None), (2024, None)]),
        ("lunes a miércoles", [(1, None), (2, None), (3, None)]),
        ("viernes y domingos", [(5, None), (7, None)]),
        ("de sábado a lunes", [(6, None), (7, None), (1, None)]),
        ("lunes a domingo excepto el martes", [(d, None) for d in (1, 3, 4, 5, 6, 7)]),
        ("hola@tienda.es", [("hola@tienda.es", None)]),
        ("www.tienda.com/ayuda.", [("tienda.com/ayuda", None)]),
        ("talla A4", []),
        ("1. Pan\n2. Queso", []),
        ("mil gracias", []),
    ],
)
def test_reads(text, expected):
    assert facts_of(text) == expected


@given(st.integers(0, 10**9), st.integers(0, 99))
def test_what_we_write_is_read_back(whole, cents):
    value = whole + cents / 100
    assert parse_number(number(value, 2)) == pytest.approx(value)


@given(st.integers(0, 23), st.integers(0, 59))
def test_the_ways_to_write_an_hour_agree(hours, minutes):
    colon, letter = f"{hours}:{minutes:02}", f"{hours}h{minutes:02}"
    assert facts_of(colon) == facts_of(letter) == facts_of(f"{colon} h")


@given(st.text())
def test_any_text_can_be_read(text):
    facts, tokens = read_facts(plain(text))
    positions = [token.position for token in tokens]
    assert positions == sorted(set(positions))
    assert not {fact.position for fact in facts} & set(positions)
