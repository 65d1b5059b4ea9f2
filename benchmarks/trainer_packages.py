"""Run the reward functions inside the packages that call them: a GRPO step of TRL, verl's reward managers.

    PYTHONPATH=. python benchmarks/trainer_packages.py trl         # an environment with trl and torch
    PYTHONPATH=. python benchmarks/trainer_packages.py verl        # one with verl
    PYTHONPATH=. python benchmarks/trainer_packages.py verifiers   # one with verifiers 0.1

Each is imported only where it runs, for no environment has all three. It also needs passlaw's own requirements. The model is random and tiny, and each of its tokens is a
line of Python, so that some completions pass and some fail. Ends with status 1 if a reward is not the expected one.
"""

import argparse
import asyncio
import importlib.metadata
import json
import tempfile
from typing import Any, Final

from evaluator.integrations.trainers import (
    trl_reward,
    verifiers_reward,
    verl_compute_score,
    verl_compute_scores,
)
from evaluator.rewards import RewardModel, RewardUnavailableError

RIGHT: Final = "print(int(input())*2)"
LINES: Final = (RIGHT, "print(int(input())+1)", "print(2", "1/0", "print(2)", "print(open(0).read()*2)")
TESTS: Final = [{"input": "1", "output": "2"}, {"input": "3", "output": "6"}]
TRUTH: Final = json.dumps({"inputs": ["1", "3"], "outputs": ["2", "6"]})


def trl() -> None:
    """Train one step with GRPO; every second group has a test that no program can be judged by."""
    from datasets import Dataset  # noqa: PLC0415
    from transformers import GPT2Config, GPT2LMHeadModel  # noqa: PLC0415
    from trl import GRPOConfig, GRPOTrainer  # noqa: PLC0415

    broken = [{"input": "1", "output": "2"}]
    checker = "def check(given, output, expected):\n    return int('none')\n"
    rows = [
        {"prompt": "double", "tests": TESTS, "checker": None},
        {"prompt": "broken", "tests": broken, "checker": checker},
    ]
    tokenizer = _tokenizer()
    model = GPT2LMHeadModel(
        GPT2Config(
            vocab_size=len(tokenizer), n_positions=32, n_embd=16, n_layer=1, n_head=2,
            bos_token_id=0, eos_token_id=1, pad_token_id=0,
        )
    )  # fmt: skip
    before = [each.detach().clone() for each in model.parameters()]
    seen: list[tuple[str, str, float | None]] = []
    with RewardModel(workers=1, fraction=True) as rewards, tempfile.TemporaryDirectory() as folder:
        ours = trl_reward(rewards)

        def recorded(prompts: list[str], completions: list[str], **columns: Any) -> list[float | None]:  # noqa: ANN401
            found = ours(prompts=prompts, completions=completions, **columns)
            seen.extend(zip(prompts, completions, found, strict=True))
            return found

        trainer = GRPOTrainer(
            model=model, reward_funcs=recorded, train_dataset=Dataset.from_list(rows * 4), processing_class=tokenizer,
            args=GRPOConfig(
                output_dir=folder, per_device_train_batch_size=32, num_generations=16, max_completion_length=1, max_steps=1,
                learning_rate=1e-2, logging_steps=1, report_to=[], use_cpu=True, seed=3, beta=0.0, save_strategy="no",
                bf16=False, fp16=False, shuffle_dataset=False,
            ),
        )  # fmt: skip
        trainer.train()
        logged = next(each for each in trainer.state.log_history if "reward" in each)
    scored = [value for _prompt, _text, value in seen if value is not None]
    _expect("groups without a verdict have no reward", {p for p, _t, v in seen if v is None}, {"broken"})
    for prompt, text, value in seen:
        if prompt == "double":
            _expect(
                f"the reward of {text!r}", value, 1.0 if text.strip() == RIGHT else _partial(text.strip())
            )
    mean = sum(scored) / len(scored)
    _expect(
        "TRL's mean reward is that of the scored completions",
        round(logged["reward"], 5),
        round(mean, 5),
    )
    moved = any(not old.equal(new) for old, new in zip(before, model.parameters(), strict=True))
    _expect("whether the step changed the model", str(moved), "True")
    print(
        f"{len(seen)} completions, {len(scored)} scored, {len(seen) - len(scored)} None, mean reward {mean:.3f}"
    )


