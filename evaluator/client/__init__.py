"""The service from Python: a synchronous, typed client that retries while the service is busy or restarts."""

from evaluator.client.client import Client
from evaluator.client.responses import Progress, RunInfo, ServiceError

__all__ = ["Client", "Progress", "RunInfo", "ServiceError"]
