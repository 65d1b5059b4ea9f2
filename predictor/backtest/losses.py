"""Back-tests of losses: every model with enough smaller ones, by every method."""

from collections.abc import Sequence

import numpy as np

from predictor.backtest.summary import Backtest, BacktestRow, score_draws
from predictor.errors import ForecastError
from predictor.forecasts.loss import LOSS_METHODS, LossSettings, draw_loss
from predictor.scores import crps
from predictor.tables.losses import Losses
from predictor.tables.records import TableLike

__all__ = ["LOSS_DEFAULTS", "backtest_losses"]

LOSS_DEFAULTS = ("report", "auto", "last-value", "log-linear")
MIN_LEVELS = 5


def backtest_losses(
    losses: Losses | TableLike,
    *,
    column: str = "loss",
    methods: Sequence[str] = LOSS_DEFAULTS,
    targets: Sequence[str] | None = None,
    train_models: Sequence[str] | None = None,
    settings: LossSettings | None = None,
) -> Backtest:
    """Forecast each target's loss from all training models with less compute, at 5 or more compute values.

    `losses` is one column of a table; or a path, a data frame or a list of dictionaries, and then `column` is
    read.

    Raises:
        TableError: the table is malformed, or has no such column.
        ForecastError: unknown names, or no target with enough models below it.
    """
    settings = settings or LossSettings()
    unknown = [method for method in methods if method not in LOSS_METHODS]
    if unknown:
        raise ForecastError(f"unknown method {unknown[0]!r}; choose among {', '.join(LOSS_METHODS)}")
    losses = Losses.of(losses, column)
    pool = np.ones(len(losses.models), dtype=bool)
    if train_models is not None:
        pool[:] = False
        pool[[losses.index(name) for name in train_models]] = True
    rows: list[BacktestRow] = []
    for name in targets or losses.models:
        j = losses.index(name)
        train = losses.select(pool & (losses.flops < losses.flops[j]))
        if len(np.unique(train.flops)) >= MIN_LEVELS:
            rows.extend(_score(losses, j, train, method, settings) for method in methods)
    if not rows:
        raise ForecastError(
            f"a back-test of losses needs a model with {MIN_LEVELS} smaller computes below it; add models"
        )
    return Backtest(tuple(rows))


def _score(losses: Losses, j: int, train: Losses, method: str, settings: LossSettings) -> BacktestRow:
    outcome = float(losses.loss[j])
    draws = draw_loss(train, losses.compute[j], method, settings)
    scored = score_draws(draws, outcome)
    return BacktestRow(
        losses.models[j],
        train.models,
        method,
        "loss",
        1,
        scored.point,
        outcome,
        float(scored.point / outcome - 1),
        crps(draws / outcome, 1.0),
        crps(np.log(draws), float(np.log(outcome))),
        scored.inside,
        level=f"{losses.flops[j]:g}",
    )