def _partial(line: str) -> float:
    return {"print(int(input())+1)": 0.5, "print(2)": 0.5}.get(line, 0.0)


def _tokenizer() -> Any:  # noqa: ANN401 - of transformers, which is not in this project's environment
    """Return a tokenizer whose tokens are lines of Python."""
    from tokenizers import Tokenizer, models, pre_tokenizers  # noqa: PLC0415
    from transformers import PreTrainedTokenizerFast  # noqa: PLC0415

    words = ["<pad>", "<eos>", "double", "broken", *LINES]
    made = Tokenizer(models.WordLevel({word: number for number, word in enumerate(words)}, unk_token="<pad>"))
    made.pre_tokenizer = pre_tokenizers.Split("\n", "removed")
    return PreTrainedTokenizerFast(tokenizer_object=made, pad_token="<pad>", eos_token="<eos>")


def verl() -> None:
    """Give verl's reward managers a batch of token ids, one program at a time and all at once."""
    import torch  # noqa: PLC0415
    from verl import DataProto  # noqa: PLC0415
    from verl.workers.reward_manager import get_reward_manager_cls  # noqa: PLC0415

    tokenizer = _tokenizer()
    ids = torch.tensor([tokenizer.encode(line) for line in LINES])
    prompts = torch.full((len(LINES), 1), tokenizer.convert_tokens_to_ids("double"))
    batch = DataProto.from_dict(
        tensors={
            "prompts": prompts, "responses": ids, "input_ids": torch.cat([prompts, ids], 1),
            "attention_mask": torch.ones((len(LINES), 2), dtype=torch.long),
        },
        non_tensors={
            "reward_model": [{"style": "rule", "ground_truth": TRUTH}] * len(LINES),
            "data_source": ["apps"] * len(LINES), "extra_info": [{"index": n} for n in range(len(LINES))],
        },
    )  # fmt: skip
    with RewardModel(workers=1, fraction=True) as rewards:
        expected = [1.0, 0.5, 0.0, 0.0, 0.5, 0.0]
        for name, function in (
            ("naive", verl_compute_score(rewards)),
            ("batch", verl_compute_scores(rewards)),
        ):
            manager = get_reward_manager_cls(name)(tokenizer=tokenizer, num_examine=0, compute_score=function)
            found = manager(batch, return_dict=True)["reward_tensor"]
            try:
                function("apps", RIGHT, "nope", None) if name == "naive" else function(
                    ["a"], [RIGHT], ["nope"]
                )
            except RewardUnavailableError:
                pass
            else:
                raise SystemExit("verl was given a score where there is none")
            _expect(f"verl's {name} reward manager", [round(v, 6) for v in found.sum(-1).tolist()], expected)


def verifiers() -> None:
    """Score rollouts with a rubric."""
    from verifiers import Rubric  # noqa: PLC0415

    with RewardModel(workers=1, fraction=True) as rewards:
        function = verifiers_reward(rewards)
        rubric = Rubric(funcs=[function])

        async def score(line: str, truth: str) -> float:
            state = {
                "prompt": [], "completion": [{"role": "assistant", "content": f"```python\n{line}\n```"}],
                "answer": truth, "info": {}, "task": "double", "timing": {"total_ms": 0.0, "scoring_ms": 0.0},
                "trajectory": [],
            }  # fmt: skip
            await rubric.score_rollout(state)
            return float(state["reward"])

        for line, expected in zip(LINES, (1.0, 0.5, 0.0, 0.0, 0.5, 0.0), strict=True):
            _expect(f"the rubric's reward of {line!r}", asyncio.run(score(line, TRUTH)), expected)
        _expect("the reward without a verdict", str(asyncio.run(score(RIGHT, "nope"))), "nan")


def _expect(what: str, found: object, expected: object) -> None:
    if found != expected:
        raise SystemExit(f"{what}: {found!r}, expected {expected!r}")


def main() -> None:
    """Run one of the three."""
    runs = {"trl": trl, "verl": verl, "verifiers": verifiers}
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("package", choices=runs)
    name = options.parse_args().package
    runs[name]()
    print(f"{name} {importlib.metadata.version(name)}: as expected")


if __name__ == "__main__":
    main()
