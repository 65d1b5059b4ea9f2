"""Forecasts of how a larger model will score, from the pass counts and losses of smaller ones."""

from predictor.backtest.capability import backtest, by_column
from predictor.backtest.losses import backtest_losses
from predictor.backtest.summary import Backtest, BacktestRow
from predictor.comparison.all_k import CurveComparison, compare_curves
from predictor.comparison.beyond import DifferenceBeyond, forecast_difference
from predictor.comparison.pairs import PairedCounts, pair_counts
from predictor.comparison.power import ComparisonPower, compare_power
from predictor.comparison.problem_quality import ProblemQualities, problem_quality
from predictor.errors import ForecastError, MissingExtraError, PredictorError, RegistryError, TableError
from predictor.forecasts.accuracy import ACCURACY_METHODS, AccuracySettings, forecast_accuracy
from predictor.forecasts.accuracy_result import AccuracyForecast
from predictor.forecasts.capability import Settings, forecast_capability
from predictor.forecasts.estimates import Estimate, ForecastWarning, Target
from predictor.forecasts.loss import LOSS_METHODS, LossSettings, forecast_loss
from predictor.forecasts.result import CapabilityForecast, LossForecast
from predictor.forecasts.run import RUN_METHODS, RunSettings, forecast_run
from predictor.forecasts.run_result import RunForecast
from predictor.forecasts.samples import forecast_samples
from predictor.forecasts.samples_result import SamplesForecast
from predictor.forecasts.targets import resolve_target
from predictor.methods.catalog import METHOD_NAMES
from predictor.registry.registry import Entry, FileLog, Log, Registry
from predictor.sampling_plan import Plan, plan
from predictor.tables.accuracies import Accuracies, read_accuracies
from predictor.tables.compute import Compute
from predictor.tables.losses import Losses, read_losses
from predictor.tables.pass_counts import PassCounts, read_counts
from predictor.tables.rows import parse_quantity
from predictor.tables.sample_counts import SampleCounts, read_sample_counts
from predictor.tables.training_run import TrainingRun, read_runs

__all__ = [
    "ACCURACY_METHODS",
    "LOSS_METHODS",
    "METHOD_NAMES",
    "RUN_METHODS",
    "Accuracies",
    "AccuracyForecast",
    "AccuracySettings",
    "Backtest",
    "BacktestRow",
    "CapabilityForecast",
    "ComparisonPower",
    "Compute",
    "CurveComparison",
    "DifferenceBeyond",
    "Entry",
    "Estimate",
    "FileLog",
    "ForecastError",
    "ForecastWarning",
    "Log",
    "LossForecast",
    "LossSettings",
    "Losses",
    "MissingExtraError",
    "PairedCounts",
    "PassCounts",
    "Plan",
    "PredictorError",
    "ProblemQualities",
    "Registry",
    "RegistryError",
    "RunForecast",
    "RunSettings",
    "SampleCounts",
    "SamplesForecast",
    "Settings",
    "TableError",
    "Target",
    "TrainingRun",
    "backtest",
    "backtest_losses",
    "by_column",
    "compare_curves",
    "compare_power",
    "forecast_accuracy",
    "forecast_capability",
    "forecast_difference",
    "forecast_loss",
    "forecast_run",
    "forecast_samples",
    "pair_counts",
    "parse_quantity",
    "plan",
    "problem_quality",
    "read_accuracies",
    "read_counts",
    "read_losses",
    "read_runs",
    "read_sample_counts",
    "resolve_target",
]
