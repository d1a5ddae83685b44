"""Files as people paste them: chats, notebooks, spreadsheets saved twice, exports."""

import json

from odd_files import (
    ASK,
    CHAT,
    MEET,
    PAIRS,
    TABLE,
    TOPIC,
    Case,
    chat_lines,
    label_rows,
    pair_lines,
)

PAIR_ROWS = [json.loads(line) for line in pair_lines()]
CHAT_ROWS = [json.loads(line) for line in chat_lines()]
TURNS = [message for row in CHAT_ROWS for message in row["messages"]]
LABELLED = [{"text": text, "label": label} for text, label in label_rows()]


def dumped(value: object, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent)


def lines(rows: list[object]) -> bytes:
    return "".join(dumped(row) + "\n" for row in rows).encode()


def repaired(name: str, content: str | bytes, first: str, *words: str) -> Case:
    raw = content.encode() if isinstance(content, str) else content
    return Case(name, raw, "repair", 12, first, words)


def last_changed(old: str, new: str) -> str:
    rows = pair_lines()
    assert old in rows[-1]
    return "\n".join([*rows[:-1], rows[-1].replace(old, new)]) + "\n"


PASTED = [
    repaired(
        "prose_and_fence.txt",
        f"Claro, aquí tienes:\n\n```json\n{dumped(PAIR_ROWS, 2)}\n```\n¿Algo más?",
        TOPIC,
        "alrededor de los datos",
    ),
    repaired(
        "introduced.txt", f"Aquí van:\n\n{dumped(PAIR_ROWS, 2)}\n\nSuerte.", TOPIC
    ),
    repaired(
        "fence_each.md",
        "".join(
            f"## {i}\n\n```json\n{dumped(r, 1)}\n```\n" for i, r in enumerate(PAIR_ROWS)
        ),
        TOPIC,
        "bloque de código",
    ),
    repaired("fence.csv", f"```csv\n{TABLE}```\n", MEET, "bloque de código"),
    repaired("title.csv", f"Correos de marzo,\n,\n{TABLE}", MEET, "título", "cabecera"),
    repaired(
        "table.md",
        "Mira:\n\n| texto | etiqueta |\n|---|:--|\n"
        + "".join(f"| {text} | {label} |\n" for text, label in label_rows()),
        MEET,
        "Markdown",
        "columnas",
    ),
    repaired(
        "word.csv",
        "text,label\n" + "".join(f"“{t}, o no”,{b}\n" for t, b in label_rows()),
        f"{MEET}, o no",
        "comillas",
        "tipográficas",
    ),
    repaired(
        "single.csv",
        "text,label\n" + "".join(f"'{t}, o no','{b}'\n" for t, b in label_rows()),
        f"{MEET}, o no",
        "comillas",
        "simples",
    ),
    repaired(
        "saved_twice.csv",
        "\n".join(f'"{line}"' for line in TABLE.splitlines()),
        MEET,
        "entre comillas",
        "columnas",
    ),
    repaired("blank_start.csv", f"\n\n{TABLE}", MEET, "fila vacía"),
    Case(
        "code_in_cells.csv",
        (
            "pregunta,respuesta\n"
            + "".join(f'"Duda {i}","Usa:\n```\nprint({i})\n```\n"\n' for i in range(12))
        ).encode(),
        "accept",
        12,
        "Duda 0",
    ),
]

LISTS = [
    repaired("open.json", dumped(PAIR_ROWS)[:-1], TOPIC, "corchete"),
    repaired("comma.json", dumped(PAIR_ROWS)[:-1] + ",]", TOPIC, "coma"),
    repaired("no_comma.json", f"[\n{PAIRS}]", TOPIC, "coma", "línea"),
    repaired(
        "commented.json",
        "[\n// primero\n" + ",\n".join(pair_lines()) + "\n]",
        TOPIC,
        "comentario",
    ),
    repaired("semicolons.jsonl", PAIRS.replace("\n", ";\n"), TOPIC, "punto y coma"),
    repaired(
        "train_test.json",
        dumped({"train": PAIR_ROWS[:9], "test": PAIR_ROWS[9:]}),
        TOPIC,
        "lista dentro de otro objeto",
    ),
    repaired(
        "frame.json",
        dumped(
            {
                "text": {str(i): row["text"] for i, row in enumerate(LABELLED)},
                "label": {str(i): row["label"] for i, row in enumerate(LABELLED)},
            }
        ),
        MEET,
    ),
    repaired(
        "frame_split.json",
        dumped({"columns": ["text", "label"], "data": [list(r) for r in label_rows()]}),
        MEET,
    ),
    repaired("cells.json", dumped([list(r) for r in label_rows()]), MEET, "listas"),
    repaired(
        "faq.json",
        dumped({row["prompt"]: row["completion"] for row in PAIR_ROWS}),
        TOPIC,
        "preguntas",
        "claves",
    ),
    Case("no_items.json", b"[]", "reject", 0, "", ("JSON", "vacío")),
]

