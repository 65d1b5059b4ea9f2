"""The latent-trend law: binomial counts, unequal problems, and a common level that may leave its line.

`cells` says what one count tells, `problems` integrates a problem's own effects out, `levels` measures every
model's common level, `trend` extrapolates the levels, and `prediction` puts the problems back in.
"""
