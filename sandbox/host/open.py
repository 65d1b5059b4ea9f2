"""Open a sandbox: settings, a backend that works here, a pool of workers."""

import os
import secrets
from typing import Any

from sandbox.backends.base import Backend
from sandbox.backends.selection import choose_backend
from sandbox.backends.worker_settings import WorkerSettings
from sandbox.host.audit import Audit
from sandbox.host.pool import Sandbox
from sandbox.jail.interpreter import describe_interpreter
from sandbox.jail.policy import load_policy, with_packages_profile
from sandbox.options import SandboxOptions, with_named
from sandbox.packages.libraries import find_libraries
from sandbox.packages.shelf import find_bundle

__all__ = ["open_sandbox"]


def open_sandbox(
    workers: int | None = None,
    options: SandboxOptions | None = None,
    **named: Any,  # noqa: ANN401 - the fields of `SandboxOptions`, whose types are there
) -> Sandbox:
    """Return a running sandbox; use it as a context manager.

        with open_sandbox(workers=2, isolation="namespaces") as box:
            for outcome in box.run(programs):
                ...

    Args:
        workers: how many programs run at once; by default one for each core this process may use.
        options: see `SandboxOptions`.
        named: options by name, in place of those of `options`.

    Raises:
        IsolationError: this machine cannot give the isolation; the message names the probe that failed.
        PolicyError: the policy file is malformed.
        PackagesError: there is no such bundle of packages, or it was changed or built for another Python.
        ValueError: an argument is out of range.
        TypeError: there is no option of that name.
    """
    options = with_named(options, named)
    workers = len(os.sched_getaffinity(0)) if workers is None else workers
    if workers < 1:
        raise ValueError(f"workers must be at least 1, not {workers}")
    policy = load_policy(options.policy) if options.policy else load_policy()
    interpreter, packages = describe_interpreter(options.python), None
    if options.packages is not None:
        packages, policy = find_bundle(options.packages), with_packages_profile(policy)
        packages.require_fit(interpreter)
        packages.require_unchanged()
        interpreter = interpreter.with_libraries(find_libraries(packages.libraries, interpreter.libraries))
    settings = WorkerSettings(
        options.limits,
        options.judge,
        policy,
        interpreter,
        secrets.randbits(64) if options.seed is None else options.seed,
        packages,
    )
    shared = options.may_share
    audit = Audit(options.audit if shared else 0.0, settings.seed)

    def opened(chosen: Backend, rejected: tuple[str, ...]) -> Sandbox:
        return Sandbox(settings, chosen, workers, rejected, shared=shared, audit=audit)

    return choose_backend(settings, options.backend, options.isolation, options.image, opened)
