"""The dictionaries are whole, and the script carries them safely."""

import json
import re

import pytest
import yaml

from ftcore.texts import TEXTS
from ftcore.ui.language import translation_script

FRAMEWORKS = ("streamlit", "gradio")


def _words(framework: str) -> dict[str, dict[str, dict[str, str]]]:
    tree = yaml.safe_load((TEXTS / f"{framework}_fixed.yaml").read_text("utf-8"))
    words: dict[str, dict[str, dict[str, str]]] = tree[f"{framework}_fixed"]
    return words


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_no_english_is_translated_twice(framework: str) -> None:
    exact = [entry["en"] for entry in _words(framework)["exact"].values()]
    assert len(exact) == len(set(exact))


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_every_pattern_keeps_what_it_catches(framework: str) -> None:
    for entry in _words(framework)["patterns"].values():
        groups = re.compile(entry["en"]).groups
        used = {int(n) for n in re.findall(r"\$(\d)", entry["es"])}
        assert used == set(range(1, groups + 1)), entry


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_spanish_is_never_translated_again(framework: str) -> None:
    words = _words(framework)
    english = {entry["en"] for entry in words["exact"].values()}
    for entry in words["exact"].values():
        assert entry["es"] == entry["en"] or entry["es"] not in english


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_the_script_is_one_element_with_both_dictionaries(framework: str) -> None:
    script = translation_script(framework)
    assert script.startswith("<script>")
    assert script.count("</script>") == 1
    assert "__EXACT__" not in script
    assert "__PATTERNS__" not in script
    for entry in _words(framework)["exact"].values():
        assert json.dumps(entry["es"], ensure_ascii=False) in script
