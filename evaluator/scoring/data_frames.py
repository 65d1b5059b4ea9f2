"""Results as pandas data frames; needs pandas."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evaluator.errors import UsageError
from evaluator.files.escaping import encodable
from evaluator.metrics.pass_at_k import Count
from evaluator.scoring.results_reader import read_results

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["problems_frame", "samples_frame"]


def samples_frame(results: Path) -> "pd.DataFrame":
    """Return a row a sample with the columns of a results file; what UTF-8 cannot hold is spelled out.

    Raises:
        UsageError: pandas is not installed.
        RunError: it is no results file.
    """
    rows = [{column: encodable(value) for column, value in row.items()} for row in read_results(results)]
    frame: pd.DataFrame = _pandas().DataFrame(rows)
    return frame


def problems_frame(counts: Mapping[str, Count]) -> "pd.DataFrame":
    """Return a row a problem: task_id, n scored and c passed.

    Raises:
        UsageError: pandas is not installed.
    """
    rows = [(task_id, n, c) for task_id, (n, c) in counts.items()]
    frame: pd.DataFrame = _pandas().DataFrame(rows, columns=["task_id", "n", "c"])
    return frame


def _pandas() -> Any:  # noqa: ANN401 - an optional, untyped package
    try:
        import pandas as pd  # noqa: PLC0415 - as above
    except ImportError as missing:
        raise UsageError("a data frame needs pandas; install passlaw[pandas]") from missing
    return pd
