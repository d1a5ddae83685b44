"""What the slips that people make in JSON look like."""

import re

SPACE = re.compile(r"[\s\u200b\ufeff]+")
COMMENT = re.compile(r"(?://|#)[^\n]*|/\*.{0,2000}?\*/", re.DOTALL)
NUMBER = re.compile(r"[+-]?(?:\d++(?:\.\d*+)?|\.\d++)(?:[eE][+-]?\d++)?(?![\w.])")
WORD = re.compile(r"[^\W\d][\w-]*|-?Infinity")
CLOSERS = {
    '"': '"',
    "'": "'",
    "“": '”“"',
    "”": '”“"',
    "„": '“”"',
    "‘": "’‘'",
    "’": "’‘'",
    "«": "»",
    "`": "`´",
    "´": "´`",
}
QUOTES = "".join(CLOSERS)
NEXT_KEY = re.compile(rf"""\s*(?:[{QUOTES}][^\n{QUOTES}]{{0,60}}[{QUOTES}]\s*:)""")
AFTER_COMMA = re.compile(
    rf"""\s*(?:[,{QUOTES}}}\]{{\[]|[^\W\d]\w*\s*:|//|\#|/\*|-?\d|\Z)"""
)
LITERALS: dict[str, tuple[object, str]] = {
    "true": (True, ""),
    "false": (False, ""),
    "null": (None, ""),
    "True": (True, "python_literals"),
    "False": (False, "python_literals"),
    "None": (None, "python_literals"),
    "undefined": (None, "python_literals"),
    "NaN": (None, "not_a_number"),
    "nan": (None, "not_a_number"),
    "Infinity": (None, "not_a_number"),
    "-Infinity": (None, "not_a_number"),
}
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}

PLAIN_SPACE = frozenset(" \t\r\n\u200b\ufeff")  # the last two are told elsewhere
# A key inside a text: the quote before it was forgotten.
SWALLOWED_KEY = re.compile(r"""[,;]\s*["'][\w ]{1,40}["']\s*[:=]""")
