from collections.abc import Iterable, Iterator

from hypothesis import given
from hypothesis import strategies as st

from evaluator.scoring.deduplicate import run_unique
from sandbox import Check, Outcome, Program, Verdict

CHECKS = [Check("f", "a"), Check("f", "b")]


class Counting:
    """Runs a program by echoing its text, reading some way ahead as a pool of workers does."""

    def __init__(self, ahead: int) -> None:
        self.ahead, self.ran = ahead, 0

    def run(self, programs: Iterable[Program]) -> Iterator[Outcome]:
        taken: list[Program] = []
        for program in programs:
            taken.append(program)
            if len(taken) > self.ahead:
                yield self._outcome(taken.pop(0))
        while taken:
            yield self._outcome(taken.pop(0))

    def _outcome(self, program: Program) -> Outcome:
        self.ran += 1
        return Outcome(Verdict.PASSED, detail=program.source + program.check.test)


PROGRAMS = st.lists(
    st.builds(Program, st.sampled_from(["x", "y", "z\ud800"]), st.sampled_from(CHECKS)), max_size=30
)


@given(PROGRAMS, st.integers(0, 8), st.sampled_from([0, 1, 2, 100]))
def test_every_sample_gets_its_own_programs_outcome_in_order(
    programs: list[Program], ahead: int, window: int
) -> None:
    found = [scored.outcome.detail for scored in run_unique(Counting(ahead).run, programs, window=window)]
    assert found == [program.source + program.check.test for program in programs]


@given(PROGRAMS, st.integers(0, 8))
def test_each_distinct_program_runs_once_and_its_repeats_say_so(programs: list[Program], ahead: int) -> None:
    counting = Counting(ahead)
    reused = [scored.reused for scored in run_unique(counting.run, programs)]
    assert counting.ran == len(set(programs)) == reused.count(False)
    firsts = [programs.index(program) == at for at, program in enumerate(programs)]
    assert reused == [not first for first in firsts]


@given(PROGRAMS)
def test_nothing_is_reused_without_a_window(programs: list[Program]) -> None:
    counting = Counting(3)
    assert not any(scored.reused for scored in run_unique(counting.run, programs, window=0))
    assert counting.ran == len(programs)


def test_programs_are_read_no_further_than_the_runner_asks() -> None:
    read = 0

    def programs() -> Iterator[Program]:
        nonlocal read
        for number in range(1000):
            read += 1
            yield Program(str(number), CHECKS[0])

    next(run_unique(Counting(5).run, programs()))
    assert read == 6
