"""The form that makes a forecast: from finished runs, or from a table for each kind of forecast."""

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query, Request, Response

from evaluator.service.auth import Reader
from evaluator.service.context import ServiceDep
from evaluator.service.forecast_job import Kind
from evaluator.store import RunState
from evaluator.store.model_cards import all_cards
from evaluator.store.runs import list_runs
from evaluator.web.labels import run_labels
from evaluator.web.rates import rates_of
from evaluator.web.rendering import PageRoute, page
from predictor import ACCURACY_METHODS, LOSS_METHODS, METHOD_NAMES, RUN_METHODS

__all__ = ["router"]

router = APIRouter(route_class=PageRoute)

RunId = Annotated[str, Query(pattern=r"^[0-9a-f]{21}$")]
_KINDS: Final = {
    "capability": "Pass rates",
    "samples": "pass@k beyond the samples",
    "loss": "Loss",
    "accuracy": "Accuracy",
    "run": "End of a training run",
    "comparison": "Difference of two models",
}
_METHODS: Final = {
    "capability": METHOD_NAMES, "loss": LOSS_METHODS, "accuracy": ACCURACY_METHODS, "run": RUN_METHODS,
}  # fmt: skip


@router.get("/forecasts/new")
def show_form(
    request: Request, service: ServiceDep, _caller: Reader,
    run: Annotated[list[RunId] | None, Query(max_length=200)] = None,
    kind: Kind = "capability", table: Literal["", "1"] = "",
) -> Response:  # fmt: skip
    """The form of one kind of forecast; some runs may be ticked already."""
    with service.store.read() as db:
        runs, _total = list_runs(db, state=RunState.DONE, limit=200)
        cards = all_cards(db)
        if kind == "capability":
            runs = [each for each in runs if each.model and cards[each.model].flops]
            runs.sort(key=lambda each: cards[each.model or ""].flops or 0.0)
        rates = rates_of(db, runs)
    from_table = bool(table) or kind not in {"capability", "samples", "comparison"} or not runs
    return page(
        request, "forecast_new.html", runs=runs, cards=cards, rates=rates, labels=run_labels(runs, rates),
        ticked=run or [], kind=kind, kinds=_KINDS, methods=_METHODS.get(kind, ()), from_table=from_table,
    )  # fmt: skip
