"""The corpus under the second profile, with a bundle: what programs may not do without packages they may not with.

A few programs of each class; `pytest --whole-corpus tests/attacks/test_packages_corpus.py` runs all of them.
"""

from collections.abc import Iterator

import pytest
from attacks.problems import PROBLEMS
from attacks.runner import Attack, Census, load_corpus
from attacks.test_corpus import ROOMY, TIGHT, _settled, own_temporary_folder
from tests_sandbox import opened_at
from wheels import built

from sandbox import Program, Sandbox, Verdict

__all__ = ["own_temporary_folder"]  # a fixture

_OF_EACH = 3
# It passes once it sees a name in site-packages, and at landlock names (not contents) can be listed, bundle or not.
_SEES_NAMES = {("landlock", "files/read_sources")}
_CORPUS = load_corpus()


@pytest.fixture(scope="module", autouse=True)
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("shelf")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(folder / "data"))
        built(folder / "wheels")
        yield


def _opened(level: str, *, tight: bool) -> Sandbox:
    limits = TIGHT if tight else ROOMY
    return opened_at(level, workers=2, limits=limits, execution="dedicated", packages="tiny-bundle")


def _chosen(request: pytest.FixtureRequest, *, tight: bool) -> list[Attack]:
    """All programs, or the first, the middle and the last of each class."""
    fitting = [attack for attack in _CORPUS if attack.tight == tight]
    if request.config.getoption("whole_corpus"):
        return fitting
    chosen: list[Attack] = []
    for name in sorted({attack.attack_class for attack in fitting}):
        of_class = [attack for attack in fitting if attack.attack_class == name]
        step = max(1, (len(of_class) - 1) // (_OF_EACH - 1))
        chosen += of_class[::step][:_OF_EACH]
    return chosen


@pytest.mark.timeout(1800)
@pytest.mark.parametrize(
    "tight", [pytest.param(False, id="roomy"), pytest.param(True, id="tight", marks=pytest.mark.slow)]
)
@pytest.mark.parametrize("level", ["namespaces", "landlock"])
def test_no_wrong_program_passes_and_nothing_is_left(
    level: str,
    tight: bool,  # noqa: FBT001
    request: pytest.FixtureRequest,
) -> None:
    attacks = _chosen(request, tight=tight)
    canonical = [Program(problem.canonical, problem.check) for problem in PROBLEMS.values()]
    honest = [canonical[n % len(canonical)] for n in range(len(attacks))]
    outside = Census.take()
    with _opened(level, tight=tight) as box:
        programs = [each for pair in zip(attacks, honest, strict=True) for each in (pair[0].program, pair[1])]
        outcomes = list(box.run(programs))
    judged = list(zip(attacks, outcomes[::2], strict=True))
    told = [f"{attack.name}: {outcome.verdict}: {outcome.detail}" for attack, outcome in judged]
    wrong = [
        line
        for line, (attack, outcome) in zip(told, judged, strict=True)
        if (
            outcome.verdict.passed
            and Verdict.PASSED not in attack.verdicts
            and (level, attack.name) not in _SEES_NAMES
        )
        or not outcome.verdict.scored
        # landlock has no scratch folder and no second process, so there a program may fail earlier than declared
        or (level == "namespaces" and outcome.verdict not in attack.verdicts)
    ]
    assert not wrong
    assert [outcome.verdict for outcome in outcomes[1::2]] == [Verdict.PASSED] * len(honest)
    assert _settled(outside) == outside


def test_every_class_is_in_the_part_that_always_runs(request: pytest.FixtureRequest) -> None:
    classes = {attack.attack_class for tight in (False, True) for attack in _chosen(request, tight=tight)}
    assert classes == {attack.attack_class for attack in _CORPUS}
