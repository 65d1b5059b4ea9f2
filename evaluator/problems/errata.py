"""What is known to be wrong with HumanEval, and whether it is scored all the same.

`errata.toml` holds each erratum with evidence that a test reproduces; nothing is listed on hearsay.
"""

import importlib.resources
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

__all__ = ["Errata", "Erratum", "ErratumKind", "humaneval_errata"]


class Errata(StrEnum):
    """What becomes of problems with errata.

    `ORIGINAL`: nothing, they count as published. `FLAGGED`: the same, and every result row names the kind of
    its problem's erratum. `EXCLUDED`: they are left out of the set, and their samples of the run.
    """

    ORIGINAL = "original"
    FLAGGED = "flagged"
    EXCLUDED = "excluded"


class ErratumKind(StrEnum):
    """What is wrong.

    `EXAMPLE`: an example in the prompt contradicts the test. `SOLUTION`: the canonical solution contradicts
    the prompt, and the test lets that mistake pass. `HELPER`: the test relies on a function of the prompt
    that a completion may replace; that helps no completion under isolated judging.
    """

    EXAMPLE = "example"
    SOLUTION = "solution"
    HELPER = "helper"


@dataclass(frozen=True, slots=True)
class Erratum:
    """One erratum.

    Attributes:
        task_id: the problem.
        kind: what is wrong.
        summary: in one line.
        evidence: as in `errata.toml`, whose head explains it.
    """

    task_id: str
    kind: ErratumKind
    summary: str
    evidence: Mapping[str, str]


@cache
def humaneval_errata() -> Mapping[str, Erratum]:
    """Return HumanEval's errata by task_id."""
    import tomllib  # noqa: PLC0415 - of no use to a run that minds no errata

    text = importlib.resources.files("evaluator.problems").joinpath("errata.toml").read_text(encoding="utf-8")
    return {
        task_id: Erratum(task_id, ErratumKind(row.pop("kind")), row.pop("summary"), row)
        for task_id, row in tomllib.loads(text).items()
    }
