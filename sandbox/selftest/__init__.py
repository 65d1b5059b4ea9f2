"""Small hostile programs that come with the package, to show on any machine what holds there."""

from sandbox.selftest.attacks import Attack, load_attacks

__all__ = ["Attack", "load_attacks"]
