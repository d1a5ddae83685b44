"""Make the files of a room: thirty questions each, no two participants alike."""

import json
import random
from pathlib import Path

import yaml

TRADES = (
    "la ferretería", "la librería", "la panadería", "el vivero", "la óptica",
    "el taller de bicis", "la academia", "la clínica dental", "el gimnasio",
    "la zapatería", "la pescadería", "el estudio de yoga", "la imprenta",
    "la tintorería", "la juguetería",
)  # fmt: skip
NAMES = ("Alba", "Brisa", "Cedro", "Duna", "Espiga", "Faro", "Gaviota", "Hiedra")
CITIES = ("Soria", "Lugo", "Teruel", "Cádiz", "Murcia", "Vigo", "Jaén", "Huesca")
DAYS = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábados")
STREETS = ("Mayor", "del Olmo", "de la Fuente", "Real", "del Puerto", "de las Eras")
PAIRS = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))


def room_file(participant: int, examples: int = len(PAIRS)) -> bytes:
    """Return one participant's file, in the app's own format.

    Args:
        participant: Which one, from 0; the same number gives the same file.
        examples: Lines, at most thirty.
    """
    rng = random.Random(participant)
    own = {
        "trade": TRADES[participant % len(TRADES)],
        "name": rng.choice(NAMES),
        "city": rng.choice(CITIES),
        "street": rng.choice(STREETS),
    }
    chosen = rng.sample(PAIRS, examples)
    lines = [_line(rng, question, answer, own) for question, answer in chosen]
    return "\n".join(lines).encode()


def _line(rng: random.Random, question: str, answer: str, own: dict[str, str]) -> str:
    figures = {
        "a": rng.randint(2, 9),
        "b": rng.randint(12, 59),
        "c": rng.randint(40, 98),
        "d": rng.randint(20, 90),
        "day": rng.choice(DAYS),
    }
    said = f"Pregunta para {own['trade']} {own['name']}: {question}"
    turns = (("user", said), ("assistant", answer.format(**own, **figures)))
    messages = [{"role": role, "content": content} for role, content in turns]
    return json.dumps({"messages": messages}, ensure_ascii=False)
