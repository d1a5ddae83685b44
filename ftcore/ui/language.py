"""Turn the fixed English of Streamlit and Gradio into Spanish in the browser.

Neither lets an app choose these words, so a small script watches the page and
replaces them. It leaves alone what participants wrote.
"""

import json
from functools import cache
from pathlib import Path

from ftcore.texts import TEXTS
from ftcore.yaml_files import read_yaml

_SCRIPT = Path(__file__).with_name("language.js")


@cache
def translation_script(framework: str) -> str:
    """Return the script element for 'streamlit' or 'gradio'.

    The dictionary is ``<framework>_fixed.exact`` (whole strings) and ``.patterns``
    (regular expression, replacement) in the texts.
    """
    path = TEXTS / f"{framework}_fixed.yaml"
    words = read_yaml(path)[f"{framework}_fixed"]
    exact = {entry["en"]: entry["es"] for entry in words["exact"].values()}
    patterns = [[entry["en"], entry["es"]] for entry in words["patterns"].values()]
    script = _SCRIPT.read_text(encoding="utf-8")
    for mark, value in (("__EXACT__", exact), ("__PATTERNS__", patterns)):
        # '</' would end the script element early.
        script = script.replace(
            mark, json.dumps(value, ensure_ascii=False).replace("</", "<\\/")
        )
    return f"<script>{script}</script>"
