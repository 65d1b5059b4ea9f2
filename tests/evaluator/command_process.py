"""`passlaw` in a process of its own, for tests that interrupt it."""

import os
import subprocess
import sys
from pathlib import Path

__all__ = ["start"]

ROOT = Path(__file__).parents[2]


def start(*arguments: object, cwd: Path) -> "subprocess.Popen[str]":
    """Start the command; give it a SIGINT as Ctrl-C does."""
    # A shell has what it runs behind ignore SIGINT, and what that starts ignores it too.
    text = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    command = [sys.executable, "-c", f"{text}from evaluator.cli import main; main(prog_name='passlaw')"]
    return subprocess.Popen(
        [*command, *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "150"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
