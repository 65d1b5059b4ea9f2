"""MiniEval: a generator of small Python functions, its corpus, and problems in HumanEval's format."""
