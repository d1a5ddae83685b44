"""The shared palette as a Gradio theme."""

import gradio as gr

from ftcore.ui.theme import fonts, palette

# Gradio's name of a colour -> our role; each has a '_dark' twin.
_ROLES = {
    "body_background_fill": "canvas",
    "body_text_color": "text",
    "body_text_color_subdued": "muted",
    "background_fill_primary": "surface",
    "background_fill_secondary": "sunken",
    "border_color_primary": "line",
    "border_color_accent": "brand",
    "color_accent_soft": "brand_soft",
    "link_text_color": "brand",
    "link_text_color_hover": "brand",
    "link_text_color_visited": "brand",
    "link_text_color_active": "brand",
    "block_background_fill": "surface",
    "block_border_color": "line",
    "block_info_text_color": "muted",
    "block_label_background_fill": "surface",
    "block_label_border_color": "line",
    "block_label_text_color": "text",
    "block_title_text_color": "text",
    "accordion_text_color": "text",
    "input_background_fill": "surface",
    "input_background_fill_focus": "surface",
    "input_border_color": "edge",
    "input_border_color_focus": "brand",
    "input_placeholder_color": "muted",
    "slider_color": "brand",
    "loader_color": "brand",
    "error_background_fill": "bad_soft",
    "error_border_color": "bad",
    "error_text_color": "bad",
    "error_icon_color": "bad",
    "stat_background_fill": "brand",
    "button_primary_background_fill": "brand",
    "button_primary_background_fill_hover": "brand",
    "button_primary_border_color": "brand",
    "button_primary_text_color": "on_brand",
    "button_primary_text_color_hover": "on_brand",
    "button_secondary_background_fill": "surface",
    "button_secondary_background_fill_hover": "sunken",
    "button_secondary_border_color": "edge",
    "button_secondary_border_color_hover": "edge",
    "button_secondary_text_color": "text",
    "button_secondary_text_color_hover": "text",
}

# In rem, so that the projector's larger root size reaches Gradio too.
_TEXT_SIZE = gr.themes.sizes.Size(
    name="rem",
    xxs="0.75rem",
    xs="0.8125rem",
    sm="0.9375rem",
    md="1rem",
    lg="1.125rem",
    xl="1.375rem",
    xxl="1.625rem",
)


def gradio_theme() -> gr.themes.Base:
    """Return the theme with the light and the dark palette."""
    light, dark = palette("light"), palette("dark")
    colours = {name: getattr(light, role) for name, role in _ROLES.items()}
    colours |= {f"{name}_dark": getattr(dark, role) for name, role in _ROLES.items()}
    known = fonts()
    return gr.themes.Base(
        text_size=_TEXT_SIZE,
        radius_size=gr.themes.sizes.radius_lg,
        font=[gr.themes.Font(known.text), gr.themes.Font("sans-serif")],
        font_mono=[gr.themes.Font(known.figures), gr.themes.Font("monospace")],
    ).set(
        color_accent=light.brand,
        chatbot_text_size="1.0625rem",
        button_border_width="1px",
        button_border_width_dark="1px",
        **colours,
    )
