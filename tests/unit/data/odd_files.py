"""Odd, broken and hostile files, each with what a participant must be told."""

import json
from dataclasses import dataclass

BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Case:
    name: str
    content: bytes
    verdict: str
    rows: int
    first: str
    words: tuple[str, ...] = ()


def chat_lines(count: int = 12) -> list[str]:
    return [
        json.dumps(
            {
                "messages": [
                    {"role": "user", "content": f"¿Cuánto cuesta el artículo {i}?"},
                    {"role": "assistant", "content": f"Cuesta {i + 5} € con envío."},
                ]
            },
            ensure_ascii=False,
        )
        for i in range(count)
    ]


def pair_lines(
    source: str = "prompt", target: str = "completion", count: int = 12
) -> list[str]:
    return [
        json.dumps(
            {source: f"Ventajas del tema {i}", target: f"El tema {i} ayuda. ¡Sí!"},
            ensure_ascii=False,
        )
        for i in range(count)
    ]


def label_rows(count: int = 12) -> list[tuple[str, str]]:
    return [
        (f"El servidor {i} no responde según dice María", "urgente")
        if i % 2
        else (f"Reunión número {i} cambiada a mañana", "normal")
        for i in range(count)
    ]


def table(
    header: str = "text,label", delimiter: str = ",", quote: str = "", end: str = "\n"
) -> str:
    rows = [
        delimiter.join(f"{quote}{cell}{quote}" for cell in row) for row in label_rows()
    ]
    lines = [header.replace(",", delimiter), *rows] if header else rows
    return end.join(lines) + end


CHAT = "\n".join(chat_lines()) + "\n"
PAIRS = "\n".join(pair_lines()) + "\n"
TABLE = table()
ASK = "¿Cuánto cuesta el artículo 0?"
TOPIC = "Ventajas del tema 0"
MEET = "Reunión número 0 cambiada a mañana"


def broken_line(index: int, old: str, new: str, text: str = PAIRS) -> bytes:
    lines = text.split("\n")
    assert old in lines[index], lines[index]
    lines[index] = lines[index].replace(old, new)
    return "\n".join(lines).encode()


def extra(line: str, text: str = TABLE) -> bytes:
    return (text + line + "\n").encode()


def chat_row(*turns: tuple[str, object], **more: object) -> str:
    messages = [{"role": role, "content": content} for role, content in turns]
    return json.dumps({**more, "messages": messages}, ensure_ascii=False)


GOOD = [
    Case("chat.jsonl", CHAT.encode(), "accept", 12, ASK),
    Case("chat_no_last_newline.jsonl", CHAT.strip().encode(), "accept", 12, ASK),
    Case("chat_crlf.jsonl", CHAT.replace("\n", "\r\n").encode(), "accept", 12, ASK),
    Case("pairs.jsonl", PAIRS.encode(), "accept", 12, TOPIC),
    Case("table.csv", TABLE.encode(), "accept", 12, MEET),
    Case("table_crlf.csv", table(end="\r\n").encode(), "accept", 12, MEET),
    Case("quoted.csv", table(quote='"').encode(), "accept", 12, MEET),
    Case("tabs.tsv", table(delimiter="\t").encode(), "accept", 12, MEET),
    Case("pipes.txt", table(delimiter="|").encode(), "accept", 12, MEET),
    Case("spain.csv", table(delimiter=";", end="\r\n").encode(), "accept", 12, MEET),
    Case("sep.csv", ("sep=;\r\n" + table(delimiter=";")).encode(), "accept", 12, MEET),
    Case("es.csv", table("texto,etiqueta").encode(), "accept", 12, MEET, ("texto",)),
    Case("es2.csv", table("Mensaje,Categoría").encode(), "accept", 12, MEET),
    Case("swapped.txt.csv", CHAT.encode(), "accept", 12, ASK),
    Case("windows.jsonl.txt", CHAT.encode(), "accept", 12, ASK),
    Case("no_extension", TABLE.encode(), "accept", 12, MEET),
    Case("table.jsonl", TABLE.encode(), "accept", 12, MEET),
    Case("list.json", f"[{','.join(chat_lines())}]".encode(), "accept", 12, ASK),
    Case(
        "pretty.json",
        json.dumps([json.loads(x) for x in chat_lines()], indent=2).encode(),
        "accept",
        12,
        ASK,
    ),
    Case(
        "emoji.jsonl",
        CHAT.replace("artículo 0", "👩‍👩‍👧 🏴󠁧󠁢󠁥󠁮󠁧󠁿 0").encode(),
        "accept",
        12,
        "¿Cuánto cuesta el 👩‍👩‍👧 🏴󠁧󠁢󠁥󠁮󠁧󠁿 0?",
    ),
    Case(
        "line_separator.jsonl",
        CHAT.replace("artículo 0", "a\u2028b").encode(),
        "accept",
        12,
        "¿Cuánto cuesta el a\u2028b?",
    ),
    Case(
        "system.jsonl",
        "\n".join(
            chat_row(
                ("system", "Eres amable."), ("user", f"p{i}"), ("assistant", f"r{i}")
            )
            for i in range(10)
        ).encode(),
        "accept",
        10,
        "p0",
    ),
    Case(
        "turns.jsonl",
        "\n".join(
            chat_row(
                ("user", f"p{i}"),
                ("assistant", "r"),
                ("user", "¿y luego?"),
                ("assistant", f"s{i}"),
            )
            for i in range(10)
        ).encode(),
        "accept",
        10,
        "p0",
    ),
    Case(
        "multiline.csv",
        extra('"Hola.\nSegunda línea, con coma",normal'),
        "accept",
        13,
        MEET,
    ),
    Case(
        "alpaca.jsonl",
        "\n".join(
            json.dumps({"instruction": f"Traduce {i}", "input": "", "output": f"t {i}"})
            for i in range(10)
        ).encode(),
        "accept",
        10,
        "Traduce 0",
    ),
]

