"""The environment in which other projects' own programs run beside ours."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BIN = ROOT / ".venv-bridges" / "bin"


def run_there(*command: object, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run one of the environment's commands; it must be there."""
    name, *arguments = map(str, command)
    if not (BIN / name).exists():
        pytest.fail(f"no {name} in {BIN}: make the environment with scripts/env bridges")
    path = {"PATH": f"{BIN}:/usr/bin:/bin", "HOME": str(cwd), "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [BIN / name, *arguments],
        cwd=cwd,
        env=path | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=250,
    )