SLIPS = [
    repaired(
        "no_colon.jsonl", last_changed('":', '"'), TOPIC, "dos puntos", "Línea 12"
    ),
    repaired("equals.jsonl", last_changed('":', '" ='), TOPIC, "dos puntos"),
    repaired("semicolon.jsonl", last_changed('11", ', '11"; '), TOPIC, "punto y coma"),
    repaired("nbsp.jsonl", last_changed('": ', '":\u00a0'), TOPIC, "espacios"),
    repaired("tab.jsonl", last_changed("11 ayuda", "11\tayuda"), TOPIC, "tabulador"),
    Case(
        "lost_quote.jsonl",
        last_changed('11", ', "11, ").encode(),
        "repair",
        11,
        TOPIC,
        ("comilla", "Línea 12"),
    ),
    Case(
        "lost_key_quote.jsonl",
        last_changed('"prompt":', '"prompt:').encode(),
        "repair",
        11,
        TOPIC,
        ("comilla", "Línea 12"),
    ),
    Case(
        "cut_character.jsonl",
        (PAIRS + '{"prompt": "Más", "completion": "adiós').encode()[:-2],
        "repair",
        12,
        TOPIC,
        ("cortado", "Línea 13"),
    ),
]

CONVERSATIONS = [
    repaired("loose.jsonl", lines(TURNS), ASK, "messages", "mensajes"),
    repaired(
        "loose.csv",
        "role,content\n" + "".join(f'{t["role"]},"{t["content"]}"\n' for t in TURNS),
        ASK,
        "messages",
    ),
    repaired(
        "numbered_talks.csv",
        "conversation_id,role,content\n"
        + "".join(
            f"{i},{role},{text} {i}\n"
            for i in range(12)
            for role, text in (
                ("user", "Hola"),
                ("assistant", "Dime"),
                ("user", "Envíos"),
                ("assistant", "Gratis"),
            )
        ),
        "Hola 0",
    ),
    Case(
        "nobody_answers.jsonl",
        lines([turn for turn in TURNS if turn["role"] == "user"]),
        "reject",
        0,
        "",
        ("respuesta", "assistant"),
    ),
    repaired(
        "misspelt.jsonl",
        CHAT.replace('"messages"', '"mesages"'),
        ASK,
        "«mesages»",
        "«messages»",
    ),
    repaired("contnet.jsonl", CHAT.replace('"content"', '"contnet"'), ASK, "«contnet»"),
    repaired(
        "two_lists.jsonl",
        lines(
            [
                {"prompt": row["messages"][:1], "completion": row["messages"][1:]}
                for row in CHAT_ROWS
            ]
        ),
        ASK,
        "messages",
    ),
    Case(
        "tools.jsonl",
        (
            CHAT
            + dumped(
                {
                    "messages": [
                        {"role": "user", "content": "¿Llueve?"},
                        {"role": "assistant", "tool_calls": [{"id": "1"}]},
                        {"role": "tool", "content": "sí"},
                        {"role": "assistant", "content": "Sí."},
                    ]
                }
            )
        ).encode(),
        "repair",
        12,
        ASK,
        ("herramientas", "funciones", "Línea 13"),
    ),
]

COLUMNS = [
    repaired(
        "category_too.csv",
        "pregunta,respuesta,categoria\n"
        + "".join(f"Duda {i},Sol {i},{'ab'[i % 2]}\n" for i in range(12)),
        "Duda 0",
        "categoria",
        "conversación",
    ),
    repaired(
        "label_first_no_header.csv",
        "".join(f"{label},{text}\n" for text, label in label_rows()),
        MEET,
        "cabecera",
        "etiqueta",
    ),
    Case(
        "form.csv",
        (
            "¿Qué pregunta hace el cliente?,¿Qué respuesta le das?\n"
            + "".join(f'"¿Duda {i}?","Respuesta número {i}."\n' for i in range(12))
        ).encode(),
        "accept_with_warning",
        12,
        "¿Duda 0?",
        ("columnas",),
    ),
    Case(
        "measures.csv",
        "".join(f"{i},{i * 3.5}\n" for i in range(12)).encode(),
        "reject",
        12,
        "0",
        ("números",),
    ),
    Case(
        "lone_quotes.csv",
        b"text,label\n" + b'"' * 101,
        "reject",
        0,
        "",
        ("comilla", "Línea 2"),
    ),
    Case(
        "dump.sql",
        (
            "INSERT INTO t (text, label) VALUES\n"
            + ",\n".join(f"('{text}', '{label}')" for text, label in label_rows())
        ).encode(),
        "reject",
        0,
        "",
    ),
]

PASTED_CASES = [*PASTED, *LISTS, *SLIPS, *CONVERSATIONS, *COLUMNS]
