"""The models: causal, better for being trained, the same after an interruption, sampled as they predict."""

import math
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="PyTorch is not here; CI installs it (.ci/run)")

from minieval.grammar import draw_facts
from minieval.ladders import FAR, NEAR, Ladder
from minieval.problems import draw_problems
from minieval.programs import draw_programs
from minieval.tokens import VOCABULARY, cut, places
from training import train as training
from training.data import entropy, held_out, padded
from training.model import Places, Transformer
from training.recipe import Recipe
from training.sample import body_losses, sample
from training.train import measure, token_losses, train

torch.set_num_threads(1)  # more only wait for one another on models this small
FACTS = draw_facts(7)
TINY = Recipe(1e8, 0)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Transformer:
    return train(TINY, FACTS, frozenset(), tmp_path_factory.mktemp("state") / "s.pt", lambda *_: None)


def test_later_tokens_do_not_change_earlier_predictions() -> None:
    torch.manual_seed(1)
    model = Transformer(8, len(VOCABULARY))
    program = next(draw_programs(FACTS, 1))
    rows = padded([cut(program.prompt(FACTS) + program.body(FACTS))])
    part, step = (torch.from_numpy(each) for each in places(rows))
    changed = torch.from_numpy(rows).clone()
    changed[0, -3:] = 5
    with torch.no_grad():
        first = model(torch.from_numpy(rows), Places(part, step))
        second = model(changed, Places(part, step))
    assert torch.allclose(first[0, :-3], second[0, :-3], atol=1e-6)
    assert not torch.allclose(first[0, -1], second[0, -1], atol=1e-3)


def test_training_brings_the_loss_down_but_not_below_what_is_possible(trained: Transformer) -> None:
    programs = held_out(FACTS, 300, frozenset())
    after = measure(trained, programs, FACTS)
    assert entropy(programs, FACTS, frozenset()) < after.per_text
    assert after.per_token < 0.6 * math.log(len(VOCABULARY))


def test_an_interrupted_training_ends_as_one_that_was_not(
    trained: Transformer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "_KEEP_EVERY_S", 0.0)
    calls = 0

    def stop(*_: float) -> None:
        nonlocal calls
        calls += 1
        if calls == 8:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(TINY, FACTS, frozenset(), tmp_path / "s.pt", stop)
    resumed = train(TINY, FACTS, frozenset(), tmp_path / "s.pt", lambda *_: None)
    for one, other in zip(trained.parameters(), resumed.parameters(), strict=True):
        assert torch.equal(one, other)


def test_completions_come_as_often_as_the_likelihoods_say(trained: Transformer) -> None:
    problem = draw_problems(FACTS, 7)[0]
    expected = math.exp(-body_losses(trained, [problem])[problem.task_id])
    counted = sample(trained, [problem], 4000, seed=3)[problem.task_id]
    assert sum(counted.values()) == 4000
    assert counted[problem.canonical_solution] == pytest.approx(
        4000 * expected, abs=5 * math.sqrt(4000 * expected) + 1
    )


def test_losses_of_a_batch_are_those_of_its_rows(trained: Transformer) -> None:
    programs = list(islice(draw_programs(FACTS, 9), 5))
    texts = [cut(each.prompt(FACTS) + each.body(FACTS)) for each in programs]
    with torch.no_grad():
        together = token_losses(trained, padded(texts))[0].sum(1).numpy()
        apart = [float(token_losses(trained, padded([text]))[0].sum()) for text in texts]
    assert np.allclose(together, apart, rtol=1e-4)


@pytest.mark.parametrize(("ladder", "span"), [(NEAR, 1e4), (FAR, 1e5)])
def test_the_recipe_spans_its_decades_and_spends_what_it_says(ladder: Ladder, span: float) -> None:
    assert ladder.target / min(ladder.rungs) == pytest.approx(span)
    assert max(ladder.rungs) < ladder.target
    for flops in [*ladder.rungs, ladder.target]:
        recipe = Recipe(flops, 0)
        assert recipe.width % 2 == 0
        assert 6 * recipe.params * recipe.tokens == pytest.approx(flops, rel=1e-3)
