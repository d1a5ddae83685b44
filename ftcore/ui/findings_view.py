"""Show what was found: worst first; where, what, why it matters, how to mend it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from ftcore.data.findings import Finding, Severity
from ftcore.data.summary import group_findings, lines_phrase
from ftcore.texts import number, text

MOST_OPEN = 6  # kinds of one severity; the rest is folded
MOST_ROWS = 8  # rows of one kind with a button of their own
_MOST_SENTENCES = 4  # different sentences of one kind
_MARKS = {Severity.ERROR: "✕", Severity.REPAIR: "✓", Severity.WARNING: "!"}


@dataclass(frozen=True, slots=True)
class Places:
    """What the lines of findings are, and where a press on one leads.

    Attributes:
        unit: ``line`` of a file or ``row`` of the examples in use.
        row_of: Gives the position of the example that a line became, if any.
        go: Called with the position of the example to land on.
    """

    unit: str
    row_of: Callable[[int], int | None]
    go: Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Action:
    """One more button of a kind of finding.

    Attributes:
        label: Gives its words for a code and the number of rows; empty for none.
        press: Called with the code.
        is_off: Whether it waits for something else.
    """

    label: Callable[[str, int], str]
    press: Callable[[str], None]
    is_off: bool = False


def show_findings(
    findings: Sequence[Finding],
    *,
    key: str,
    places: Places | None = None,
    action: Action | None = None,
) -> None:
    """Draw the findings by severity; those of one kind make one entry.

    Args:
        findings: What was found, in any order.
        key: English name, part of the CSS class.
        places: Makes the rows buttons; without it they are words only.
        action: A button for each kind that can be mended at once.
    """
    with st.container(key=f"findings-{key}"):
        for severity in Severity:
            groups = group_findings([f for f in findings if f.severity is severity])
            if groups:
                _show_severity(severity, groups, key, places, action)


def _show_severity(
    severity: Severity,
    groups: Sequence[Sequence[Finding]],
    key: str,
    places: Places | None,
    action: Action | None,
) -> None:
    title = escape(text(f"data.findings.{severity.value}"))
    st.html(
        f'<h3 class="ft-severity ft-{severity.value}"><span aria-hidden="true">'
        f"{_MARKS[severity]}</span>{title} · {number(len(groups))}</h3>"
    )
    for group in groups[:MOST_OPEN]:
        _show_group(group, key, places, action)
    rest = groups[MOST_OPEN:]
    if rest:
        label = text("data.findings.more", count=number(len(rest)))
        with st.expander(label, key=f"more-{key}-{severity.value}"):
            for group in rest:
                _show_group(group, key, places, action)


def _show_group(
    group: Sequence[Finding], key: str, places: Places | None, action: Action | None
) -> None:
    first = group[0]
    rows = sorted({f.line for f in group if f.line is not None})
    name = f"{key}-{first.severity.value}-{first.code}"
    with st.container(key=f"finding-{name}", gap="xsmall"):
        st.html(_item(group, rows, places))
        targets = [(at, places.row_of(at)) for at in rows] if places else []
        links = [(at, row) for at, row in targets if row is not None]
        label = action.label(first.code, len(rows)) if action else ""
        if not links and not label:
            return
        with st.container(key=f"finding-do-{name}", horizontal=True, gap="small"):
            if label and action:
                st.button(
                    label,
                    key=f"fix-{first.code}",
                    icon=":material/auto_fix_high:",
                    disabled=action.is_off,
                    on_click=action.press,
                    args=(first.code,),
                )
            _row_buttons(links, name, places)


def _row_buttons(
    links: Sequence[tuple[int, int | None]], name: str, places: Places | None
) -> None:
    for at, row in links[:MOST_ROWS]:
        if places is not None and row is not None:
            name_of = "go" if len(links) == 1 else f"go_{places.unit}"
            st.button(
                text(f"data.findings.{name_of}", at=number(at)),
                key=f"go-{name}-{at}",
                type="tertiary",
                help=text("data.findings.go_help"),
                on_click=places.go,
                args=(row,),
            )


def _item(group: Sequence[Finding], rows: Sequence[int], places: Places | None) -> str:
    first = group[0]
    unit = places.unit if places else "line"
    where = _where(rows, unit) if rows else text(f"data.findings.whole_{unit}")
    messages = list(dict.fromkeys(finding.message for finding in group))
    fixes = list(dict.fromkeys(finding.fix for finding in group))
    others = "".join(f"<p>{escape(words)}</p>" for words in messages[1:_MOST_SENTENCES])
    if len(messages) > _MOST_SENTENCES:
        rest = number(len(messages) - _MOST_SENTENCES)
        others += f"<p>{escape(text('data.findings.more_like', count=rest))}</p>"
    matters = _labelled("why", first.why) if first.why else ""
    mend = "".join(_labelled("fix", words) for words in fixes[:1])
    return (
        f'<div class="ft-finding"><span class="ft-where">{escape(where)}</span>'
        f"<div><strong>{escape(messages[0])}</strong>{others}{matters}{mend}</div></div>"
    )


def _where(rows: Sequence[int], unit: str) -> str:
    if unit == "line":
        return lines_phrase(rows)
    if len(rows) == 1:
        return text("data.findings.row", at=number(rows[0]))
    return text("data.findings.rows", count=number(len(rows)))


def _labelled(name: str, words: str) -> str:
    label = escape(text(f"data.findings.{name}"))
    return f'<p><span class="ft-quiet-label">{label}</span> {escape(words)}</p>'
