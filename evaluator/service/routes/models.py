"""`/v1/models`: what is known of models."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Path

from evaluator.service.auth import Reader, Submitter
from evaluator.service.context import ServiceDep
from evaluator.service.lookup import found_or_404
from evaluator.service.schemas import Page
from evaluator.service.schemas_models import Card, CardInput, card_model
from evaluator.store.model_cards import add_cards, all_cards, get_card

__all__ = ["router"]

router = APIRouter(prefix="/v1/models", tags=["models"])


@router.get("")
def get_models(service: ServiceDep, _caller: Reader) -> Page[Card]:
    """List the models by ascending compute, those without it last."""
    with service.store.read() as db:
        cards = [Card(**asdict(card)) for card in all_cards(db).values()]
    return Page(items=cards, total=len(cards))


@router.post("")
def add_model(card: CardInput, service: ServiceDep, _caller: Submitter) -> Card:
    """Add a model, or add to what is known of one. Compute that is not given follows as 6ND."""
    with service.store.write() as db:
        add_cards(service.store, db, card_model(card))
        known = get_card(db, card.name)
    assert known is not None
    return Card(**asdict(known))


@router.get("/{name:path}")
def get_model(name: Annotated[str, Path(max_length=200)], service: ServiceDep, _caller: Reader) -> Card:
    """Return a model; its name may hold slashes."""
    with service.store.read() as db:
        card = get_card(db, name) if name.isprintable() else None
    return Card(**asdict(found_or_404(card, f"model {name!r:.80}", "GET /v1/models")))
