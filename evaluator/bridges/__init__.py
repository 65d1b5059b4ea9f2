"""The former name of `evaluator.integrations`; it works for one more release."""

import warnings

warnings.warn(
    "evaluator.bridges is now evaluator.integrations; the old name goes with the next release",
    DeprecationWarning,
    stacklevel=2,
)
