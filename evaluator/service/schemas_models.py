"""Bodies of requests and responses about models."""

from pydantic import BaseModel, Field

from evaluator.model_card import Model, card_of
from evaluator.service.schemas import Name, Quantity, StrictModel

__all__ = ["Card", "CardInput", "card_model"]


class Card(BaseModel):
    """A model: what is known of it is a number, what is not is null."""

    name: str
    params: float | None = Field(None, description="N, parameters")
    tokens: float | None = Field(None, description="D, training tokens")
    flops: float | None = Field(None, description="C, training compute in FLOPs")
    flops_derived: bool = Field(False, description="whether C is 6ND rather than a figure somebody gave")
    family: str | None = None


class CardInput(StrictModel):
    """A model to add, or what to add to one."""

    name: Name
    params: Quantity | None = None
    tokens: Quantity | None = None
    flops: Quantity | None = None
    family: Name | None = None


def card_model(card: CardInput) -> Model:
    """Return a card as the store takes it."""
    return card_of(card.model_dump(), "model")