ENCODINGS = [
    Case("bom.jsonl", BOM + CHAT.encode(), "repair", 12, ASK, ("BOM",)),
    Case("bom.csv", BOM + TABLE.encode(), "repair", 12, MEET, ("BOM",)),
    Case("utf16.csv", TABLE.encode("utf-16"), "repair", 12, MEET, ("UTF-16",)),
    Case("utf16be.csv", TABLE.encode("utf-16-be"), "repair", 12, MEET, ("UTF-16",)),
    Case("utf16le.jsonl", CHAT.encode("utf-16-le"), "repair", 12, ASK, ("UTF-16",)),
    Case("latin1.csv", TABLE.encode("latin-1"), "repair", 12, MEET, ("Latin-1",)),
    Case("cp1252.jsonl", CHAT.encode("cp1252"), "repair", 12, ASK, ("1252", "UTF-8")),
    Case("mac.csv", TABLE.encode("mac_roman"), "repair", 12, MEET, ("codificación",)),
    Case("dos.csv", TABLE.encode("cp850"), "repair", 12, MEET, ("codificación",)),
    Case(
        "mojibake.csv",
        TABLE.encode().decode("cp1252", "replace").encode(),
        "repair",
        12,
        MEET,
        ("acentos",),
    ),
    Case(
        "mojibake_escaped.jsonl",
        json.dumps({"prompt": "Â¿QuÃ© tal?", "completion": "Bien"}).encode() + b"\n",
        "repair",
        1,
        "¿Qué tal?",
        ("acentos",),
    ),
    Case("mac_lines.csv", table(end="\r").encode(), "repair", 12, MEET, ("CR",)),
    Case("nul.csv", TABLE.replace("Reun", "Re\x00un").encode(), "repair", 12, MEET),
    Case(
        "zero_width.jsonl",
        CHAT.replace("cuesta", "cues\u200bta").encode(),
        "repair",
        12,
        ASK,
        ("invisibles",),
    ),
    Case(
        "bidi.csv",
        TABLE.replace("número", "\u202enúmero").encode(),
        "repair",
        12,
        MEET,
        ("dirección",),
    ),
    Case(
        "surrogate.jsonl",
        PAIRS.encode() + b'{"prompt": "hola \\ud83d", "completion": "b"}\n',
        "repair",
        13,
        TOPIC,
        ("línea 13", "emoji"),
    ),
    Case(
        "mixed_encoding.csv",
        TABLE.encode() + "Caña rota,normal\n".encode("latin-1"),
        "repair",
        13,
        MEET,
        ("línea 14", "UTF-8"),
    ),
]

