"""Find what identifies a person in a text: addresses, phones, documents, accounts.

Names and postal addresses are not looked for: nothing small enough to run here
tells them from products and shops reliably, and the texts say so.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from ftcore.data.emails import find_emails, may_have_email
from ftcore.data.examples import Dataset, Example
from ftcore.data.findings import Finding, Severity
from ftcore.data.identity_documents import find_documents
from ftcore.data.personal_view import View, view_of
from ftcore.data.phones import find_phones
from ftcore.texts import text as spanish

_SHOWN = 3  # identifiers in one finding's sentence
_DIGITS = re.compile(r"\d(?:[\W_]{0,4}\d){5}")  # no identifier has fewer


class PersonalKind(StrEnum):
    """What kind of identifier it is; documents go by their national names."""

    EMAIL = "email"
    PHONE = "phone"
    IBAN = "iban"
    CARD = "card"
    CBU = "cbu"
    DNI = "dni"
    NIE = "nie"
    CIF = "cif"
    CURP = "curp"
    RFC = "rfc"
    RUT = "rut"
    CUIT = "cuit"
    CPF = "cpf"
    CNPJ = "cnpj"
    RUC = "ruc"
    CEDULA = "cedula"
    NIT = "nit"
    RIF = "rif"
    SSN = "ssn"


@dataclass(frozen=True, slots=True)
class PersonalData:
    """One identifier in a text.

    Attributes:
        kind: What it is.
        start: Where it begins, in characters from 0.
        end: Where it ends (exclusive).
        text: It, as written.
        key: It, the same however it is written: spaces, dots, case, +34.
    """

    kind: PersonalKind
    start: int
    end: int
    text: str
    key: str


def find_personal(text: str) -> list[PersonalData]:
    """Return the identifiers of a text, from left to right, without overlaps.

    Digits of any script, wide characters and hidden ones inside an identifier make
    no difference. Placeholders such as ``[CORREO_1]`` are not looked into.
    """
    if _DIGITS.search(text) is None and not may_have_email(text):
        return []
    view = view_of(text)
    found: list[PersonalData] = []
    # What is found hides its neighbours' digits, so look again until all is found.
    while new := _find_once(view):
        for kind, start, end, key in new:
            begin, stop = view.span(start, end)
            found.append(PersonalData(kind, begin, stop, text[begin:stop], key))
        view = view.without([(start, end) for _, start, end, _ in new])
    return sorted(found, key=lambda item: item.start)


def _find_once(view: View) -> list[tuple[PersonalKind, int, int, str]]:
    taken: list[tuple[PersonalKind, int, int, str]] = []
    used = bytearray(len(view.text))
    for kind, start, end, key in _candidates(view.text):
        if not any(used[start:end]):
            used[start:end] = b"\1" * (end - start)
            taken.append((kind, start, end, key))
    return sorted(taken, key=lambda item: item[1])


def _candidates(plain: str) -> Iterator[tuple[PersonalKind, int, int, str]]:
    """Yield what may overlap, the surest kinds first."""
    for start, end, key in find_emails(plain):
        yield PersonalKind.EMAIL, start, end, key
    if _DIGITS.search(plain) is None:
        return
    for kind, start, end in find_documents(plain):
        key = re.sub(r"[\W_]", "", plain[start:end]).upper()
        yield PersonalKind(kind), start, end, key
    for start, end, key in find_phones(plain):
        yield PersonalKind.PHONE, start, end, key


def check_personal_data(dataset: Dataset) -> Iterator[Finding]:
    """Identifiers of people, which a model learns by heart and repeats."""
    for example in dataset:
        found = personal_in(example)
        if found:
            kinds = dict.fromkeys(kind_name(item.kind) for item in found)
            shown = dict.fromkeys(masked_excerpt(item) for item in found)
            params = {
                "kinds": _listed(list(kinds)),
                "found": ", ".join([*shown][:_SHOWN]),
            }
            yield Finding("personal_data", Severity.WARNING, example.line, {**params})


def personal_in(example: Example) -> list[PersonalData]:
    """Return the identifiers of all the messages, in their order."""
    return [item for m in example.messages for item in find_personal(m.content)]


def kind_name(kind: PersonalKind) -> str:
    """Return what a kind is called in a Spanish sentence."""
    return spanish(f"personal.kinds.{kind.value}")


def masked_excerpt(item: PersonalData) -> str:
    """Return a form that may be projected: enough to find it, too little to use it.

    An e-mail address keeps two letters ('an…@…'), anything else its first and its
    last two characters ('6•• ••• •12'), fewer if it is short.
    """
    if item.kind is PersonalKind.EMAIL:
        return f"{item.text[: 2 if item.key.find('@') > 3 else 1]}…@…"
    places = [i for i, c in enumerate(item.text) if c.isalnum()]
    kept = {places[0], *(places[-2:] if len(places) > 7 else ())}
    return "".join(
        "•" if c.isalnum() and i not in kept else c for i, c in enumerate(item.text)
    )


def _listed(names: list[str]) -> str:
    *first, last = names
    if not first:
        return last
    return spanish("personal.and", first=", ".join(first), last=last)
