"""Read rows of two parts: what is asked and what is answered."""

from collections.abc import Mapping as Values
from dataclasses import dataclass, field

from ftcore.data.columns import Kind, Mapping
from ftcore.data.examples import Example, Message, Role
from ftcore.data.findings import Finding, Severity
from ftcore.data.values import TextValue, as_text, excerpt

_NOTHING = TextValue()  # of a part that the mapping does not have


@dataclass(slots=True)
class PairRead:
    """One row after reading; ``example`` is ``None`` if it cannot train."""

    example: Example | None = None
    findings: list[Finding] = field(default_factory=list)


def read_pair(values: Values[str, object], mapping: Mapping, line: int) -> PairRead:
    """Read one row by its mapping; a missing or empty part leaves it out."""
    out = PairRead()
    source = as_text(values[mapping.source])
    target = as_text(values[mapping.target])
    context = _optional(values, mapping.context) if mapping.context else _NOTHING
    system = _optional(values, mapping.system) if mapping.system else _NOTHING
    faulty = _fault(source, target, mapping)
    if faulty:
        code, name = faulty
        out.findings.append(
            Finding(code, Severity.ERROR, line, params={"name": excerpt(name)})
        )
        return out
    if source.notes or target.notes or context.notes:
        notes = dict.fromkeys([*source.notes, *target.notes, *context.notes])
        out.findings += [Finding(code, Severity.REPAIR, line) for code in notes]
    prompt = source.text
    if context.text.strip():
        prompt = f"{prompt}\n\n{context.text}"
    opening = (Message(Role.SYSTEM, system.text),) if system.text.strip() else ()
    turns = (Message(Role.USER, prompt), Message(Role.ASSISTANT, target.text))
    out.example = Example((*opening, *turns), line)
    return out


def _optional(values: Values[str, object], name: str) -> TextValue:
    read = as_text(values[name])
    return TextValue() if read.fault else read


def _fault(
    source: TextValue, target: TextValue, mapping: Mapping
) -> tuple[str, str] | None:
    if source.fault:
        return source.fault, mapping.source
    if target.fault:
        return target.fault, mapping.target
    if not source.text.strip():
        return "empty_prompt", mapping.source
    if not target.text.strip():
        is_label = mapping.kind is Kind.LABEL
        return ("empty_label" if is_label else "empty_answer"), mapping.target
    return None