JSON_SLIPS = [
    Case(
        "trailing_comma.jsonl",
        broken_line(2, "}", ",}"),
        "repair",
        12,
        TOPIC,
        ("coma", "línea 3"),
    ),
    Case(
        "single_quotes.jsonl",
        PAIRS.replace('"', "'").encode(),
        "repair",
        12,
        TOPIC,
        ("comillas", "simples"),
    ),
    Case(
        "smart_quotes.jsonl",
        broken_line(4, '"', "”"),
        "repair",
        12,
        TOPIC,
        ("comillas", "línea 5"),
    ),
    Case(
        "python.jsonl",
        broken_line(0, "}", ', "ok": True, "n": None}'),
        "repair",
        12,
        TOPIC,
        ("Python",),
    ),
    Case(
        "comments.jsonl",
        ("// mis datos\n# otra\n" + PAIRS).encode(),
        "repair",
        12,
        TOPIC,
        ("comentario",),
    ),
    Case(
        "blank.jsonl",
        PAIRS.replace("\n", "\n\n").encode(),
        "repair",
        12,
        TOPIC,
        ("vacía",),
    ),
    Case(
        "array.jsonl",
        f"[{','.join(pair_lines())}]".encode(),
        "repair",
        12,
        TOPIC,
        ("corchetes",),
    ),
    Case(
        "pretty.jsonl",
        "\n".join(json.dumps(json.loads(x), indent=2) for x in chat_lines()).encode(),
        "repair",
        12,
        ASK,
        ("varias líneas",),
    ),
    Case(
        "same_line.jsonl",
        " ".join(pair_lines()).encode(),
        "repair",
        12,
        TOPIC,
        ("misma línea",),
    ),
    Case(
        "comma_ends.jsonl",
        PAIRS.replace("\n", ",\n").encode(),
        "repair",
        12,
        TOPIC,
        ("coma",),
    ),
    Case(
        "missing_comma.jsonl",
        broken_line(1, '", "completion', '" "completion'),
        "repair",
        12,
        TOPIC,
        ("coma", "línea 2"),
    ),
    Case(
        "missing_brace.jsonl",
        broken_line(3, "}", ""),
        "repair",
        12,
        TOPIC,
        ("llave", "línea 4"),
    ),
    Case(
        "inner_quotes.jsonl",
        broken_line(3, "ayuda", 'ayuda "mucho"'),
        "repair",
        12,
        TOPIC,
        ("comillas",),
    ),
    Case(
        "truncated.jsonl",
        PAIRS.strip()[:-12].encode(),
        "repair",
        11,
        TOPIC,
        ("línea 12", "cortado"),
    ),
    Case(
        "truncated_chat.jsonl",
        CHAT.strip()[:-60].encode(),
        "repair",
        11,
        ASK,
        ("línea 12", "cortado"),
    ),
    Case(
        "unclosed_quote.jsonl",
        broken_line(5, '¡Sí!"', "¡Sí!"),
        "repair",
        11,
        TOPIC,
        ("línea 6", "comilla"),
    ),
    Case(
        "garbage.jsonl",
        broken_line(5, "{", "esto no va: "),
        "repair",
        11,
        TOPIC,
        ("línea 6",),
    ),
    Case(
        "fences.jsonl",
        f"```json\n{PAIRS}```\n".encode(),
        "repair",
        12,
        TOPIC,
        ("alrededor de los datos", "bloque de código"),
    ),
    Case(
        "nan.jsonl",
        PAIRS.encode() + b'{"prompt": "x", "completion": NaN}\n',
        "repair",
        12,
        TOPIC,
        ("NaN", "línea 13"),
    ),
    Case(
        "duplicate_key.jsonl",
        broken_line(0, "}", ', "completion": "otra"}'),
        "repair",
        12,
        TOPIC,
        ("repetida",),
    ),
    Case(
        "wrapped.json",
        f'{{"data": [{",".join(pair_lines())}], "version": 2}}'.encode(),
        "repair",
        12,
        TOPIC,
        ("lista",),
    ),
    Case(
        "double_encoded.jsonl",
        "\n".join(json.dumps(line) for line in pair_lines()).encode(),
        "repair",
        12,
        TOPIC,
        ("texto entre comillas",),
    ),
    Case(
        "jsonl_saved_by_excel.csv",
        "\n".join('"' + x.replace('"', '""') + '"' for x in pair_lines()).encode(),
        "repair",
        12,
        TOPIC,
        ("tabla",),
    ),
    Case(
        "deep.jsonl",
        PAIRS.encode() + b'{"prompt": ' + b"[" * 50_000 + b"\n",
        "repair",
        12,
        TOPIC,
        ("anidados", "línea 13"),
    ),
    Case("deep_only.json", b"[" * 200_000, "reject", 0, "", ("anidados",)),
    Case("deep_objects.json", b'{"a":' * 100_000, "reject", 0, "", ("anidados",)),
]

