"""Tables as Excel in Spain and Mexico writes them."""

import gzip
import sys
from pathlib import Path

import pytest

from ftcore.data.findings import Severity
from ftcore.data.readers import read_dataset

sys.path.insert(0, str(Path(__file__).parent))

from workbooks import zipped

ROWS = [
    ("¿Cuánto cuesta el envío?", "Cuesta 4,90 € en la península."),
    ("¿Dónde está la señal?", 'Pone "salida"; sigue recto, por favor.'),
    ("¿Cómo pido cita?", "Llama.\nO escríbenos."),
    ("¿Aceptan niños?", "Sí, desde 3,5 años; menos no."),
]


def quoted(cell, delimiter):
    needs = any(mark in cell for mark in (delimiter, '"', "\n"))
    return '"' + cell.replace('"', '""') + '"' if needs else cell


def export(delimiter, end="\r\n", head="pregunta,respuesta", sep=False):
    lines = [head.replace(",", delimiter)]
    lines += [delimiter.join(quoted(c, delimiter) for c in row) for row in ROWS]
    return (f"sep={delimiter}{end}" if sep else "") + end.join(lines) + end


FILES = {
    "Spain, CSV": (export(";").encode("cp1252"), {"other_encoding"}),
    "Spain, CSV UTF-8": (export(";").encode("utf-8-sig"), {"byte_order_mark"}),
    "Mexico, CSV": (export(",").encode("cp1252"), {"other_encoding"}),
    "Mexico, CSV UTF-8": (export(",").encode("utf-8-sig"), {"byte_order_mark"}),
    "Unicode text": (export("\t").encode("utf-16"), {"other_encoding"}),
    "Text with tabs": (export("\t").encode("cp1252"), {"other_encoding"}),
    "MS-DOS": (export(";").replace("€", "e").encode("cp850"), {"other_encoding"}),
    "Macintosh": (
        export(";", "\r").encode("mac_roman"),
        {"other_encoding"},  # a cell holds the new line end
    ),
    "sep line": (export(";", sep=True).encode(), set()),
    "sep line with commas": (
        export(",", sep=True).encode("utf-8-sig"),
        {"byte_order_mark"},
    ),
    "bars": (export("|").encode(), set()),
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("wrap", ["bare", "zip", "gz"])
def test_exports_are_read_whole(name, wrap):
    content, codes = FILES[name]
    if wrap == "zip":
        content = zipped({"Libro1.csv": content})
    elif wrap == "gz":
        content = gzip.compress(content)
    found = read_dataset("Libro1.csv", content)
    expected = [(a, b.replace("€", "e") if name == "MS-DOS" else b) for a, b in ROWS]
    got = [(e.prompt, e.target.replace("\r\n", "\n")) for e in found.dataset]
    assert got == expected
    assert {f.code for f in found.findings} == codes
    assert not [f for f in found.findings if f.severity is Severity.ERROR]
