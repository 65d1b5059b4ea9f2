"""The public names of passlaw in one place; `python -m passlaw` is the command line.

    import passlaw

    result = passlaw.evaluate("samples.jsonl", "humaneval")
    forecast = passlaw.forecast_capability("counts.csv", "big-model")

A name is imported when it is first used, so that scoring does not wait for what only forecasts need.
"""

import importlib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from evaluator import (
        Client,
        EvaluationResult,
        EvaluatorError,
        Model,
        RewardModel,
        compare,
        evaluate,
        generate,
        load_problems,
        pass_at_k,
    )
    from predictor import (
        PredictorError,
        Registry,
        Target,
        backtest,
        backtest_losses,
        compare_curves,
        compare_power,
        forecast_accuracy,
        forecast_capability,
        forecast_difference,
        forecast_loss,
        forecast_run,
        forecast_samples,
        problem_quality,
        read_accuracies,
        read_counts,
        read_losses,
        read_runs,
        read_sample_counts,
    )
    from sandbox import Check, Limits, Program, SandboxError, Verdict, open_sandbox

__all__ = [
    "Check",
    "Client",
    "EvaluationResult",
    "EvaluatorError",
    "Limits",
    "Model",
    "PredictorError",
    "Program",
    "Registry",
    "RewardModel",
    "SandboxError",
    "Target",
    "Verdict",
    "backtest",
    "backtest_losses",
    "compare",
    "compare_curves",
    "compare_power",
    "evaluate",
    "forecast_accuracy",
    "forecast_capability",
    "forecast_difference",
    "forecast_loss",
    "forecast_run",
    "forecast_samples",
    "generate",
    "load_problems",
    "open_sandbox",
    "pass_at_k",
    "problem_quality",
    "read_accuracies",
    "read_counts",
    "read_losses",
    "read_runs",
    "read_sample_counts",
]

_SANDBOX: Final = {"Check", "Limits", "Program", "SandboxError", "Verdict", "open_sandbox"}
_EVALUATOR: Final = {
    "Client", "EvaluationResult", "EvaluatorError", "Model", "RewardModel",
    "compare", "evaluate", "generate", "load_problems", "pass_at_k",
}  # fmt: skip


def __getattr__(name: str) -> Any:  # noqa: ANN401 - any of the public names
    if name not in __all__:
        raise AttributeError(f"module 'passlaw' has no attribute {name!r}")
    package = "sandbox" if name in _SANDBOX else "evaluator" if name in _EVALUATOR else "predictor"
    found = globals()[name] = getattr(importlib.import_module(package), name)
    return found


def __dir__() -> list[str]:
    return [*globals(), *__all__]


if __name__ == "__main__":
    from evaluator.cli import main

    main(prog_name="passlaw")
