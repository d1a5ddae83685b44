"""Write small HTML tables that turn into cards on a phone; every cell is escaped."""

from collections.abc import Sequence
from html import escape


def html_table(
    headers: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    caption: str,
    numeric: Sequence[int] = (),
) -> str:
    """Return a table as HTML.

    Args:
        headers: One word or two per column.
        rows: Plain text, one per header; it is escaped here.
        caption: What the table shows, for screen readers.
        numeric: Positions of the columns that hold figures (aligned right).
    """
    kinds = ["ft-num" if at in numeric else "ft-txt" for at in range(len(headers))]
    head = "".join(
        f'<th scope="col" class="{kind}">{escape(header)}</th>'
        for header, kind in zip(headers, kinds, strict=True)
    )
    body = "".join(_row(headers, kinds, row) for row in rows)
    return (
        f'<table class="ft-table"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _row(headers: Sequence[str], kinds: Sequence[str], row: Sequence[str]) -> str:
    cells = "".join(
        f'<td class="{kind}" data-label="{escape(header)}">{escape(cell)}</td>'
        for header, kind, cell in zip(headers, kinds, row, strict=True)
    )
    return f"<tr>{cells}</tr>"