SHAPES = [
    Case(
        "sharegpt.jsonl",
        "\n".join(
            json.dumps(
                {
                    "conversations": [
                        {"from": "human", "value": f"p{i}"},
                        {"from": "gpt", "value": f"r{i}"},
                    ]
                }
            )
            for i in range(12)
        ).encode(),
        "repair",
        12,
        "p0",
        ("rol", "human"),
    ),
    Case(
        "spanish_roles.jsonl",
        CHAT.replace('"user"', '"usuario"').replace("assistant", "asistente").encode(),
        "repair",
        12,
        ASK,
        ("rol", "usuario"),
    ),
    Case(
        "bare_messages.jsonl",
        "\n".join(json.dumps(json.loads(x)["messages"]) for x in chat_lines()).encode(),
        "repair",
        12,
        ASK,
        ("messages",),
    ),
    Case(
        "unknown_role.jsonl",
        (CHAT + chat_row(("narrador", "Érase"), ("assistant", "r")) + "\n").encode(),
        "repair",
        12,
        ASK,
        ("línea 13", "narrador"),
    ),
    Case(
        "no_answer.jsonl",
        (CHAT + chat_row(("user", "¿Hola?")) + "\n").encode(),
        "repair",
        12,
        ASK,
        ("línea 13", "respuesta"),
    ),
    Case(
        "no_question.jsonl",
        (CHAT + chat_row(("assistant", "Hola")) + "\n").encode(),
        "repair",
        12,
        ASK,
        ("línea 13", "pregunta"),
    ),
    Case(
        "null_content.jsonl",
        (CHAT + chat_row(("user", "a"), ("assistant", None)) + "\n").encode(),
        "repair",
        12,
        ASK,
        ("línea 13", "null"),
    ),
    Case(
        "parts.jsonl",
        (
            CHAT
            + chat_row(
                ("user", [{"type": "text", "text": "Parte"}]), ("assistant", "r")
            )
        ).encode(),
        "repair",
        13,
        ASK,
        ("lista",),
    ),
    Case(
        "number_label.jsonl",
        "\n".join(
            json.dumps({"text": f"Reseña del libro número {i}", "label": i % 2})
            for i in range(12)
        ).encode(),
        "repair",
        12,
        "Reseña del libro número 0",
        ("número",),
    ),
    Case(
        "mixed_shapes.jsonl",
        (CHAT + PAIRS).encode(),
        "repair",
        24,
        ASK,
        ("formatos",),
    ),
    Case(
        "mixed_tasks.jsonl",
        (CHAT + '{"text": "hola", "label": "saludo"}\n').encode(),
        "repair",
        12,
        ASK,
        ("línea 13", "otro formato"),
    ),
    Case(
        "stray_key.jsonl",
        broken_line(0, "}", ', "id": 7}'),
        "repair",
        12,
        TOPIC,
        ("id",),
    ),
    Case(
        "other_names.csv",
        table("foo,bar").encode(),
        "accept_with_warning",
        12,
        MEET,
        ("foo", "bar"),
    ),
    Case("text_only.csv", b"text\nhola\nadi\xc3\xb3s\n", "reject", 0, "", ("falta",)),
    Case("package.json", b'{"name": "x", "version": "1.0"}', "reject", 0, ""),
    Case(
        "by_column.json",
        json.dumps({"text": ["a b", "c d"] * 6, "label": ["x", "y"] * 6}).encode(),
        "repair",
        12,
        "a b",
        ("objeto",),
    ),
    Case(
        "by_number.json",
        json.dumps(
            {str(i): json.loads(x) for i, x in enumerate(pair_lines())}
        ).encode(),
        "repair",
        12,
        TOPIC,
    ),
    Case(
        "two_layers.json",
        json.dumps({"d": {"train": [json.loads(x) for x in pair_lines()]}}).encode(),
        "repair",
        12,
        TOPIC,
    ),
    Case(
        "data.js",
        ("const data = [\n" + ",\n".join(pair_lines()) + "\n];\n").encode(),
        "repair",
        12,
        TOPIC,
        ("corchetes",),
    ),
    Case("number.json", b"42", "reject", 0, "", ("columnas",)),
    Case("null.json", b"null", "reject", 0, ""),
    Case("empty_list.json", b"[]", "reject", 0, ""),
]

