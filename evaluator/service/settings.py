"""Settings of a service: options of `passlaw serve`, or environment variables PASSLAW_..."""

import ipaddress
import os
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from evaluator.executors import ExecutorConfig
from evaluator.store import default_path

__all__ = ["ServiceSettings"]


class ServiceSettings(BaseSettings):
    """The settings; a field's name in capitals after PASSLAW_ is its variable."""

    model_config = SettingsConfigDict(env_prefix="PASSLAW_", frozen=True, extra="ignore")

    store: str = Field(
        default_factory=default_path, repr=False, description="SQLite file or `postgresql://` URL"
    )
    host: str = Field("127.0.0.1", description="address to listen on; others than loopback need an API key")
    port: int = Field(8400, ge=0, le=65535, description="port to listen on; 0 for any free one")
    workers: int = Field(
        default_factory=lambda: len(os.sched_getaffinity(0)), ge=1, le=4096,
        description="programs run at once, shared by the runs that are worked on; by default one a CPU",
    )  # fmt: skip
    engine: Literal["local", "ray"] = Field(
        "local", description="where runs are executed: this machine, or the nodes of a Ray cluster"
    )
    ray_address: str = Field(
        "", description="the cluster's HOST:PORT, or `auto`; by default as `passlaw evaluate` finds it"
    )
    ray_workers: int = Field(
        0, ge=0, le=4096,
        description="programs of a run at once on each node; 0 for its CPUs, shared by the runs worked on",
    )  # fmt: skip
    runs_at_once: int = Field(2, ge=0, le=64, description="runs worked on at once; 0 leaves that to others")
    slice_s: float = Field(
        20.0, gt=0, description="seconds after which a run makes way for another user's that waits"
    )
    max_upload_bytes: int = Field(2 << 30, ge=1, description="largest upload, as sent")
    max_body_bytes: int = Field(16 << 20, ge=1, description="largest JSON body")
    max_rows: int = Field(2_000_000, ge=1, description="most samples in a run")
    max_open_runs: int = Field(50, ge=1, description="most unfinished runs of one key")
    idle_s: float = Field(30.0, gt=0, description="seconds a client may send nothing in the midst of a body")
    spool: str = Field(
        "", description="folder for uploads on their way to the store; the system's own if empty"
    )
    code_workers: int = Field(
        1, ge=0, le=256, description="programs of `/run_code` run at once; 0 turns it off"
    )
    code_wait_s: float = Field(
        10.0, ge=0, description="seconds `/run_code` waits for its turn before it says 429"
    )
    code_timeout_s: float = Field(60.0, gt=0, description="longest `run_timeout` of `/run_code`")
    code_memory_mb: int = Field(
        2048, ge=64, description="largest `memory_limit_MB` of `/run_code`, and its default"
    )
    reward_wait_s: float = Field(
        60.0, ge=0, description="seconds a batch of `/v1/rewards` waits for its turn before it says 429"
    )
    reward_timeout_s: float = Field(
        6.0, gt=0, le=3600,
        description="CPU seconds of a program of `/v1/rewards` and its test, or of one test of several",
    )  # fmt: skip
    reward_packages: str = Field(
        "", description="bundle of packages that programs of `/v1/rewards` may import; none if empty"
    )
    forecast_s: float = Field(300.0, gt=0, description="longest time a forecast may take")
    stop_s: float = Field(10.0, ge=0, description="seconds that work in progress gets when the service stops")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="least level logged")
    log_format: Literal["auto", "json", "console"] = Field(
        "auto",
        description="`console` for a person, `json` for a machine; `auto` looks whether stderr is a terminal",
    )

    def where(self, beside: int = 0) -> ExecutorConfig:
        """Return where a run executes its programs while `beside` other runs are executed or wait.

        On this machine it has all workers while it is the only one, and otherwise its share of them; a
        cluster's CPUs are shared by all that may be worked on at once.
        """
        among = max(1, self.runs_at_once)
        if self.engine == "local":
            return ExecutorConfig(workers=max(1, self.workers // min(among, 1 + beside)))
        return ExecutorConfig("ray", self.ray_workers or None, self.ray_address or None, among)

    @property
    def is_loopback(self) -> bool:
        """Return whether the address can be reached from this machine only."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False
