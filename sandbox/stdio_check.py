r"""A check of programs that read standard input: pairs of an input and the output that is expected of it.

check = StdioCheck(tests=(("1 2\n", "3\n"),))
Program("print(sum(map(int, input().split())))", check)
"""

from dataclasses import dataclass
from typing import Final

from sandbox.program import Check

__all__ = ["COMPARISONS", "StdioCheck"]

COMPARISONS: Final = ("tokens", "exact", "floats")


@dataclass(frozen=True, slots=True, kw_only=True)
class StdioCheck(Check):
    """How to judge a whole program by what it writes to descriptor 1.

    Each test runs in a process of its own, which is given that test's input on descriptor 0 and nothing of
    the others; expected outputs stay in the judge. A program passes if every test's output compares equal
    and its exit status is 0. Judging stops at the first test that fails, unless `all_tests`.

    Attributes:
        tests: inputs with their expected outputs, in the order in which they run.
        compare: `tokens`: line by line without regard to blank lines and the amount of white space, decimals
            by value; `exact`: every byte; `floats`: as `tokens`, with decimals within `tolerance`.
        tolerance: of `floats`: absolute, or relative to the expected number where that is larger than 1.
        checker: Python text that defines `check(input, output, expected)`, which returns a bool or a score
            from 0 to 1 (1 passes); runs in the judge's jail in place of the comparison. If it raises, returns
            anything else or takes more than 10 s, the program is not scored (`SANDBOX_ERROR`), so it must
            return False for an output that it cannot read. Empty for none.
        test_cpu_s: CPU seconds for one test; None for the limit that the sandbox was opened with.
        total_cpu_s: CPU seconds for all tests together; None for no other limit than each test's own.
        memory_bytes: address space of each process; None for the sandbox's own limit, which it cannot exceed.
        all_tests: run every test although one failed, for `Outcome.fraction`.
    """

    entry_point: str = "the program"
    test: str = ""
    tests: tuple[tuple[str, str], ...]
    compare: str = "tokens"
    tolerance: float = 1e-6
    checker: str = ""
    test_cpu_s: float | None = None
    total_cpu_s: float | None = None
    memory_bytes: int | None = None
    all_tests: bool = False

    def __post_init__(self) -> None:
        if not self.tests:
            raise ValueError("a check of standard input and output needs at least one test")
        if self.compare not in COMPARISONS:
            raise ValueError(f"compare must be one of {', '.join(COMPARISONS)}, not {self.compare!r:.60}")

    @property
    def may_share(self) -> bool:
        """Return False: each test needs its own process."""
        return False