TABLES = [
    Case(
        "no_header.csv",
        table("").encode(),
        "repair",
        12,
        MEET,
        ("cabecera",),
    ),
    Case(
        "too_few.csv",
        extra("solo el texto"),
        "repair",
        12,
        MEET,
        ("línea 14", "columnas"),
    ),
    Case(
        "too_many.csv",
        extra("a,b,c"),
        "repair",
        12,
        MEET,
        ("línea 14", "columnas"),
    ),
    Case(
        "unquoted_comma.csv",
        extra("Hola, necesito ayuda,urgente"),
        "repair",
        13,
        MEET,
        ("línea 14", "coma"),
    ),
    Case(
        "blank_rows.csv",
        TABLE.replace("normal\n", "normal\n\n").encode(),
        "repair",
        12,
        MEET,
        ("fila vacía",),
    ),
    Case(
        "excel_blank_rows.csv",
        (table(delimiter=";") + ";\n;\n").encode(),
        "repair",
        12,
        MEET,
        ("vacía",),
    ),
    Case(
        "blank_columns.csv",
        TABLE.replace("\n", ",,\n").encode(),
        "repair",
        12,
        MEET,
        ("columnas vacías",),
    ),
    Case(
        "stray_column.csv",
        b"id,text,label\n"
        + "".join(f"{i},{t},{x}\n" for i, (t, x) in enumerate(label_rows())).encode(),
        "repair",
        12,
        MEET,
        ("id",),
    ),
    Case(
        "bad_quotes.csv",
        extra('"El "mejor" precio",normal'),
        "repair",
        13,
        MEET,
        ("comillas", "línea 14"),
    ),
    Case(
        "unclosed.csv",
        extra('"Nunca se cierra,urgente\nOtra fila,normal'),
        "repair",
        14,
        MEET,
        ("comillas", "línea 14"),
    ),
    Case(
        "repeated_header.csv",
        (
            TABLE + TABLE.replace("número", "núm.").replace("servidor", "equipo")
        ).encode(),
        "repair",
        24,
        MEET,
        ("cabecera",),
    ),
    Case(
        "variants.csv",
        extra("Se cayó la red,Urgente \nSe cayó la luz,URGENTE"),
        "repair",
        14,
        MEET,
        ("urgente", "varias formas"),
    ),
    Case(
        "empty_label.csv",
        extra("Sin etiqueta,"),
        "repair",
        12,
        MEET,
        ("línea 14", "etiqueta"),
    ),
    Case("header_only.csv", b"text,label\n", "reject", 0, "", ("vacío",)),
    Case(
        "one_class.csv",
        TABLE.replace("urgente", "normal").encode(),
        "reject",
        12,
        MEET,
        ("clase",),
    ),
    Case(
        "prose.txt",
        "Querida Ana, te escribo.\nMañana iré, si puedo.\nUn abrazo, Luis\n".encode(),
        "reject",
        0,
        "",
        ("columnas",),
    ),
]

