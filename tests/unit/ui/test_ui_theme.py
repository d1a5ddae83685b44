"""One palette, readable in both modes, the same in every framework."""

import tomllib
from dataclasses import fields

import pytest
from streamlit import config

from ftcore.settings import ROOT
from ftcore.texts import ASSETS
from ftcore.ui import theme
from ftcore.ui.theme import MODES, Mode

TEXT, MARK = 4.5, 3.0  # WCAG 2.2, 1.4.3 and 1.4.11
READ = ("text", "muted", "brand", "tuned", "base", "ok", "warn", "bad")
CONFIG = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("role", READ)
def test_text_is_readable_on_every_surface(mode: Mode, role: str) -> None:
    shown = theme.palette(mode)
    surfaces = [shown.canvas, shown.surface, shown.sunken]
    if hasattr(shown, f"{role}_soft"):
        surfaces.append(getattr(shown, f"{role}_soft"))
        assert theme.contrast(shown.text, getattr(shown, f"{role}_soft")) >= TEXT
    for surface in surfaces:
        assert theme.contrast(getattr(shown, role), surface) >= TEXT


@pytest.mark.parametrize("mode", MODES)
def test_buttons_and_marks_stand_out(mode: Mode) -> None:
    shown = theme.palette(mode)
    assert theme.contrast(shown.on_brand, shown.brand) >= TEXT
    for mark in (shown.edge, *shown.series):
        assert theme.contrast(mark, shown.canvas) >= MARK
        assert theme.contrast(mark, shown.surface) >= MARK


def test_contrast_is_the_one_of_the_standard() -> None:
    assert theme.contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert theme.contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
    assert theme.contrast("#123456", "#123456") == pytest.approx(1)


@pytest.mark.parametrize("mode", MODES)
def test_streamlit_has_the_same_colours(mode: Mode) -> None:
    shown, given = theme.palette(mode), CONFIG["theme"][mode]
    roles = {"blue": "brand", "green": "ok", "yellow": "warn", "red": "bad"}
    roles |= {"orange": "warn", "violet": "tuned", "gray": "base"}
    expected = {
        "primaryColor": shown.brand,
        "backgroundColor": shown.canvas,
        "secondaryBackgroundColor": shown.sunken,
        "textColor": shown.text,
        "linkColor": shown.brand,
        "borderColor": shown.line,
        "chartCategoricalColors": list(shown.series),
    }
    for colour, role in roles.items():
        expected[f"{colour}Color"] = getattr(shown, role)
        expected[f"{colour}TextColor"] = getattr(shown, role)
        expected[f"{colour}BackgroundColor"] = getattr(shown, f"{role}_soft")
    assert {name: given[name] for name in expected} == expected


def test_streamlit_has_the_same_fonts() -> None:
    known = theme.fonts()
    faces = [
        {
            "family": face["family"],
            "url": f"app/static/fonts/{face['file']}",
            "weight": str(face["weight"]),
            "style": face["style"],
            "unicodeRange": known.subsets[face["subset"]],
        }
        for face in known.faces
    ]
    assert CONFIG["theme"]["fontFaces"] == faces
    assert CONFIG["theme"]["font"].startswith(known.text)
    assert CONFIG["theme"]["codeFont"].startswith(known.figures)


def test_fonts_are_here_light_and_free() -> None:
    folder = ASSETS / "fonts"
    for face in theme.fonts().faces:
        assert (folder / face["file"]).read_bytes()[:4] == b"wOF2"
    assert sum(p.stat().st_size for p in folder.iterdir()) <= 400_000
    licences = [p.read_text("utf-8") for p in folder.glob("OFL-*.txt")]
    assert len(licences) == 2
    assert all("SIL OPEN FONT LICENSE" in words.upper() for words in licences)


@pytest.mark.parametrize("mode", MODES)
def test_the_style_knows_every_colour_of_the_mode(mode: Mode) -> None:
    css = theme.streamlit_css(mode, projector=True)
    shown = theme.palette(mode)
    for field in fields(shown):
        if field.name != "series":
            name = field.name.replace("_", "-")
            assert f"--ft-{name}: {getattr(shown, field.name)};" in css
    assert "$" not in css
    assert "$" not in theme.gradio_css()


def test_the_projector_gets_larger_type() -> None:
    calm = theme.streamlit_css("light", projector=False)
    large = theme.streamlit_css("light", projector=True)
    assert large.count("html {") > calm.count("html {")


def test_hidden_options_still_exist() -> None:
    assert CONFIG["runner"]["postScriptGC"] is False
    for section, values in CONFIG.items():
        for name, value in values.items():
            if not isinstance(value, dict):
                assert f"{section}.{name}" in config._config_options_template
