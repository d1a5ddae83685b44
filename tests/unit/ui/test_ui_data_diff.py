"""What changed is marked, nothing is run, and covered data cannot be read."""

import re
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from ftcore.data.examples import Example
from ftcore.data.personal_data import find_personal
from ftcore.ui.data_diff import marked, marked_row, veiled
from ftcore.ui.data_improve import veil

TAGS = re.compile(r"</?(?:del|ins)>")
INSERTED = re.compile(r"<ins>.*?</ins>", re.DOTALL)
DELETED = re.compile(r"<del>.*?</del>", re.DOTALL)


def test_only_what_changed_is_marked() -> None:
    assert marked("Abrimos a las 9", "Abrimos a las 10") == (
        "Abrimos a las <del>9</del>",
        "Abrimos a las <ins>10</ins>",
    )


@given(st.text(max_size=60), st.text(max_size=60))
def test_both_texts_stay_whole_and_are_escaped(before: str, after: str) -> None:
    gone, came = marked(before, after)
    assert unescape(TAGS.sub("", gone)) == unescape(_escaped(before))
    assert unescape(TAGS.sub("", came)) == unescape(_escaped(after))
    assert "<" not in TAGS.sub("", gone + came)


def _escaped(words: str) -> str:
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def test_the_comma_too_many_is_the_only_mark() -> None:
    raw = '{"prompt": "Hola", "completion": "Buenas",}'
    html = marked_row(raw, Example.from_pair("Hola", "Buenas"))
    assert DELETED.findall(html) == ["<del>,</del>"]
    assert not INSERTED.findall(html)


def test_single_quotes_show_what_they_became() -> None:
    raw = "{'text': 'Hola', 'label': 'saludo'}"
    html = marked_row(raw, Example.from_pair("Hola", "saludo"))
    assert "<del>&#x27;</del><ins>&quot;</ins>" in html


def test_a_row_of_a_table_is_compared_as_a_row() -> None:
    html = marked_row("Hola;Buenas;;", Example.from_pair("Hola", "Buenas"))
    assert html == "Hola;Buenas<del>;;</del>"


def test_names_of_columns_of_ones_own_are_used() -> None:
    raw = '{"q": "Hola", "a": "Buenas",}'
    html = marked_row(raw, Example.from_pair("Hola", "Buenas"), ("q", "a"))
    assert DELETED.findall(html) == ["<del>,</del>"]


def test_a_row_that_has_nothing_to_do_with_it_is_not_marked() -> None:
    html = marked_row("zzz <b> yyy", Example.from_pair("Hola", "Buenas"))
    assert html == "zzz &lt;b&gt; yyy"


def test_personal_data_cannot_be_read_once_covered() -> None:
    words = "Escribe a lucia.perez@peluqueria.es o llama al 612 345 678."
    covered = veil(words)
    assert "lucia.perez" not in covered
    assert "612 345 678" not in covered
    assert covered.startswith("Escribe a ")
    assert len(covered) == len(words)


def test_without_personal_data_nothing_is_covered() -> None:
    words = "Abrimos a las 9:30 y cuesta 18 euros."
    assert not list(find_personal(words))
    assert veil(words) == words
    assert veiled("abcdefghij", [(0, 10)]) == "ab••••••ij"
