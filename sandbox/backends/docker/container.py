"""How a container is made: everything that hardens it, in the engine's own terms."""

import os
import platform
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sandbox.backends.docker.seccomp_profile import profile
from sandbox.backends.worker_settings import WorkerSettings

if TYPE_CHECKING:
    import docker

__all__ = ["LABEL", "ContainerSpec"]

LABEL: Final = "passlaw.sandbox"
_ROOM_BYTES: Final = 256 << 20  # for the zygote, and for what the programs' values take on their way
_SPARE_PROCESSES: Final = 3
_GVISOR_THREADS: Final = 1024
# gVisor has no Landlock to hide these with, and takes covers that other runtimes refuse. They are its own
# and hold nothing of the machine, but a program has no business there.
_GVISOR_FOLDERS: Final = dict.fromkeys(
    ("/proc", "/sys", "/dev/net", "/dev/shm"),  # noqa: S108 - covered, not used
    "ro,noexec,nosuid,nodev,size=4096",
)
_GVISOR_DEVICES: Final = ("/dev/ptmx", "/dev/fuse", "/dev/tty")


@dataclass(frozen=True, slots=True)
class ContainerSpec:
    """What all containers of a backend have in common.

    Attributes:
        settings: what workers are started with.
        image: what containers are made of.
        runtime: `runc` or `runsc`.
        processors: how many the engine has.
        cgroup_version: of control groups, on the engine's machine.
    """

    settings: WorkerSettings
    image: str
    runtime: str
    processors: int
    cgroup_version: int

    def arguments(
        self, client: "docker.DockerClient", command: list[str], binds: dict[str, str], covered_by: str = ""
    ) -> dict[str, Any]:
        """Return the arguments of the SDK's `create_container`.

        Args:
            client: the engine.
            command: what the interpreter inside runs, as text, and its arguments.
            binds: folders of the host to show read-only, each with its place inside.
            covered_by: given for gVisor, whose standard streams are the way in: an empty file of the host's
                that covers what gVisor shows beyond the engine's own runtime.
        """
        policy = self.settings.policy
        return {
            "image": self.image,
            "command": ["-P", "-s", "-S", "-B", "-X", "utf8", "-c", *command],
            "detach": False,
            "environment": dict(policy.environment),
            "host_config": self._host(client, binds, covered_by),
            "hostname": "jail",
            "labels": {LABEL: str(os.getpid())},
            "name": f"passlaw-{os.getpid()}-{secrets.token_hex(6)}",
            "network_disabled": True,
            "stdin_open": bool(covered_by),
            "user": f"{policy.uid}:{policy.gid}",
            "working_dir": policy.scratch,
        }

    def _host(self, client: "docker.DockerClient", binds: dict[str, str], covered_by: str) -> dict[str, Any]:
        import docker  # noqa: PLC0415 - `connect` has made sure of it

        policy, limits = self.settings.policy, self.settings.limits
        memory = limits.memory_bytes + limits.file_bytes + _ROOM_BYTES
        scratch = (
            f"rw,noexec,nosuid,nodev,size={limits.file_bytes},nr_inodes={policy.scratch_inodes},mode=1777"
            f",uid={policy.uid},gid={policy.gid}"
        )
        ulimits = {
            "nofile": policy.open_files, "core": policy.core_bytes,
            "stack": policy.stack_bytes, "memlock": policy.locked_bytes,
        }  # fmt: skip
        processes = limits.processes + _SPARE_PROCESSES
        if self.runtime == "runsc":
            # The engine counts gVisor's own threads, which end it when they cannot be started; what counts
            # the programs' is a limit that gVisor itself enforces.
            ulimits["nproc"], processes = processes, processes + _GVISOR_THREADS
        filters = profile((*policy.allow, *policy.pretend), policy.kill, platform.machine())
        return client.api.create_host_config(
            auto_remove=True,
            binds=[f"{outside}:{inside}:ro" for outside, inside in binds.items()]
            + ([f"{covered_by}:{path}:ro" for path in _GVISOR_DEVICES] if covered_by else []),
            cap_drop=["ALL"],
            cgroupns="private" if self.cgroup_version == 2 else None,
            ipc_mode="none",
            log_config=docker.types.LogConfig(type="none"),
            mem_limit=memory,
            memswap_limit=memory,
            nano_cpus=min(2, self.processors) * 1_000_000_000,
            network_mode="none",
            oom_score_adj=1000,
            pids_limit=processes,
            read_only=True,
            runtime=self.runtime,
            security_opt=["no-new-privileges:true", f"seccomp={filters}"],
            tmpfs={policy.scratch: scratch} | (_GVISOR_FOLDERS if self.runtime == "runsc" else {}),
            ulimits=[docker.types.Ulimit(name=name, soft=most, hard=most) for name, most in ulimits.items()],
        )
