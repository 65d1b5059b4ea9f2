"""MiniEval: a generator of small Python functions, a problem set in the format of HumanEval, and its corpus."""
