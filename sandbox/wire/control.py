"""Messages between the judge and the zygote, and how the zygote is started. Both sides load this."""

import struct

__all__ = [
    "COMMAND",
    "CPU_CLOCK",
    "EAGER_LINKING",
    "FORK",
    "KILL",
    "OWN_SLOT",
    "REPORT",
    "SHARED_SLOT",
    "SLOTS",
]

# Kinds of command. With FORK comes a descriptor, the process's channel; KILL and CPU_CLOCK are answered by a
# report.
FORK = b"F"
KILL = b"K"
CPU_CLOCK = b"C"
# A command: its kind; the slot of the process; limits for FORK: CPU seconds, bytes of memory, bytes of a
# value. For the others the last field is the command's number.
COMMAND = struct.Struct("<cBdQQ")
# A report: wait status (-1: no process), CPU seconds, whether the scratch was used, its command's number.
REPORT = struct.Struct("<id?Q")
OWN_SLOT = 0  # of a program's own process
SHARED_SLOT = 1  # of the one that programs share
SLOTS = 2
# For the environment that this interpreter is started in, and programs do not see: the dynamic linker looks
# names up once, where each fork would look up anew what it calls.
EAGER_LINKING = {"LD_BIND_NOW": "1"}
