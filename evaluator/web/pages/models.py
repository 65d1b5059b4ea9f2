"""The page of models."""

from fastapi import APIRouter, Request, Response

from evaluator.service.auth import Reader
from evaluator.service.context import ServiceDep
from evaluator.store.model_cards import all_cards
from evaluator.store.runs import list_runs
from evaluator.web.rendering import PageRoute, page

__all__ = ["router"]

router = APIRouter(route_class=PageRoute)


@router.get("/models")
def show_models(request: Request, service: ServiceDep, _caller: Reader) -> Response:
    """List the models by ascending compute, each with its newest run."""
    with service.store.read() as db:
        cards = list(all_cards(db).values())
        newest = {card.name: list_runs(db, model=card.name, limit=1) for card in cards}
    rows = [
        (card, runs[0] if runs else None, total)
        for card, (runs, total) in zip(cards, newest.values(), strict=True)
    ]
    return page(request, "models.html", rows=rows)
