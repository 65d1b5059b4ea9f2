"""LiveCodeBench problems and programs from a submissions file, with the samples of the statements as tests.

    .venv/bin/python benchmarks/livecodebench_samples.py SUBMISSIONS.jsonl.gz FOLDER

The hidden tests are not in such a file. Writes `lcb.jsonl` in LiveCodeBench's format and `lcb_completions.jsonl`,
for `passlaw evaluate FOLDER/lcb_completions.jsonl --problems FOLDER/lcb.jsonl --ignore-incomplete`.
"""

import argparse
import ast
import gzip
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

__all__ = ["samples_of", "write_files"]

_STDIN = re.compile(
    r"Sample Input ?\d*:?\s*\n(.*?)\n\s*Sample Output ?\d*:?((?:[^\S\n]*\n)+)(.*?)(?=\n\s*(?:Sample Input|Note\b)|\Z)",
    re.DOTALL,
)
_MOST_LINES_BEFORE = 3
_EMPTY = "abc367_c"  # its second output is empty although only two blank lines stand before the explanation
_CALL = re.compile(r"Input: (.*?)\nOutput: (.*?)\n", re.DOTALL)
_METHOD = re.compile(r"def (\w+)\(self")
_JSON = {"true": "True", "false": "False", "null": "None"}


def samples_of(row: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the samples of a statement as LiveCodeBench's tests."""
    text = str(row["question_content"]).replace("\r\n", "\n")  # those are the file's, not the judge's
    if row["platform"] == "leetcode":
        return [test for given, expected in _CALL.findall(text) for test in _called(given, expected)]
    tests = []
    for given, before, expected in _STDIN.findall(text):
        # An explanation follows an output behind a blank line; Codeforces has blank lines in it.
        output = expected.split("\n\n\n" if row["platform"] == "codeforces" else "\n\n")[0]
        # An output stands behind one blank line, or two; behind more there is none, and what follows explains that.
        if before.count("\n") > _MOST_LINES_BEFORE or (
            row["question_id"] == _EMPTY and before.count("\n") == 3
        ):
            output = ""
        tests.append({"input": given.strip("\n") + "\n", "output": output, "testtype": "stdin"})
    return tests


def _called(given: str, expected: str) -> Iterator[dict[str, str]]:
    try:
        call = ast.parse(f"f({_python(given)})", mode="eval").body
        assert isinstance(call, ast.Call)
        arguments = [json.dumps(ast.literal_eval(each.value)) for each in call.keywords]
        output = json.dumps(ast.literal_eval(_python(expected.strip())))
    except (ValueError, SyntaxError):
        return
    if arguments:
        yield {"input": "\n".join(arguments), "output": output, "testtype": "functional"}


def _python(text: str) -> str:
    return re.sub(r"\b(true|false|null)\b", lambda found: _JSON[found[0]], text.replace("\n", " ").strip())


def write_files(submissions: Path, folder: Path) -> tuple[int, int]:
    """Write both files; return how many problems have samples, and how many programs are for them."""
    opened = gzip.open if submissions.suffix == ".gz" else open
    with opened(submissions, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    problems: dict[str, dict[str, Any]] = {}
    for row in rows:
        if tests := samples_of(row):
            name = _METHOD.search(row["starter_code"])
            problems[row["question_id"]] = {
                "question_id": row["question_id"], "question_content": row["question_content"],
                "platform": row["platform"], "public_test_cases": json.dumps(tests), "private_test_cases": "[]",
                "metadata": json.dumps({"func_name": name[1]} if name else {}),
            }  # fmt: skip
    kept = [row for row in rows if row["question_id"] in problems]
    folder.mkdir(parents=True, exist_ok=True)
    for name, lines in (("lcb.jsonl", list(problems.values())), ("lcb_completions.jsonl", kept)):
        (folder / name).write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return len(problems), sum(len(row["code_list"]) for row in kept)


def main() -> None:
    """Write the files and say how many there are."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("submissions", type=Path)
    options.add_argument("folder", type=Path)
    given = options.parse_args()
    problems, programs = write_files(given.submissions, given.folder)
    print(f"{problems} problems with samples, {programs} programs for them")


if __name__ == "__main__":
    main()
