import subprocess
import sys
from pathlib import Path

import pytest

import passlaw

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("name", passlaw.__all__)
def test_every_public_name_is_that_of_its_package(name: str) -> None:
    found = getattr(passlaw, name)
    assert found.__module__.partition(".")[0] in {"evaluator", "sandbox", "predictor"}
    assert name in dir(passlaw)


def test_a_name_that_is_not_public_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        passlaw.nothing  # noqa: B018 - the look-up is what is tested


def test_importing_it_loads_none_of_the_packages() -> None:
    program = "import passlaw, sys; print({'evaluator', 'sandbox', 'predictor'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "set()\n"


def test_it_is_the_command_line_too() -> None:
    command = [sys.executable, "-m", "passlaw", "--version"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("passlaw, version ")
