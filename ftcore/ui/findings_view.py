"""Show what was found in a file: worst first, where, what, and how to mend it."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from ftcore.data.findings import Finding, Severity
from ftcore.data.summary import lines_phrase
from ftcore.texts import number, text

MOST_OPEN = 5  # of each severity; the rest is folded
_MARKS = {Severity.ERROR: "✕", Severity.REPAIR: "✓", Severity.WARNING: "!"}
_Group = tuple[str, str, list[int]]


def show_findings(findings: Sequence[Finding], *, key: str) -> None:
    """Draw the findings by severity; the same words on several lines make one entry.

    Args:
        findings: What was found, in any order.
        key: English name, part of the CSS class.
    """
    with st.container(key=f"findings-{key}"):
        for severity in Severity:
            groups = _grouped([f for f in findings if f.severity is severity])
            if groups:
                _show_severity(severity, groups, key)


def _show_severity(severity: Severity, groups: list[_Group], key: str) -> None:
    title = escape(text(f"data.findings.{severity.value}"))
    heading = (
        f'<h3 class="ft-severity"><span aria-hidden="true">{_MARKS[severity]}</span>'
        f"{title} · {number(len(groups))}</h3>"
    )
    st.html(_block(severity, heading, groups[:MOST_OPEN]))
    rest = groups[MOST_OPEN:]
    if rest:
        label = text("data.findings.more", count=number(len(rest)))
        with st.expander(label, key=f"more-{key}-{severity.value}"):
            st.html(_block(severity, "", rest))


def _grouped(findings: Sequence[Finding]) -> list[_Group]:
    groups: dict[tuple[str, str], list[int]] = {}
    for finding in findings:
        lines = groups.setdefault((finding.message, finding.fix), [])
        if finding.line is not None:
            lines.append(finding.line)
    return [(message, fix, lines) for (message, fix), lines in groups.items()]


def _block(severity: Severity, heading: str, groups: Sequence[_Group]) -> str:
    items = "".join(_item(*group) for group in groups)
    return (
        f'<section class="ft-findings ft-{severity.value}">{heading}'
        f"<ul>{items}</ul></section>"
    )


def _item(message: str, fix: str, lines: list[int]) -> str:
    where = lines_phrase(sorted(set(lines))) if lines else text("data.findings.whole")
    return (
        f'<li><span class="ft-where">{escape(where)}</span>'
        f"<div><strong>{escape(message)}</strong><p>{escape(fix)}</p></div></li>"
    )
