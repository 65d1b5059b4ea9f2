"""Examples in help and documentation are what the real parser takes."""

import importlib
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from evaluator.cli import main
from evaluator.cli.examples import EXAMPLES
from evaluator.cli.main import COMMANDS

ROOT = Path(__file__).parents[3]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])


def command_names() -> Iterator[str]:
    for name in COMMANDS:
        command = importlib.import_module(f"evaluator.cli.commands.{name}").command
        inner = command.commands if isinstance(command, click.Group) else {}
        yield from (f"{name} {each}" for each in inner)
        if not inner:
            yield name


def parse(line: str) -> str:
    """Give a command line to the parser, and run nothing; return the command's name."""
    program, *arguments = shlex.split(line, comments=True)
    assert program.rpartition("/")[2] == "passlaw"
    context = main.make_context("passlaw", arguments)
    names: list[str] = []
    while isinstance(context.command, click.Group):
        rest = [*context._protected_args, *context.args]
        name, command, rest = context.command.resolve_command(context, rest)
        assert name is not None
        assert command is not None
        names.append(name)
        context = command.make_context(name, rest, parent=context)
    return " ".join(names)


def documented() -> Iterator[Any]:
    """Yield the command lines of README and docs, those within $(...) too; a synopsis with [--options] is none."""
    for page in PAGES:
        text = page.read_text().replace("\\\n", " ")
        for line in re.findall(r"^ {4,}(?:\$ )?((?:\.venv/bin/)?passlaw .*)$", text, re.MULTILINE):
            inner = re.findall(r"\$\((passlaw [^)]*)\)", line)
            for each in [re.sub(r"\$\([^)]*\)", "X", line), *inner]:
                if " [--" not in each:
                    yield pytest.param(re.split(r" [>|] ", each)[0], id=f"{page.name}: {each[:60]}")


@pytest.mark.parametrize("name", sorted(command_names()))
def test_every_command_has_examples_that_the_parser_takes(name: str) -> None:
    assert EXAMPLES[name]
    for example in EXAMPLES[name]:
        assert parse(example) == name
    shown = CliRunner().invoke(main, [*name.split(), "--help"], terminal_width=200)
    assert shown.exit_code == 0
    for example in EXAMPLES[name]:
        assert example in shown.stdout


def test_there_are_examples_of_commands_alone() -> None:
    assert set(EXAMPLES) == set(command_names())


@pytest.mark.parametrize("line", list(documented()))
def test_commands_in_the_documentation_are_what_the_parser_takes(line: str) -> None:
    assert parse(line)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_installed_as_the_documentation_says(shell: str) -> None:
    text = (ROOT / "docs" / "evaluating.md").read_text()
    assert f"_PASSLAW_COMPLETE={shell}_source passlaw" in text
    made = CliRunner().invoke(main, [], prog_name="passlaw", env={"_PASSLAW_COMPLETE": f"{shell}_source"})
    assert made.exit_code == 0, made.output
    assert "passlaw" in made.stdout
    words = {"COMP_WORDS": "passlaw ev", "COMP_CWORD": "ev" if shell == "fish" else "1"}
    found = CliRunner().invoke(
        main, [], prog_name="passlaw", env={"_PASSLAW_COMPLETE": f"{shell}_complete", **words}
    )
    assert "evaluate" in found.stdout
