"""The page of models: a leaderboard of one problem set, and what is known of every model."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from evaluator.metrics.pass_at_k import PassAtK
from evaluator.model_card import Model
from evaluator.service.auth import Reader
from evaluator.service.context import ServiceDep
from evaluator.store import Run, RunState
from evaluator.store.model_cards import all_cards
from evaluator.store.pass_counts import newest_runs, runs_of_models
from evaluator.store.problem_sets import list_problem_sets
from evaluator.store.runs import list_runs
from evaluator.web.charts import chart
from evaluator.web.labels import set_labels
from evaluator.web.rates import rates_of
from evaluator.web.rendering import PageRoute, page

__all__ = ["router"]

router = APIRouter(route_class=PageRoute)


@dataclass(frozen=True, slots=True)
class _Row:
    """A model: its newest finished run of the chosen problem set with its pass@1, and its runs in all."""

    card: Model
    run: Run | None
    rate: PassAtK | None
    runs: int


@router.get("/models")
def show_models(
    request: Request, service: ServiceDep, _caller: Reader,
    problems: Annotated[str, Query(max_length=80)] = "",
) -> Response:  # fmt: skip
    """Rank the models by pass@1 on a problem set, by default the one that was run last."""
    with service.store.read() as db:
        cards = all_cards(db)
        sets = list_problem_sets(db)
        last, _total = list_runs(db, state=RunState.DONE, limit=1)
        chosen = problems or (last[0].problem_set if last else "")
        newest = {run.model or "": run for run in newest_runs(db, chosen)}
        rates = rates_of(db, list(newest.values()))
        totals = runs_of_models(db)
    rows = [
        _Row(card, run, rates.get(run.id) if run else None, totals.get(name, 0))
        for name, card in cards.items()
        for run in (newest.get(name),)
    ]
    rows.sort(key=lambda row: (row.rate is None, -(row.rate.mean if row.rate else 0.0)))
    figure = _figure(rows)
    return page(
        request, "models.html", rows=rows, sets=sets, labels=set_labels(sets), chosen=chosen,
        **(chart(figure) if figure else {"figure": None, "data": ""}),
    )  # fmt: skip


def _figure(rows: list[_Row]) -> dict[str, Any] | None:
    """pass@1 of the models whose compute is known, as the chart's script takes it; None below two models."""
    observed = [
        (row.card.flops, row.rate.mean, row.card.name, row.rate.low, row.rate.high, f"/runs/{row.run.id}")
        for row in rows
        if row.card.flops and row.rate and row.run
    ]
    if len(observed) < 2:
        return None
    return {
        "quantity": "pass@1", "rate": True, "log_value": False, "observed": sorted(observed),
        "along": "Training compute, FLOPs", "log_along": True, "unit": "FLOPs",
    }  # fmt: skip
