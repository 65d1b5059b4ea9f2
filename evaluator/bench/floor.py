"""The floor: bare `exec` of program and test in one process, without isolation, limits or results.

    python -m evaluator.bench.floor PROGRAMS

PROGRAMS holds one JSON string a line, each a program with its test and the call of `check`. Nobody should
score this way; nothing that executes Python can be quicker on one core. Only programs that the verifier has
admitted are given to it. Prints the CPU seconds of executing them.
"""

import contextlib
import json
import os
import sys
import time
import warnings
from pathlib import Path

__all__ = ["main"]


def main() -> None:
    """Execute every program and print the CPU seconds that took."""
    programs = [json.loads(line) for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()]
    warnings.simplefilter("ignore")
    with (
        Path(os.devnull).open("w", encoding="utf-8", errors="replace") as nowhere,
        contextlib.redirect_stdout(nowhere),
    ):
        begun = time.process_time()
        for program in programs:
            with contextlib.suppress(Exception):
                exec(program, {})  # noqa: S102 - what the floor is
        used = time.process_time() - begun
    print(used)  # noqa: T201 - the answer


if __name__ == "__main__":
    main()
