"""The text of a request: a template for each kind of problem, with the problem's own text in it."""

from collections.abc import Iterable
from typing import Final

from evaluator.generation.settings import GenerationSettings
from evaluator.problems import Problem

__all__ = ["prompt_of", "template_of", "templates_of"]

# A continuation: a function's prompt is the beginning of a program; a statement becomes its docstring.
_COMPLETION: Final = {"function": "{prompt}"}
_COMPLETION_OTHERS: Final = '"""\n{prompt}\n"""\n'
_CHAT: Final = {
    "function": (
        "Complete the following Python function. Answer with the whole function, and the imports that it "
        "needs, in one Markdown code block.\n\n```python\n{prompt}\n```\n"
    ),
    "stdio": (
        "Solve the following problem with a Python program that reads standard input and writes standard "
        "output. Answer with the whole program in one Markdown code block.\n\n{prompt}\n"
    ),
    "method": (
        "Solve the following problem in Python with a class `Solution` that has a method `{name}`. Answer "
        "with the whole class in one Markdown code block.\n\n{prompt}\n"
    ),
}


def template_of(settings: GenerationSettings, kind: str) -> str:
    """Return the template for problems of a kind: the user's, or ours for it."""
    if settings.template is not None:
        return settings.template
    if settings.chat:
        return _CHAT.get(kind, _CHAT["function"])
    return _COMPLETION.get(kind, _COMPLETION_OTHERS)


def templates_of(settings: GenerationSettings, problems: Iterable[Problem]) -> dict[str, str]:
    """Return the template of each kind of problem that is there."""
    return {kind: template_of(settings, kind) for kind in sorted({problem.kind for problem in problems})}


def prompt_of(settings: GenerationSettings, problem: Problem) -> str:
    """Return what is sent for a problem.

    `{prompt}` stands for the problem's text, `{name}` for the function or method that its tests call.
    """
    text = problem.prompt or problem.statement
    name = problem.entry_point.rpartition(".")[2]
    before, *after = template_of(settings, problem.kind).split("{prompt}")
    return text.join(part.replace("{name}", name) for part in (before, *after))
