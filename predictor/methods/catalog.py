"""The capability methods by name: a method is one file in this folder and one entry here."""

from collections.abc import Mapping
from types import MappingProxyType

from predictor.errors import ForecastError
from predictor.methods.base import Method
from predictor.methods.baselines import last_value, log_linear
from predictor.methods.latent_trend import latent_trend, latent_trend_curve, record_details
from predictor.methods.report import report, report_bucket_laws, report_buckets

__all__ = ["DEFAULT", "METHODS", "METHOD_NAMES", "find_method"]

METHODS: Mapping[str, Method] = MappingProxyType(
    {
        method.name: method
        for method in (
            Method(
                "latent-trend",
                latent_trend,
                "posterior of levels",
                "binomial law of the pass rates, whose level follows compute and may leave its line",
                details=record_details,
                curve=latent_trend_curve,
                # 2: the mode of the levels, classes drawn jointly, a smaller k where passes are rare.
                revision=2,
            ),
            Method(
                "report",
                report,
                "least squares of log y",
                "the GPT-4 report's power law of -mean log pass in each bucket",
                report_buckets,
                report_bucket_laws,
            ),
            Method("last-value", last_value, "none", "the largest training model's value", from_largest=True),
            Method(
                "log-linear", log_linear, "least squares of the rate", "each rate is linear in log compute"
            ),
        )
    }
)
DEFAULT = "latent-trend"
# `auto` is another spelling of the default method.
METHOD_NAMES = ("auto", *METHODS)


def find_method(name: str) -> Method:
    """Return the method of a name; `auto` is the default.

    Raises:
        ForecastError: there is none.
    """
    found = METHODS.get(DEFAULT if name == "auto" else name)
    if found is None:
        raise ForecastError(f"unknown method {name!r}; choose one of {', '.join(METHOD_NAMES)}")
    return found
