"""A header may be made of titles; a first row that is data stays an example."""

import csv
import io

import pytest

from ftcore.data.columns import map_columns
from ftcore.data.headers import is_header
from ftcore.data.tables import Row, is_table

_MAILS = [
    ["No entiendo un cargo de mi última factura", "facturación"],
    ["¿Podéis enviarme el recibo de enero?", "facturación"],
    ["La pantalla se queda en negro al arrancar", "soporte"],
    ["El programa se cierra cuando imprimo", "soporte"],
]
_STARS = [
    ["Horrible, no volveré jamás", "1"],
    ["Lo peor que he comido en años", "1"],
    ["Sucio y caro", "2"],
    ["Correcto, sin más", "3"],
    ["Una comida estupenda", "2"],
    ["Volveremos pronto", "3"],
]
_ANSWERS = [
    [
        "¿Puedo devolver unos zapatos ya usados?",
        "Solo puedes devolver los zapatos si están sin usar y en su caja.",
    ],
    [
        "¿Cuánto tarda el envío a Canarias?",
        "Tu pedido tarda entre cinco y siete días laborables en llegar.",
    ],
    ["¿Dónde veo mi pedido?", "Puedes ver tu pedido en la página de tu cuenta."],
]
_DISHES = [
    ["Receta rápida con garbanzos", "Saltea los garbanzos con espinacas y comino."],
    ["Postre sin horno", "Tritura galletas con mantequilla y cubre con queso batido."],
    ["Idea para aprovechar pan duro", "Remoja el pan en leche y fríelo con cuidado."],
]
_CAPITALS = [
    ["Capital de Francia", "París"],
    ["Capital de Perú", "Lima"],
    ["Capital de Japón", "Tokio"],
    ["Capital de Italia", "Roma"],
]


def _rows(values):
    return [Row(line, cells) for line, cells in enumerate(values, 2)]


@pytest.mark.parametrize(
    ("header", "body"),
    [
        (["Motivo de la queja", "Bandeja"], _MAILS),
        (["Texto del correo", "Buzón"], _MAILS),
        (["Qué dice el cliente", "Qué área lo lleva"], _MAILS),
        (["Lo que nos llega", "Destino de cada uno"], _MAILS),
        (["Comentario del alumno", "Nota final"], _STARS),
        (["Lo que preguntan", "Lo que contestamos"], _ANSWERS),
        (["Nombre del plato", "Receta"], _DISHES),
    ],
)
def test_titles_above_longer_texts_are_the_header(header, body):
    assert is_header(header, _rows(body))


@pytest.mark.parametrize("data", [_MAILS, _STARS, _ANSWERS, _DISHES, _CAPITALS])
def test_no_row_of_a_headerless_table_is_taken_for_its_header(data):
    for index, first in enumerate(data):
        rest = data[:index] + data[index + 1 :]
        assert not is_header(first, _rows(rest)), first


def test_two_rows_below_show_no_difference():
    assert not is_header(["Lo que nos llega", "Destino de cada uno"], _rows(_MAILS[:2]))


_PAIRS = """Cliente,Agente
FAQ,Contestación
Duda,Solución
Enunciado,Solución
Reseña,Valoración
Reseña,Estrellas
Incidencia,Departamento
Asunto,Área
Texto,Resumen
Idea,Receta
aviso,urgente
instrucción,código
pregunta,resposta
pergunta,resposta
Frage,Antwort
domanda,risposta
galdera,erantzuna
question,réponse
texte,catégorie
testo,etichetta
"""


@pytest.mark.parametrize("pair", list(csv.reader(io.StringIO(_PAIRS))))
@pytest.mark.parametrize("backwards", [False, True])
def test_everyday_pairs_of_names_need_no_guess(pair, backwards):
    mapping = map_columns(pair[::-1] if backwards else pair)
    assert mapping is not None
    assert [mapping.source, mapping.target] == pair
    assert not mapping.guessed
    assert not mapping.meant


def test_the_usual_names_win_over_the_new_ones():
    mapping = map_columns(["agente", "pregunta", "nota", "respuesta"])
    assert mapping is not None
    assert (mapping.source, mapping.target) == ("pregunta", "respuesta")


@pytest.mark.parametrize(
    "names", [["respuesta", "respuesta #2"], ["A", "B"], ["pregunta", "pregunta #2"]]
)
def test_names_that_tell_nothing_leave_the_order(names):
    mapping = map_columns(names)
    assert mapping is not None
    assert [mapping.source, mapping.target] == names
    assert mapping.guessed


def test_the_log_of_a_program_is_no_table():
    log = [["2024-05-01 10:00:00", f"123 INFO petición {n}"] for n in range(5)]
    assert not is_table(_rows(log), 2, spaced=False)
    assert is_table(
        _rows([[f"¿Pregunta {n}?", "Sí"] for n in range(5)]), 2, spaced=False
    )