SUBSTANCE = [
    Case(
        "few.jsonl",
        "\n".join(chat_lines(4)).encode(),
        "accept_with_warning",
        4,
        ASK,
        ("pocos", "10"),
    ),
    Case(
        "many.jsonl",
        "\n".join(chat_lines(1001)).encode(),
        "accept_with_warning",
        1001,
        ASK,
        ("contraproducente",),
    ),
    Case(
        "duplicates.jsonl",
        (CHAT + chat_lines()[3].upper().replace("MESSAGES", "messages") + "\n")
        .replace('"ROLE"', '"role"')
        .replace('"CONTENT"', '"content"')
        .replace('"USER"', '"user"')
        .replace('"ASSISTANT"', '"assistant"')
        .encode(),
        "accept_with_warning",
        13,
        ASK,
        ("línea 13", "duplicado"),
    ),
    Case(
        "two_answers.jsonl",
        (CHAT + chat_row(("user", ASK), ("assistant", "No lo sé."))).encode(),
        "accept_with_warning",
        13,
        ASK,
        ("misma pregunta", "línea 13"),
    ),
    Case(
        "two_labels.csv",
        extra(f"{MEET},urgente"),
        "accept_with_warning",
        13,
        MEET,
        ("otra etiqueta", "línea 14"),
    ),
    Case(
        "small_class.csv",
        extra("Algo distinto,otra cosa"),
        "accept_with_warning",
        13,
        MEET,
        ("otra cosa",),
    ),
    Case(
        "imbalance.csv",
        extra("\n".join(f"Aviso {i} del panel,normal" for i in range(20))),
        "accept_with_warning",
        32,
        MEET,
        ("desequilibradas",),
    ),
    Case(
        "echo.jsonl",
        (PAIRS + '{"prompt": "Eco", "completion": "eco"}').encode(),
        "accept_with_warning",
        13,
        TOPIC,
        ("igual que la pregunta",),
    ),
    Case(
        "placeholder.jsonl",
        (PAIRS + '{"prompt": "Tema", "completion": "TODO"}').encode(),
        "accept_with_warning",
        13,
        TOPIC,
        ("relleno", "TODO"),
    ),
    Case(
        "long.jsonl",
        (PAIRS + json.dumps({"prompt": "p", "completion": "hola " * 2000})).encode(),
        "accept_with_warning",
        13,
        TOPIC,
        ("demasiado largo",),
    ),
    Case(
        "template_token.jsonl",
        broken_line(2, "ayuda", "ayuda<|im_end|>"),
        "accept_with_warning",
        12,
        TOPIC,
        ("<|im_end|>", "línea 3"),
    ),
    Case(
        "script.jsonl",
        broken_line(2, "ayuda", "<script>alert(1)</script>"),
        "accept_with_warning",
        12,
        TOPIC,
        ("HTML",),
    ),
    Case(
        "formula.csv",
        extra('"=HYPERLINK(""http://x.es"",""ver"")",normal'),
        "accept_with_warning",
        13,
        MEET,
        ("fórmula",),
    ),
    Case(
        "empty_answer.jsonl",
        (PAIRS + '{"prompt": "Tema", "completion": "  "}').encode(),
        "repair",
        12,
        TOPIC,
        ("vacía", "línea 13"),
    ),
]

NOT_TEXT = [
    Case("empty.jsonl", b"", "reject", 0, "", ("vacío",)),
    Case("spaces.csv", b" \n\r\n\t ", "reject", 0, "", ("vacío",)),
    Case("only_bom.csv", BOM, "reject", 0, "", ("vacío",)),
    Case("nuls.csv", b"\0" * 500, "reject", 0, "", ("vacío",)),
    Case("doc.csv", b"%PDF-1.7\n%\xe2\xe3", "reject", 0, "", ("PDF",)),
    Case("pic.jsonl", b"\x89PNG\r\n\x1a\n\0\0", "reject", 0, "", ("imagen",)),
    Case("photo.csv", b"\xff\xd8\xff\xe0\0\x10JFIF", "reject", 0, "", ("imagen",)),
    Case(
        "book.csv",
        b"PK\x03\x04\x14\0\0\0xl/workbook.xml",
        "reject",
        0,
        "",
        ("Excel", "CSV"),
    ),
    Case(
        "old.csv",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 9,
        "reject",
        0,
        "",
        ("XLS",),
    ),
    Case("word.txt", b"PK\x03\x04\x14\0word/document.xml", "reject", 0, "", ("Word",)),
    Case("data.zip", b"PK\x03\x04\x14\0\0\0datos.csv", "reject", 0, "", ("ZIP",)),
    Case("data.csv.gz", b"\x1f\x8b\x08\0\0\0", "reject", 0, "", ("comprimido",)),
    Case("base.csv", b"SQLite format 3\0\x10", "reject", 0, "", ("SQLite",)),
    Case("random.csv", bytes(range(256)) * 8, "reject", 0, "", ("binario",)),
    Case("page.csv", b"<!DOCTYPE html><html><body>", "reject", 0, "", ("HTML",)),
    Case("letter.csv", b"{\\rtf1\\ansi hola}", "reject", 0, "", ("Word",)),
]

CASES = [
    *GOOD,
    *ENCODINGS,
    *JSON_SLIPS,
    *SHAPES,
    *TABLES,
    *SUBSTANCE,
    *NOT_TEXT,
]
