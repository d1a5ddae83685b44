"""The controls of how an answer is drawn, folded, each with what it does."""

import gradio as gr

from ftcore.chat.base import DEFAULT_SAMPLING
from ftcore.texts import text

_START = (
    DEFAULT_SAMPLING.temperature,
    DEFAULT_SAMPLING.top_p,
    DEFAULT_SAMPLING.max_tokens,
    DEFAULT_SAMPLING.repeat_penalty,
    DEFAULT_SAMPLING.seed,
)
_MOST_SEED = 2**31 - 1  # what llama.cpp takes as an int


def sampling_controls() -> list[gr.Slider | gr.Number]:
    """Draw the controls; returns temperature, top_p, length, penalty and seed."""
    with gr.Accordion(text("playground_chat.settings"), open=False, elem_id="settings"):
        with gr.Row():
            controls: list[gr.Slider | gr.Number] = [
                _slider("temperature", 0, 1.5, _START[0], 0.1),
                _slider("top_p", 0.1, 1, _START[1], 0.05),
                _slider("max_tokens", 16, 512, _START[2], 16),
                _slider("repeat_penalty", 1, 1.5, _START[3], 0.05),
                gr.Number(
                    _START[4],
                    label=text("playground_chat.seed"),
                    info=text("playground_chat.seed_help"),
                    precision=0,
                    minimum=0,
                    maximum=_MOST_SEED,
                    min_width=240,
                ),
            ]
        reset = gr.Button(text("playground_chat.reset"), size="sm", elem_id="reset")
    reset.click(
        lambda: _START,
        outputs=controls,
        queue=False,
        show_progress="hidden",
        api_visibility="private",
    )
    return controls


def _slider(
    name: str, lowest: float, highest: float, start: float, step: float
) -> gr.Slider:
    return gr.Slider(
        lowest,
        highest,
        start,
        step=step,
        label=text(f"playground_chat.{name}"),
        info=text(f"playground_chat.{name}_help"),
        min_width=240,
    )
