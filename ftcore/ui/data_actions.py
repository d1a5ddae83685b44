"""What can always be done with the examples: undo, and take them away."""

from collections.abc import Callable

import streamlit as st

from ftcore.texts import text

# What a person may want the examples as; the names are those of `datasets.file`.
KINDS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv_excel": "text/csv",
    "csv": "text/csv",
    "jsonl": "application/jsonl",
    "json": "application/json",
}
_ENDS = {"csv_excel": "csv"}


def undo_button(*, can_undo: bool) -> bool:
    """Draw the way back, if there is one; returns whether it was pressed."""
    return can_undo and _way("undo")


def redo_button(*, can_redo: bool) -> bool:
    """Draw the way forward again after an undo; returns whether it was pressed."""
    return can_redo and _way("redo")


def downloads(name: str, content: Callable[[str], bytes]) -> None:
    """Draw a button that opens into one download for each format.

    Args:
        name: Name of the dataset, for the files.
        content: Gives the file of a kind; called when it is asked for.
    """
    with st.popover(
        text("data_actions.download"),
        icon=":material/download:",
        type="tertiary",
        key="downloads",
    ):
        for kind, mime in KINDS.items():
            st.download_button(
                text(f"data_actions.kinds.{kind}"),
                _writer(content, kind),
                file_name=file_name(name, kind),
                mime=mime,
                key=f"download-{kind}",
                on_click="ignore",
                type="tertiary",
                help=text(f"data_actions.about.{kind}"),
            )


def file_name(name: str, kind: str) -> str:
    """Return the name of the file of one kind."""
    clean = "".join(sign if sign.isalnum() or sign in " -_" else "-" for sign in name)
    stem = clean.strip(" -") or text("data_actions.file_stem")
    return f"{stem}.{_ENDS.get(kind, kind)}"


def _writer(content: Callable[[str], bytes], kind: str) -> Callable[[], bytes]:
    return lambda: content(kind)


def _way(name: str) -> bool:
    return st.button(
        text(f"data_actions.{name}"),
        key=name,
        icon=f":material/{name}:",
        type="tertiary",
        help=text(f"data_actions.{name}_help"),
    )
