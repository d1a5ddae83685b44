"""Every finding, as people read it, is a golden file; no code goes without one.

After a deliberate change of words, write them anew:
``FTCORE_WRITE_GOLDEN=1 python -m pytest tests/unit/data/test_data_golden_findings.py``
"""

import ast
import os
import re
import string
from pathlib import Path

import pytest

from ftcore.data.findings import Finding, Severity
from ftcore.texts import catalog

ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / "tests" / "golden" / "findings"
SOURCES = sorted((ROOT / "ftcore").rglob("*.py"))
CODES = sorted({key.split(".")[1] for key in catalog() if key.startswith("findings.")})

# A likely value for each placeholder; a new one needs a value here.
SAMPLE = {
    "answered": "inglés",
    "asked": "español",
    "cell": "B3",
    "count": 3,
    "end": "de lunes a viernes y",
    "expected": 2,
    "first": 4,
    "fix": "Guarda el archivo como CSV.",
    "found": "usted",
    "kind": "un PDF",
    "kinds": "un correo y un teléfono",
    "label": "urgente",
    "languages": "español (8), inglés (5)",
    "limit": 2048,
    "line": 7,
    "long": 120,
    "maximum": 1000,
    "meant": "etiqueta",
    "minimum": 10,
    "name": "respuesta",
    "names": "«fecha», «autor»",
    "others": "«Hoja2», «Hoja3»",
    "problem": "No se puede leer el archivo.",
    "role": "assistant",
    "sample": 10000,
    "share": "85 %",
    "sheet": "Hoja1",
    "short": 4,
    "source": "texto",
    "target": "etiqueta",
    "tokens": 3100,
    "total": 12,
    "typical": 20,
    "usual": "tú",
    "variants": "«Urgente», «urgente »",
    "words": 240,
}  # fmt: skip


def placeholders(code: str) -> set[str]:
    texts = [catalog()[f"findings.{code}.{part}"] for part in ("message", "fix")]
    return {
        name for t in texts for _, name, _, _ in string.Formatter().parse(t) if name
    }


def rendered(code: str) -> str:
    params = {name: SAMPLE[name] for name in placeholders(code) if name != "line"}
    finding = Finding(code, Severity.WARNING, SAMPLE["line"], params)
    return f"{finding.message}\n{finding.fix}\n{finding.why}\n"


@pytest.mark.parametrize("code", CODES)
def test_each_finding_reads_as_its_golden_file(code):
    golden = GOLDEN / f"{code}.txt"
    if os.environ.get("FTCORE_WRITE_GOLDEN"):
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(rendered(code), encoding="utf-8")
    assert rendered(code) == golden.read_text(encoding="utf-8")


def test_no_golden_file_is_left_over():
    assert {path.stem for path in GOLDEN.glob("*.txt")} <= set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_each_finding_says_what_why_and_how_in_short_sentences(code):
    message, fix, why = rendered(code).splitlines()
    for part in (message, fix, why):
        assert part[0] in "«¿" or part[0].isupper() or part[0].isdigit(), part
        assert part.endswith((".", "?", "»", ":")), part
        assert "!" not in part
        for sentence in re.split(r"(?<=[.?:;])\s", part):
            assert len(sentence.split()) <= 22, sentence
    assert why.strip()
    assert why != message


def calls() -> list[ast.Call]:
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES]
    return [n for tree in trees for n in ast.walk(tree) if isinstance(n, ast.Call)]


def emitted() -> set[str]:
    """Return every code written out where a finding is made."""
    makers = {"Finding", "warning", "_matching", "_odd"}
    found: set[str] = set()
    for call in calls():
        name = getattr(call.func, "id", "")
        if name in makers:
            constants = [a.value for a in call.args if isinstance(a, ast.Constant)]
            found |= {value for value in constants if isinstance(value, str)}
    return found


def test_every_code_that_is_emitted_has_its_texts():
    codes = emitted() - {"template_tokens", "html", "formula"}
    assert len(codes) > 25, "The makers of findings have other names now."
    assert codes <= set(CODES), sorted(codes - set(CODES))


def test_every_text_belongs_to_a_code_that_the_source_names():
    source = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
    hidden = {code for code in CODES if code.startswith("hidden_")}
    orphans = [c for c in CODES if c not in hidden and f'"{c}"' not in source]
    assert not orphans


def test_every_finding_about_a_row_of_substance_has_its_advice():
    checks = [path for path in SOURCES if path.parent.name == "checks"]
    checks += [path for path in SOURCES if path.name == "likeness.py"]
    source = "\n".join(path.read_text(encoding="utf-8") for path in checks)
    whole = {"one_class", "small_class", "imbalance", "few_examples", "many_examples"}
    whole |= {"mixed_lengths", "several_languages", "numbers_only"}
    whole |= {"same_answer", "split_treatment"}
    advised = {k.split(".")[2] for k in catalog() if k.startswith("quality.advice.")}
    assert {c for c in CODES if f'"{c}"' in source} - whole <= advised
