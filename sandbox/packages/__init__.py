"""Bundles of packages that programs may import: built by pip on this machine, shown read-only in the jail."""
