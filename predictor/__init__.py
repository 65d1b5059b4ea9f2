"""Forecasts of how a larger model will score, from the pass counts and losses of smaller ones."""

from predictor.backtest import Backtest, Scored, backtest, backtest_losses, by_column
from predictor.errors import ForecastError, MissingExtraError, PredictorError, RegistryError, TableError
from predictor.forecasts.capability import METHOD_NAMES, Settings, forecast_capability, resolve_target
from predictor.forecasts.loss import LOSS_METHODS, LossSettings, forecast_loss
from predictor.forecasts.result import CapabilityForecast, Estimate, LossForecast, Target, Warned
from predictor.registry.registry import Entry, FileLog, Log, Registry
from predictor.sampling_plan import Plan, plan
from predictor.tables.losses import Losses, read_losses
from predictor.tables.pass_counts import Compute, PassCounts, read_counts
from predictor.tables.rows import parse_quantity

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
