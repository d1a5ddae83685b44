"""The controls of how an answer is drawn, folded, each with what it does."""

from collections.abc import Callable

import gradio as gr

from ftcore.chat.base import usual_sampling
from ftcore.data.examples import Task
from ftcore.texts import text

Values = tuple[float, float, int, float, int]
_MOST_SEED = 2**31 - 1  # what llama.cpp takes as an int


def start_values(task: Task) -> Values:
    """Return what the controls start with: how a model of that task draws."""
    usual = usual_sampling(task)
    return (
        usual.temperature,
        usual.top_p,
        usual.max_tokens,
        usual.repeat_penalty,
        usual.seed,
    )


def sampling_controls(
    start: Callable[[gr.Request], Values],
) -> list[gr.Slider | gr.Number]:
    """Draw the controls; returns temperature, top_p, length, penalty and seed.

    Args:
        start: Gives the values that suit the model on the page.
    """
    values = start_values(Task.CHAT)
    with gr.Accordion(text("playground_chat.settings"), open=False, elem_id="settings"):
        with gr.Row():
            controls: list[gr.Slider | gr.Number] = [
                _slider("temperature", 0, 1.5, values[0], 0.1),
                _slider("top_p", 0.1, 1, values[1], 0.05),
                _slider("max_tokens", 16, 512, values[2], 16),
                _slider("repeat_penalty", 1, 1.5, values[3], 0.05),
                gr.Number(
                    values[4],
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
        start,
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
