"""An evaluation record in the schema of Every Eval Ever, version 0.3.0 (evalevalai.com, arXiv 2606.14516)."""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any, Final, Literal

from evaluator.errors import RunError

__all__ = ["RELATIONSHIPS", "Relationship", "every_eval_ever"]

Relationship = Literal["first_party", "third_party", "collaborative", "other"]

RELATIONSHIPS: Final = ("first_party", "third_party", "collaborative", "other")
_SCHEMA: Final = "0.3.0"


def every_eval_ever(
    record: Mapping[str, Any], organization: str, relationship: Relationship, dataset: str | None = None
) -> str:
    """Return the text of an evaluation record: one result for each pass@k, with its interval.

    Args:
        record: the run's record, which names the model.
        organization: who provides the data.
        relationship: of whom evaluated to whose model it is.
        dataset: the data set's id on the Hugging Face Hub, if it is there.

    Raises:
        RunError: the run is incomplete, failed its self-check, or names no model.
    """
    if not (record["complete"] and record["self_check"]):
        raise RunError("the run is incomplete or failed its self-check; score the samples again first")
    model = record["model"]
    if not model:
        raise RunError("the run names no model; score the samples again with a model's name")
    made = dt.datetime.fromisoformat(record["created"])
    seconds = str(int(made.timestamp()))
    name = record["problems"]["name"]
    told = {
        "schema_version": _SCHEMA,
        "evaluation_id": f"{name}/{model['name']}/{seconds}",
        "evaluation_timestamp": record["created"],
        "retrieved_timestamp": seconds,
        "source_metadata": {
            "source_type": "evaluation_run", "source_organization_name": organization,
            "evaluator_relationship": relationship,
        },
        "eval_library": {"name": "passlaw", "version": record["versions"]["passlaw"] or "unknown"},
        "model_info": {
            "name": model["name"], "id": model["name"],
            "additional_details": {"deployment_type": "unknown", "model_availability": "unknown"},
        },
        "evaluation_results": [_result(record, estimate, dataset) for estimate in record["pass_at_k"]],
    }  # fmt: skip
    return json.dumps(told, indent=2) + "\n"


def _result(record: Mapping[str, Any], estimate: Mapping[str, Any], dataset: str | None) -> dict[str, Any]:
    problems, k = record["problems"], estimate["k"]
    source = {"source_type": "hf_dataset", "hf_repo": dataset} if dataset else {"source_type": "other"}
    uncertainty: dict[str, Any] = {
        "confidence_interval": {
            "lower": estimate["low"], "upper": estimate["high"], "confidence_level": 0.95,
            "method": record["interval_method"],
        },
        "num_samples": record["samples"]["count"],
    }  # fmt: skip
    if estimate["standard_error"] is not None:
        error = {"value": estimate["standard_error"], "method": "analytic, clustered by problem"}
        uncertainty["standard_error"] = error
    return {
        "evaluation_result_id": f"{problems['name']}-pass-at-{k}",
        "evaluation_name": problems["name"],
        "source_data": {
            "dataset_name": problems["name"], **source, "additional_details": {"sha256": problems["sha256"]},
        },
        "metric_config": {
            "metric_id": "pass_at_k", "metric_name": f"pass@{k}", "metric_kind": "pass_rate",
            "metric_unit": "proportion", "metric_parameters": {"k": k}, "lower_is_better": False,
            "score_type": "continuous", "min_score": 0.0, "max_score": 1.0,
            "additional_details": {
                "judge": record["settings"]["judge"], "isolation": str(record["sandbox"]["isolation"]),
                "cpu_seconds": str(record["settings"]["timeout_s"]), "problems": str(len(record["counts"])),
            },
        },
        "score_details": {"score": estimate["mean"], "uncertainty": uncertainty},
    }  # fmt: skip
