"""`passlaw serve`: the service, on a store of the user's own unless told otherwise."""

from typing import Any

import click

from evaluator.errors import UsageError
from evaluator.executors import ENGINES
from evaluator.store import open_store
from evaluator.store.api_keys import any_keys

__all__ = ["command"]


@click.command(name="serve", short_help="Run the service: runs and forecasts over HTTP and in a browser.")
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), help="Port; 0 for any free port.  [default: 8400]")
@click.option(
    "--store",
    metavar="URL",
    help="A SQLite file or postgresql://HOST/NAME.  [default: a file in the user's data directory]",
)
@click.option("--workers", type=click.IntRange(1), help="Programs run in parallel.  [default: one per CPU]")
@click.option("--runs-at-once", type=click.IntRange(0), help="Runs executed in parallel.  [default: 2]")
@click.option("--engine", type=click.Choice(ENGINES), help="Where runs are executed.  [default: local]")
@click.option("--ray-address", metavar="HOST:PORT", help="The Ray cluster.  [default: $RAY_ADDRESS]")
def command(**options: Any) -> None:  # noqa: ANN401 - checked by the settings
    """Run the service until it is interrupted.

    Other settings are variables PASSLAW_...; docs/service.md lists them. The service listens on this machine
    only, unless the store has an API key (passlaw keys create).
    """
    from pydantic import ValidationError  # noqa: PLC0415 - a command's own imports are quick only without these

    try:
        import uvicorn  # noqa: PLC0415

        from evaluator.app import build_app  # noqa: PLC0415
        from evaluator.service.listener import listen  # noqa: PLC0415
        from evaluator.service.logs import set_up_logs  # noqa: PLC0415
        from evaluator.service.settings import ServiceSettings  # noqa: PLC0415
    except ModuleNotFoundError as missing:
        raise UsageError(f"the service needs {missing.name}; install passlaw[service]") from missing
    try:
        settings = ServiceSettings(**{name: value for name, value in options.items() if value is not None})
    except ValidationError as bad:
        first = bad.errors(include_url=False, include_input=False)[0]
        raise UsageError(f"PASSLAW_{'_'.join(map(str, first['loc'])).upper()}: {first['msg']}") from None
    settings.where().check()
    _try_store(settings)
    set_up_logs(settings)
    listening = listen(settings.host, settings.port)
    host, port = listening.getsockname()[:2]
    name = f"[{host}]" if ":" in host else host
    click.echo(f"passlaw: http://{name}:{port}", err=True)
    config = uvicorn.Config(
        build_app(settings), log_config=None, access_log=False, server_header=False,
        timeout_graceful_shutdown=max(1, round(settings.stop_s)), timeout_keep_alive=15,
        limit_concurrency=1000, h11_max_incomplete_event_size=64 << 10,
    )  # fmt: skip
    uvicorn.Server(config).run([listening])


def _try_store(settings: Any) -> None:  # noqa: ANN401 - ServiceSettings, imported late
    """Open the store before anything listens, and refuse an open address to a store without keys."""
    store = open_store(settings.store)
    try:
        with store.read() as db:
            if not settings.is_loopback and not any_keys(db):
                raise UsageError(
                    f"--host {settings.host} is not loopback, and the store has no API key; make one first "
                    "with 'passlaw keys create NAME --scope admin'"
                )
    finally:
        store.close()
