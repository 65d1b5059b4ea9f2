"""The capability methods by name: a method is one file in this folder and one line here."""

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
                details=record_details,
                curve=latent_trend_curve,
                # 2: the mode of the levels, classes drawn jointly, a smaller k where passes are rare.
                revision=2,
            ),
            Method("report", report, "least squares of log y", report_buckets, report_bucket_laws),
            Method("last-value", last_value, "none", from_largest=True),
            Method("log-linear", log_linear, "least squares of the rate"),
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
