"""The command line explains itself in Spanish, slips included."""

import re

import pytest

from ftcore.cli.main import COMMANDS, build_parser

ENGLISH = re.compile(
    r"\b(usage|options|positional|arguments|show this|error|invalid|choose|required|"
    r"expected|unrecognized)\b"
)
NAMES = [module.__name__.rsplit(".", 1)[1] for module in COMMANDS]


def test_a_format_without_an_output_is_told(capsys, tmp_path):
    args = build_parser().parse_args(["check", str(tmp_path), "--format", "json"])
    with pytest.raises(SystemExit):
        args.run(args)
    assert "falta --output" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["-h"], *([name, "-h"] for name in NAMES)])
def test_help_is_in_spanish(capsys, arguments):
    with pytest.raises(SystemExit):
        build_parser().parse_args(arguments)
    shown = capsys.readouterr().out
    assert "uso:" in shown
    assert "muestra esta ayuda" in shown
    assert not ENGLISH.search(re.sub(r"--?[\w-]+|\[.*?\]", "", shown))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "falta esto"),
        (["nada"], "no es una opción; elige entre"),
        (["check"], "falta esto: file"),
        (["check", "a.csv", "--format"], "falta su valor"),
        (["check", "a.csv", "--format", "y"], "'y' no es una opción"),
        (["check", "a.csv", "--otra"], "esto no se reconoce: --otra"),
    ],
)
def test_slips_are_told_in_spanish(capsys, arguments, says):
    with pytest.raises(SystemExit):
        build_parser().parse_args(arguments)
    shown = capsys.readouterr().err
    assert says in shown
    assert not ENGLISH.search(re.sub(r"--?[\w-]+|\[.*?\]", "", shown))
