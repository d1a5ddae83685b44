"""Numbers that the state or a bank gave to somebody, told by their check digit.

One check digit lets one number in eleven pass by chance, and product codes are
many. So a number counts only if its check is strong (CURP, IBAN), or its writing
is its own (a RUT with dots), or its name stands just before it ('RUT: …').
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from ftcore.data.personal_words import label, whole, words

_LABEL = 48  # characters in which a document may be announced
_NOT_INSIDE = r"(?<![\w@])(?<!\d[.,/-])(?<![^\W\d][-_/])"
_NOT_BEFORE = r"(?![\w@])(?![.,/-]\d)(?![-_/]\w)"


@dataclass(frozen=True, slots=True)
class Document:
    """How one kind of number is written and checked.

    Attributes:
        kind: Value of the ``PersonalKind``.
        pattern: How it is written, whatever its case.
        module: Its module of ``stdnum``; empty if there is nothing to check.
        label: Its words in ``assets/data/personal.yaml``, which must stand just
            before it; empty if it is known without.
    """

    kind: str
    pattern: str
    module: str
    label: str = ""


# A letter after a space counts in upper case only: '12345678 a' goes on otherwise.
_LETTER = r"(?:-?[A-Z]|(?-i: [A-Z]))"
_MILLIONS = r"\d{1,2}(?:\.\d{3}\.|\d{3})\d{3}"
_SPANISH = r"\d\d(?:\.\d{3}\.| \d{3} |\d{3})\d{3}"
DOCUMENTS = (
    Document("cbu", r"\d{8}[ -]?\d{14}", "ar.cbu", "cbu"),
    Document("curp", r"[A-Z]{4}[ -]?\d{6}[ -]?[A-Z]{6}[ -]?[A-Z0-9]\d", "mx.curp"),
    Document("rfc", r"[A-ZÑ&]{4}[ -]?\d{6}[ -]?[A-Z0-9]{3}", "mx.rfc"),
    Document("rfc", r"[A-ZÑ&]{3,4}[ -]?\d{6}[ -]?[A-Z0-9]{3}", "", "rfc"),
    Document("cnpj", r"\d\d\.\d{3}\.\d{3}/\d{4}-\d\d", "br.cnpj"),
    Document("cnpj", r"\d{14}", "br.cnpj", "cnpj"),
    Document("cpf", r"\d{3}\.\d{3}\.\d{3}-\d\d", "br.cpf"),
    Document("cpf", r"\d{9}[ -]?\d\d", "br.cpf", "cpf"),
    Document("cuit", r"(?:2[034567]|3[034])-\d{8}-\d", "ar.cuit"),
    Document("cuit", r"\d\d[ .-]?\d\d?\.?\d{3}\.?\d{3}[ .-]?\d", "ar.cuit", "cuit"),
    Document("rif", r"[VEJPG]-\d{8}-\d", "ve.rif"),
    Document("rif", r"[VEJPG][- ]?\d{8}[- ]?\d", "ve.rif", "rif"),
    Document("nit", r"\d{3}\.\d{3}\.\d{3}-\d", "co.nit"),
    Document("nit", r"\d{1,3}\.?\d{3}\.?\d{3}[ -]?\d", "co.nit", "nit"),
    Document("rut", r"\d{1,2}\.\d{3}\.\d{3}-[\dK]", "cl.rut"),
    Document("rut", r"\d{1,2}\.?\d{3}\.?\d{3}[ -]?[\dK]", "cl.rut", "rut"),
    Document("rut", r"\d{12}", "uy.rut", "rut"),
    Document("ruc", r"\d{11}", "pe.ruc", "ruc"),
    Document("ruc", r"\d{10}-?001", "ec.ruc", "ruc"),
    Document("nie", rf"[XYZ][ .-]?\d(?:\.\d{{3}}\.|\d{{3}})\d{{3}}{_LETTER}", "es.nie"),
    Document("dni", _SPANISH + _LETTER, "es.dni"),
    Document("dni", _SPANISH + _LETTER, "", "dni"),
    Document("cif", r"[A-HJNP-SUVW][ -]?\d{7}[ -]?[A-J0-9]", "es.cif", "cif"),
    Document("ssn", r"\d{3}-\d\d-\d{4}", "us.ssn", "ssn"),
    Document("cedula", r"[VE][ -]?\d{1,2}\.?\d{3}\.?\d{3}", "", "cedula"),
    Document("cedula", r"\d{1,2}\.?\d{3}\.?\d{3}-\d", "", "cedula"),
    Document("cedula", r"\d{9}-\d", "ec.ci", "cedula"),
    Document("cedula", r"(?:1\.\d{3}|\d{1,3})\.\d{3}\.\d{3}|\d{6,10}", "", "cedula"),
    Document("dni", _MILLIONS, "", "dni"),
)

_IBAN = re.compile(
    rf"{_NOT_INSIDE}[A-Z]{{2}}\d\d(?:[ -]?[A-Z0-9]){{11,30}}", re.IGNORECASE
)
_CARD = re.compile(rf"{_NOT_INSIDE}\d{{4}}(?:[ -]?\d){{9,15}}{_NOT_BEFORE}")
_CARD_GROUPS = re.compile(
    r"\d{13,19}|\d{4}([ -])(?:\d{4}\1\d{4}\1\d{4}|\d{6}\1\d{4,5})"
)
# Issuers' prefixes and lengths (ISO/IEC 7812; the networks' published ranges).
_ISSUER = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})"  # Visa
    r"|(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}"  # Mastercard
    r"|3[47]\d{13}"  # American Express
    r"|3(?:0[0-5]|[689]\d)\d{11}"  # Diners
    r"|(?:6011|65\d\d|64[4-9]\d|35(?:2[89]|[3-8]\d)|62\d\d)\d{12}"  # Discover, JCB
    r"|(?:5018|5020|5038|5893|6304|6759|676[1-3])\d{12}"  # Maestro
)


def find_documents(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield kind, start and end of each number; the surest kinds first.

    Args:
        text: A text of a :class:`ftcore.data.personal_view.View`.
    """
    yield from _find_ibans(text)
    yield from _find_cards(text)
    for document, pattern in _possible(text):
        for match in pattern.finditer(text):
            if _is_labelled(document.label, text, match.start()) and _is_valid(
                document.module, match.group()
            ):
                yield document.kind, *match.span()


