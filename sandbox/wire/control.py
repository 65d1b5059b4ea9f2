"""Messages between the judge and the zygote, and how the zygote is started. Both sides load this."""

import struct

__all__ = ["COMMAND", "EAGER_LINKING", "OWN_SLOT", "REPORT", "SHARED_SLOT", "SLOTS"]

# A command: F fork (a descriptor comes along), K kill and report, C ask for the CPU clock; the slot of the
# process it is about; limits for F: seconds, memory, bytes of a value. For others the last is their number.
COMMAND = struct.Struct("<cBdQQ")
# A report: wait status (-1: no process), CPU seconds, whether the scratch was used, its command's number.
REPORT = struct.Struct("<id?Q")
OWN_SLOT = 0  # of a program's own process
SHARED_SLOT = 1  # of the one that programs share
SLOTS = 2
# For the environment that this interpreter is started in, and programs do not see: the dynamic linker looks
# names up once, where each fork would look up anew what it calls.
EAGER_LINKING = {"LD_BIND_NOW": "1"}
