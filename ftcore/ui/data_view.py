"""The parts of step 2 that say how the examples stand."""

from collections.abc import Sequence

import streamlit as st

from ftcore.data.findings import CheckReport, Finding, Severity
from ftcore.texts import number, text
from ftcore.ui.findings_view import show_findings
from ftcore.ui.wording import counted, plain
from ftcore.workshop.projects import CurrentDataset, Projects

_ROUGH_TEST = 30  # below it one answer moves the result by more than 3 points


def ready_banner(current: CurrentDataset) -> None:
    """Say that the examples can train, where they come from and what was noticed."""
    origin = "template" if current.row.origin == "template" else "upload"
    sentences = [
        text(f"data.banner.{origin}", name=plain(current.row.filename)),
        *_noticed(current.findings),
    ]
    title = text("data.banner.ready", unit=counted("data.unit", len(current.dataset)))
    st.success(f"**{title}**  \n{' '.join(sentences)}", icon=":material/check_circle:")


def rejected_report(
    report: CheckReport, current: CurrentDataset | None, *, has_template: bool
) -> None:
    """Say what is wrong with a file that was not taken, and what was kept."""
    if current is not None:
        unit = counted("data.unit", len(current.dataset))
        kept = text("data.banner.kept", unit=unit)
    else:
        kept = text(f"data.banner.nothing_kept{'' if has_template else '_own'}")
    title = text("data.banner.rejected", name=plain(report.filename))
    st.error(f"**{title}**  \n{kept}", icon=":material/error:")
    show_findings(report.findings, key="rejected")


def accepted_findings(findings: Sequence[Finding]) -> None:
    """Show what was noticed in the examples in use, if anything."""
    if findings:
        st.subheader(text("data.findings.title"), anchor=False)
        show_findings(findings, key="current")


def test_note(current: CurrentDataset) -> None:
    """Say how many examples are kept for the test, and what that test can prove."""
    count = current.held_out
    with st.container(key="test-note", border=True):
        st.subheader(text("data.test.title"), anchor=False)
        if count == 0:
            st.markdown(text("data.test.none"))
            return
        total = number(len(current.dataset))
        key = "template" if current.test else "split"
        kept = text(f"data.test.{key}", count=number(count), total=total)
        st.markdown(f"{kept} {_weight(count)}")


def take_back(projects: Projects, participant_id: str) -> bool:
    """Draw undo and download.

    Returns:
        Whether the participant wants the examples from before.
    """
    wanted = False
    with st.container(key="take-back", horizontal=True):
        st.download_button(
            text("data.download"),
            projects.dataset_file(participant_id),
            file_name=text("data.file_name"),
            mime="application/jsonl",
            key="download",
            icon=":material/download:",
            on_click="ignore",
            type="tertiary",
        )
        before = projects.previous_dataset(participant_id)
        if before is not None:
            unit = counted("data.unit", before.rows)
            wanted = st.button(
                text("data.previous", unit=unit),
                key="undo",
                icon=":material/undo:",
                type="tertiary",
            )
    return wanted


def _noticed(findings: Sequence[Finding]) -> list[str]:
    by = {s: [f for f in findings if f.severity is s] for s in Severity}
    sentences = []
    if by[Severity.ERROR]:
        lines = {f.line for f in by[Severity.ERROR]}
        sentences.append(counted("data.banner.left_out", len(lines)))
    if by[Severity.REPAIR]:
        sentences.append(text("data.banner.repaired"))
    if by[Severity.WARNING]:
        kinds = {(f.message, f.fix) for f in by[Severity.WARNING]}
        sentences.append(counted("data.banner.warnings", len(kinds)))
    return sentences


def _weight(count: int) -> str:
    if count == 1:
        return text("data.test.weight_one")
    points = number(round(100 / count))
    weight = text("data.test.weight", count=number(count), points=points)
    rough = text(f"data.test.{'rough' if count < _ROUGH_TEST else 'fine'}")
    return f"{weight} {rough}"