def _possible(text: str) -> Iterator[tuple[Document, re.Pattern[str]]]:
    """Yield what may be in the text, by looking for all at once first."""
    if _any_of(labelled=False).search(text):
        yield from (pair for pair in _patterns() if not pair[0].label)
    if _any_of(labelled=True).search(text) and _any_label().search(text):
        yield from (pair for pair in _patterns() if pair[0].label)


@cache
def _patterns() -> tuple[tuple[Document, re.Pattern[str]], ...]:
    return tuple((document, _compiled(document.pattern)) for document in DOCUMENTS)


@cache
def _any_of(*, labelled: bool) -> re.Pattern[str]:
    return _compiled(
        "|".join(d.pattern for d in DOCUMENTS if bool(d.label) is labelled)
    )


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(f"{_NOT_INSIDE}(?:{pattern}){_NOT_BEFORE}", re.IGNORECASE)


@cache
def _any_label() -> re.Pattern[str]:
    names = sorted({document.label for document in DOCUMENTS if document.label})
    labels = "|".join(words("labels", name) for name in names)
    return re.compile(rf"(?<!\w)(?:{labels})(?!\w)", re.IGNORECASE)


def _is_labelled(name: str, text: str, start: int) -> bool:
    before = text[max(0, start - _LABEL) : start]
    return not name or label(name).search(before) is not None


def _is_valid(module: str, number: str) -> bool:
    compact = re.sub(r"[\W_]", "", number).upper()
    if whole("documents", "nobody").match(compact):
        return False
    if not module or not compact.isascii():
        return True
    if len(set(re.sub(r"\D", "", compact))) == 1:
        return False  # 11.111.111-1 and 00000000T check well and are nobody's
    checker = import_module(f"stdnum.{module}")
    if module == "mx.rfc":
        return bool(checker.is_valid(compact, validate_check_digits=True))
    return bool(checker.is_valid(compact))


def _find_ibans(text: str) -> Iterator[tuple[str, int, int]]:
    from stdnum import iban  # noqa: PLC0415 - only a text with digits pays for it

    for match in _IBAN.finditer(text):
        start, longest = match.span()
        # A word in capitals may follow: the longest that checks is the number.
        for end in range(longest, start + 14, -1):
            if text[end : end + 1].isalnum() or not text[end - 1].isalnum():
                continue
            if iban.is_valid(text[start:end]):
                yield "iban", start, end
                break


def _find_cards(text: str) -> Iterator[tuple[str, int, int]]:
    from stdnum import luhn  # noqa: PLC0415 - only a text with digits pays for it

    for match in _CARD.finditer(text):
        number = match.group()
        digits = re.sub(r"\D", "", number)
        if not _CARD_GROUPS.fullmatch(number) or not _ISSUER.fullmatch(digits):
            continue
        if luhn.is_valid(digits) and len(set(digits)) > 1:
            alone = len(digits) == len(number)
            if not alone or _may_be_card(
                text[max(0, match.start() - _LABEL) : match.start()]
            ):
                yield "card", *match.span()


def _may_be_card(before: str) -> bool:
    """Whether digits without spaces are a card and not a code that is named so."""
    said = before.rpartition("\x01")[2]
    if re.search(rf"(?<!\w){words('labels', 'card')}(?!\w)", said, re.IGNORECASE):
        return True
    far = rf"(?<!\w){words('phone', 'far')}(?!\w)"
    return re.search(far, said, re.IGNORECASE) is None
