"""Forecasts of how a larger model will score, from the pass counts and losses of smaller ones."""

from predictor.answer import CapabilityForecast, Estimate, LossForecast, Target, Warned
from predictor.backtest import Backtest, Scored, backtest, backtest_losses, by_column
from predictor.counts import Compute, PassCounts, read_counts
from predictor.errors import ForecastError, MissingExtraError, PredictorError, RegistryError, TableError
from predictor.forecast import METHOD_NAMES, Settings, forecast_capability, resolve_target
from predictor.loss_forecast import LOSS_METHODS, LossSettings, forecast_loss
from predictor.losses import Losses, read_losses
from predictor.plan import Plan, plan
from predictor.registry import Entry, FileLog, Log, Registry
from predictor.tables import parse_quantity

__all__ = [
    "LOSS_METHODS",
    "METHOD_NAMES",
    "Backtest",
    "CapabilityForecast",
    "Compute",
    "Entry",
    "Estimate",
    "FileLog",
    "ForecastError",
    "Log",
    "LossForecast",
    "LossSettings",
    "Losses",
    "MissingExtraError",
    "PassCounts",
    "Plan",
    "PredictorError",
    "Registry",
    "RegistryError",
    "Scored",
    "Settings",
    "TableError",
    "Target",
    "Warned",
    "backtest",
    "backtest_losses",
    "by_column",
    "forecast_capability",
    "forecast_loss",
    "parse_quantity",
    "plan",
    "read_counts",
    "read_losses",
    "resolve_target",
]
