"""Read what a page shows."""

from streamlit.testing.v1 import AppTest


def drawn(page: AppTest) -> str:
    """Return all HTML of ours on the page."""
    return "\n".join(block.proto.body for block in page.get("html"))


def labels(page: AppTest) -> list[str]:
    """Return the words of all buttons."""
    return [button.label for button in page.button]


def links(page: AppTest) -> list[str]:
    """Return the words of the page links below the bar of steps."""
    return [link.proto.label for link in page.get("page_link")]
