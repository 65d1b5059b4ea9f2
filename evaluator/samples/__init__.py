"""Samples files: readers for the formats people have, told apart by content, and the explicit sanitiser."""

from evaluator.samples.detect import open_samples
from evaluator.samples.sample import Sample, SampleFile, SampleFormat
from evaluator.samples.sanitize import sanitize

__all__ = ["Sample", "SampleFile", "SampleFormat", "open_samples", "sanitize"]
