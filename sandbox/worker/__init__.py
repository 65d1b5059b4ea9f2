"""Trusted, not jailed: the process that encloses a judge and a zygote and supervises both."""
