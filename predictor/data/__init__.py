"""Points of the GPT-4 report's figures 1 and 2, digitised from the published figures (arXiv 2303.08774).

Compute is relative to GPT-4; the axes were read within .003 decades. Figure 1 is bits per word on a held-out
code base, figure 2 is -mean log pass rate, in nats, on the third easiest of six buckets of HumanEval (23
problems).
"""

from predictor.data.points import FigurePoints, gpt4_figure_1, gpt4_figure_2

__all__ = ["FigurePoints", "gpt4_figure_1", "gpt4_figure_2"]
