"""One palette (``assets/theme.yaml``) for Streamlit, Gradio and Plotly."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from string import Template
from typing import Literal

from ftcore.texts import ASSETS
from ftcore.yaml_files import read_yaml

Mode = Literal["light", "dark"]
MODES: tuple[Mode, Mode] = ("light", "dark")
_STYLE = ASSETS / "style"


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one mode, as ``#RRGGBB``; ``series`` are for categories."""

    canvas: str
    surface: str
    sunken: str
    text: str
    muted: str
    line: str
    edge: str
    brand: str
    on_brand: str
    brand_soft: str
    tuned: str
    tuned_soft: str
    base: str
    base_soft: str
    ok: str
    ok_soft: str
    warn: str
    warn_soft: str
    bad: str
    bad_soft: str
    series: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fonts:
    """Families by use, and the ``@font-face`` rules (with relative addresses)."""

    text: str
    figures: str
    faces: tuple[Mapping[str, str], ...]
    subsets: Mapping[str, str]


@cache
def _tree() -> dict[str, dict[str, object]]:
    path = ASSETS / "theme.yaml"
    tree: dict[str, dict[str, object]] = read_yaml(path)
    return tree


@cache
def palette(mode: Mode) -> Palette:
    """Return the colours of one mode."""
    values = dict(_tree()[mode])
    series = values.pop("series")
    if not isinstance(series, list):
        raise TypeError("theme.yaml: 'series' must be a list of colours.")
    return Palette(**{k: str(v) for k, v in values.items()}, series=tuple(series))


@cache
def fonts() -> Fonts:
    """Return the bundled fonts."""
    found: dict[str, object] = _tree()["fonts"]
    return Fonts(**found)  # type: ignore[arg-type]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (as WCAG 2.2 defines)."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    """Return relative luminance, 0 to 1 (WCAG 2.2; sRGB transfer of IEC 61966-2-1)."""
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
        for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def variables(mode: Mode) -> str:
    """Return the palette as CSS variables: ``--ft-brand: #0B5FA5; …``."""
    colours = palette(mode)
    names = [field.name for field in fields(colours) if field.name != "series"]
    return " ".join(
        f"--ft-{n.replace('_', '-')}: {getattr(colours, n)};" for n in names
    )


def font_faces(folder: str) -> str:
    """Return the ``@font-face`` rules for fonts served under ``folder``."""
    known = fonts()
    return "\n".join(
        f'@font-face {{font-family: "{face["family"]}"; font-weight: {face["weight"]}; '
        f"font-style: {face['style']}; font-display: swap; "
        f'src: url("{folder}/{face["file"]}") format("woff2"); '
        f"unicode-range: {known.subsets[face['subset']]};}}"
        for face in known.faces
    )


def streamlit_css(mode: Mode, *, projector: bool) -> str:
    """Return the style element of every Streamlit page.

    Args:
        mode: Which palette Streamlit is showing.
        projector: Whether the page is meant for the big screen.
    """
    pages = sorted(path.name for path in (_STYLE / "pages").glob("*.css"))
    parts = [_style("streamlit.css", mode)]
    parts += [_style(f"pages/{name}", mode) for name in pages]
    figures = _style("figures.css", mode)
    if projector:
        parts += [_style("projector.css", mode), figures]
    else:  # as wide as where the type grows
        parts.append(f"@media (min-width: 1800px) {{{figures}}}")
    return f"<style>{''.join(parts)}</style>"


def _style(name: str, mode: Mode) -> str:
    known = fonts()
    source = Template((_STYLE / name).read_text(encoding="utf-8"))
    return source.substitute(
        variables=variables(mode), text_font=known.text, figures_font=known.figures
    )


def gradio_head() -> str:
    """Return the style element of what Gradio's own ``css`` cannot reach.

    Gradio confines that to its container; fonts and the root size lie outside.
    """
    # Gradio's page lies one level below the root, whatever prefix comes before.
    faces = font_faces("../app/static/fonts")
    page = (_STYLE / "gradio_page.css").read_text(encoding="utf-8")
    return f"<style>{faces}{page}</style>"


def gradio_css() -> str:
    """Return the playground's own style, for both modes."""
    known = fonts()
    source = Template((_STYLE / "gradio.css").read_text(encoding="utf-8"))
    return source.substitute(
        light=variables("light"),
        dark=variables("dark"),
        figures_font=known.figures,
        text_font=known.text,
    )
