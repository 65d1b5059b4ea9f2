"""`POST /run_code`: SandboxFusion's call for Python, so that what points there can point here.

Statuses are SandboxFusion's: `Success` if the program ended with 0, `Failed` if it did not or was out of
time, `SandboxError` if the sandbox is to blame. The limits are the settings'; a body may ask for less.
"""

import base64
import binascii
from enum import StrEnum
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from evaluator.service.auth import Submitter
from evaluator.service.context import Service, ServiceDep
from evaluator.service.error_responses import HTTPProblemError
from sandbox import SandboxError, Script, ScriptResult, Scripts

__all__ = ["router"]

router = APIRouter(tags=["run_code"])

Text = Annotated[str, StringConstraints(max_length=8 << 20)]


class RunStatus(StrEnum):
    """What came of it as a whole."""

    SUCCESS = "Success"
    FAILED = "Failed"
    SANDBOX_ERROR = "SandboxError"


class CommandRunStatus(StrEnum):
    """What came of one command."""

    FINISHED = "Finished"
    ERROR = "Error"
    TIME_LIMIT_EXCEEDED = "TimeLimitExceeded"


class RunCodeRequest(BaseModel):
    """A program to run. Fields that are not known here are ignored, as SandboxFusion ignores them."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"code": "print('hello')", "language": "python"}]}
    )

    code: Text = Field(description="the program")
    language: str = Field("python", max_length=40, description="`python`; others are refused")
    stdin: Text | None = None
    compile_timeout: float = Field(
        10.0, gt=0, allow_inf_nan=False, description="unused: Python is not compiled"
    )
    run_timeout: float = Field(
        10.0, gt=0, allow_inf_nan=False, description="seconds; no more than the service allows"
    )
    memory_limit_MB: int = Field(  # noqa: N815 - SandboxFusion's name
        -1, ge=-1, le=1 << 30, description="MiB of address space; -1 for what the service allows"
    )
    files: dict[Annotated[str, StringConstraints(max_length=500)], str | None] = Field(
        {}, max_length=200, description="relative path -> content in base64"
    )
    fetch_files: list[Annotated[str, StringConstraints(max_length=500)]] = Field(
        [], max_length=200, description="relative paths of files to return"
    )

    @field_validator("code", "stdin")
    @classmethod
    def _encodable(cls, text: str | None) -> str | None:
        if text is not None:
            text.encode("utf-8")  # UnicodeEncodeError is a ValueError
        return text


class CommandRunResult(BaseModel):
    """How the program ended, and what it printed."""

    status: CommandRunStatus
    execution_time: float | None = Field(None, description="seconds")
    return_code: int | None = Field(None, description="null if it was out of time")
    stdout: str | None = None
    stderr: str | None = None


class RunCodeResponse(BaseModel):
    """What SandboxFusion answers."""

    status: RunStatus
    message: str
    compile_result: CommandRunResult | None = None
    run_result: CommandRunResult | None = None
    executor_pod_name: str | None = None
    files: dict[str, str] = Field({}, description="path -> content in base64")


@router.post("/run_code")
async def run_code(given: RunCodeRequest, service: ServiceDep, caller: Submitter) -> RunCodeResponse:
    """Run a Python program in the jail and return what it printed.

    Waits its turn for a free worker as long as the service allows; beyond that, and where its turn would
    come later than that, the answer is 429 with `Retry-After`.
    """
    if service.scripts is None:
        raise HTTPProblemError(503, "this service runs no code; start it with PASSLAW_CODE_WORKERS=1 or more")
    if given.language != "python":
        raise HTTPProblemError(422, f"language {given.language!r:.60} is not supported; use 'python'")
    try:
        async with service.code_turns.turn(caller.id):
            return await to_thread.run_sync(
                _run, service, service.scripts, given, limiter=service.code_threads
            )
    except HTTPProblemError as refused:
        if refused.status == 429:
            service.metrics.code_runs.labels("saturated").inc()
        raise


def _run(service: Service, scripts: Scripts, given: RunCodeRequest) -> RunCodeResponse:
    try:
        result = scripts.run(_script(service, given))
    except ValueError as bad:
        raise HTTPProblemError(422, str(bad)) from None
    except SandboxError as error:
        service.metrics.code_runs.labels(RunStatus.SANDBOX_ERROR.value).inc()
        failed = CommandRunResult(status=CommandRunStatus.ERROR, stderr=str(error))
        return RunCodeResponse(status=RunStatus.SANDBOX_ERROR, message=str(error), run_result=failed)
    answer = _answer(result)
    service.metrics.code_runs.labels(answer.status.value).inc()
    return answer


def _script(service: Service, given: RunCodeRequest) -> Script:
    most = service.settings.code_memory_mb
    memory_mb = most if given.memory_limit_MB <= 0 else min(given.memory_limit_MB, most)
    return Script(
        source=given.code,
        stdin=given.stdin or "",
        files={name: _decoded(name, content) for name, content in given.files.items() if content is not None},
        fetch=tuple(given.fetch_files),
        timeout_s=min(given.run_timeout, service.settings.code_timeout_s),
        memory_bytes=memory_mb << 20,
    )


def _decoded(name: str, content: str) -> bytes:
    try:
        return base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError(f"file {name!r:.80}: its content is not base64") from None


def _answer(result: ScriptResult) -> RunCodeResponse:
    ended = CommandRunResult(
        status=CommandRunStatus.TIME_LIMIT_EXCEEDED if result.timed_out else CommandRunStatus.FINISHED,
        execution_time=result.wall_s,
        return_code=result.exit_status,
        stdout=result.stdout,
        stderr=result.stderr,
    )
    status = RunStatus.SUCCESS if result.exit_status == 0 else RunStatus.FAILED
    files = {name: base64.b64encode(content).decode() for name, content in result.files.items()}
    message = "the output was longer and is cut" if result.cut else ""
    return RunCodeResponse(status=status, message=message, run_result=ended, files=files)
