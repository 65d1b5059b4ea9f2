"""The former name of `evaluator.integrations`; it works for one more release."""

import contextlib
import importlib
import sys
import warnings

warnings.warn(
    "evaluator.bridges is now evaluator.integrations; the old name goes with the next release",
    DeprecationWarning,
    stacklevel=2,
)
for _old, _new in (
    ("code_eval", "code_eval"), ("human_eval", "human_eval"), ("inspect_ai", "inspect_plugin"),
):  # fmt: skip
    with contextlib.suppress(ImportError):  # Inspect is optional
        sys.modules[f"{__name__}.{_old}"] = importlib.import_module(f"evaluator.integrations.{_new}")
