"""Words on screen: variants, numbers and signs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftcore.ui.wording import counted, plain, roughly, text_for


def test_a_template_without_its_own_wording_gets_the_general_one() -> None:
    known = text_for("data.use_template", "shop", count=28)
    assert known == "Usar los 28 ejemplos de la tienda"
    other = text_for("data.use_template", "panadería", count=9)
    assert other == "Usar los 9 ejemplos de la plantilla"


@pytest.mark.parametrize(
    ("count", "words"), [(1, "1 ejemplo"), (2, "2 ejemplos"), (1500, "1.500 ejemplos")]
)
def test_counts_agree_in_number(count: int, words: str) -> None:
    assert counted("data.unit", count) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.4, "5 s"),
        (6.9, "5 s"),
        (42.0, "40 s"),
        (59.0, "1 min"),
        (61.0, "1 min"),
        (200.0, "3 min 30 s"),
        (650.0, "11 min"),
    ],
)
def test_forecasts_carry_no_more_digits_than_they_bear(
    seconds: float, words: str
) -> None:
    assert roughly(seconds) == words


@given(st.text(alphabet="ab*_`[]()<>#$:~\\ ", max_size=30))
def test_no_sign_of_markdown_is_left_bare(words: str) -> None:
    made = plain(words)
    bare = made.replace("\\\\", "")
    for sign in "*_`[]()<>#$:~":
        assert bare.count(sign) == bare.count(f"\\{sign}")
