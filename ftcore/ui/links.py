"""Addresses that leave the screen: the endpoint, the voting link and its QR code."""

from urllib.parse import urlencode, urlsplit

import segno
import streamlit as st

from ftcore.ui.services import API_MOUNT, get_workshop

CODE = "c"  # of the query; short, since people copy it from a wall
_LOCAL_HOSTS = {"", "localhost", "127.0.0.1", "0.0.0.0", "::1"}  # noqa: S104 - compared, not bound
_QR_PX = 10  # of one module in the drawing; the page scales it


def public_address() -> str:
    """Return the address that others reach this server by, without a final slash.

    The settings know it on a Space; otherwise the browser's own address does.
    """
    known = get_workshop().settings.public_url
    if known:
        return known.rstrip("/")
    here = st.context.url  # None in AppTest
    return here.split("?")[0].rsplit("/", 1)[0] if here else ""


def api_address() -> str:
    """Return the address that programs talk to models at."""
    return f"{public_address()}{API_MOUNT}"


def voting_address(code: str) -> str:
    """Return the whole address where others vote on the project of a code."""
    return f"{public_address()}/vote?{urlencode({CODE: code})}"


def voting_page() -> str:
    """Return the address to type before the code, without its protocol."""
    return f"{public_address()}/vote".partition("://")[2]


def is_local_only(address: str) -> bool:
    """Whether no other device can open an address."""
    return (urlsplit(address).hostname or "") in _LOCAL_HOSTS


def qr_svg(address: str) -> str:
    """Return a QR code as SVG, dark on white in both modes so that phones read it."""
    code = segno.make(address, error="m", micro=False)
    drawing: str = code.svg_inline(
        scale=_QR_PX, border=2, dark="#000000", light="#FFFFFF", omitsize=True
    )
    return drawing
