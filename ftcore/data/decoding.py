"""Turn the bytes of a file into clean text, and say what had to be mended."""

import codecs
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ftcore.data.binaries import PACKED, binary_kind
from ftcore.data.cleaning import (
    clean_cell,
    cleaning_code,
    is_hidden_free,
    needs_cleaning,
)
from ftcore.data.findings import Finding, Severity
from ftcore.texts import text as words

SAMPLE_BYTES = 65_536  # bytes that are enough to tell an encoding
CONTROL_SHARE = 0.05  # more control bytes than this, and it is no text
CONTROL_BYTES = bytes(b for b in range(32) if b not in b"\t\n\r\x0b\x0c\x1a")
_EXPECTED = frozenset("áéíóúüñÁÉÍÓÚÜÑ¿¡ªº€«»“”‘’–—…·çÇàèòÀÈÒïã°´©®\xa0")
_SINGLE_BYTE = ("cp1252", "mac_roman", "cp850")  # what Spanish spreadsheets write
MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NAMES = {
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-32": "UTF-32",
    "cp1252": "Windows-1252 (Latin-1)",
    "mac_roman": "Mac Roman",
    "cp850": "MS-DOS (CP850)",
}


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file as text.

    Attributes:
        text: The text, or ``None`` if the file holds none.
        findings: What was mended, or why there is no text.
        raw: The text before its lines were mended, line for line.
    """

    text: str | None
    findings: tuple[Finding, ...]
    raw: str = ""


def decode(content: bytes) -> Decoded:
    """Decode any bytes; a text that was already valid comes back unaltered."""
    if not content.strip(b" \t\r\n\0\xef\xbb\xbf\xff\xfe"):
        return _refused("empty_file")
    kind = binary_kind(content)
    if kind is not None:
        code = "packed_file" if kind in PACKED else "binary_file"
        return _refused(code, kind=words(f"file_kinds.{kind}"))
    raw, findings = _to_text(content)
    if raw is None:
        return _refused("binary_file", kind=words("file_kinds.unknown"))
    clean, mended = clean_lines(raw)
    if not clean.strip():
        return _refused("empty_file")
    return Decoded(clean, (*findings, *mended), raw)


def decode_only(content: bytes) -> str | None:
    """Decode any bytes and mend nothing; ``None`` if they are no text."""
    return None if binary_kind(content) else _to_text(content)[0]


def _refused(code: str, **params: str) -> Decoded:
    return Decoded(None, (Finding(code, Severity.ERROR, params={**params}),))


def _to_text(content: bytes) -> tuple[str | None, list[Finding]]:
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return _marked(content, encoding)
    wide = wide_encoding(content)
    if wide is not None:
        return _named(content.decode(wide, "replace"), wide)
    stripped = content.rstrip(b"\0\x1a")
    if _looks_binary(stripped):
        return None, []
    try:
        return content.decode("utf-8"), []
    except UnicodeDecodeError as error:
        whole = content[: error.start]
        cut_off = error.reason == "unexpected end of data" and not whole.isascii()
        if not cut_off:
            return _not_utf8(content)
        return whole.decode("utf-8"), [Finding("cut_character", Severity.REPAIR)]


def _marked(content: bytes, encoding: str) -> tuple[str | None, list[Finding]]:
    if encoding != "utf-8-sig":
        unit = 4 if encoding == "utf-32" else 2
        content = content[: len(content) - len(content) % unit]  # a cut off end
        return _named(content.decode(encoding, "replace").lstrip("\ufeff"), encoding)
    body = content.removeprefix(codecs.BOM_UTF8)
    if _looks_binary(body.rstrip(b"\0\x1a")):
        return None, []
    found = [Finding("byte_order_mark", Severity.REPAIR)]
    try:
        return body.decode("utf-8").lstrip("\ufeff"), found
    except UnicodeDecodeError:
        text, more = _not_utf8(body)
        return text, found + more


def _named(text: str, encoding: str) -> tuple[str | None, list[Finding]]:
    controls = sum(text.count(chr(byte)) for byte in CONTROL_BYTES if byte)
    broken = text.count("\ufffd") + controls
    if broken > CONTROL_SHARE * len(text) + 1:
        return None, []
    return text, [encoding_finding(encoding)]


def encoding_finding(encoding: str) -> Finding:
    """Say that the file was not written in UTF-8."""
    name = _NAMES.get(encoding, encoding.upper().replace("_", "-"))
    return Finding("other_encoding", Severity.REPAIR, params={"name": name})


def wide_encoding(content: bytes) -> str | None:
    """Tell UTF-16 without a mark: every other byte of Latin text is zero."""
    sample = content[:SAMPLE_BYTES]
    half = len(sample) // 2
    if half < 2:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > 0.6 * half and even < 0.1 * half:
        return "utf-16-le"
    if even > 0.6 * half and odd < 0.1 * half:
        return "utf-16-be"
    return None


def _looks_binary(content: bytes) -> bool:
    controls = len(content) - len(content.translate(None, CONTROL_BYTES))
    return controls > max(2, CONTROL_SHARE * len(content))


def _not_utf8(content: bytes) -> tuple[str | None, list[Finding]]:
    """Decode line by line if most lines are UTF-8; the whole as one otherwise."""
    lines = content.split(b"\n")
    broken = {number for number, line in enumerate(lines, 1) if not is_utf8(line)}
    accented = sum(not line.isascii() for line in lines)
    if len(broken) == accented:
        encoding = guess_encoding(
            b"\n".join(lines[number - 1] for number in sorted(broken))
        )
        if encoding is None:
            return None, []
        return _named(content.decode(encoding, "replace"), encoding)
    decoded = [
        line.decode("cp1252", "replace") if number in broken else line.decode()
        for number, line in enumerate(lines, 1)
    ]
    found = [Finding("mixed_encoding", Severity.REPAIR, n) for n in sorted(broken)]
    return "\n".join(decoded), found


def is_utf8(line: bytes) -> bool:
    """Return whether a line reads as UTF-8."""
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def guess_encoding(content: bytes) -> str | None:
    """Choose the encoding that gives most Spanish letters; ask the library last."""
    sample = content[:SAMPLE_BYTES]
    scores = {encoding: _score(sample, encoding) for encoding in _SINGLE_BYTE}
    best = max(scores, key=lambda encoding: scores[encoding])
    if scores[best] > 0.5:
        return best
    from charset_normalizer import from_bytes  # noqa: PLC0415 - rarely needed

    match = from_bytes(sample[:16_384]).best()
    if match is not None and match.encoding not in {"utf_8", "ascii"}:
        return str(match.encoding)
    return best if scores[best] > 0 else None


def _score(sample: bytes, encoding: str) -> float:
    foreign = [c for c in sample.decode(encoding, "replace") if not c.isascii()]
    good = sum(character in _EXPECTED for character in foreign)
    inside = len(re.findall(rb"[A-Za-z][\x80-\xff][a-z]", sample))
    bonus = 0.001 if inside else 0.0
    return (2 * good - len(foreign)) / max(1, len(foreign)) + bonus


def clean_lines(text: str) -> tuple[str, list[Finding]]:
    """Mend every line of a text; the findings count its lines from 1."""
    text = text.rstrip("\0\x1a")
    if text.isascii() and is_hidden_free(text):
        return text, []
    lines = list(io.StringIO(text, newline=""))
    findings: list[Finding] = []
    for index, line in enumerate(lines):
        if not needs_cleaning(line) and "\ufffd" not in line:
            continue
        cleaned = clean_cell(line)
        lines[index] = cleaned.text
        findings += cleaning_findings(cleaned.removed, index + 1)
        if "\ufffd" in cleaned.text:
            findings.append(Finding("lost_character", Severity.WARNING, index + 1))
    return "".join(lines), findings


def cleaning_findings(removed: dict[str, int], line: int | None) -> Iterator[Finding]:
    """Say what cleaning did to one line or value."""
    for kind in removed:
        yield Finding(cleaning_code(kind), Severity.REPAIR, line)
