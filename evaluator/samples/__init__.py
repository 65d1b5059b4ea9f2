"""Samples files: readers for the formats people have, and the code taken out of chat answers."""

from evaluator.samples.detect import open_samples
from evaluator.samples.sample import Sample, SampleFile, SampleFormat
from evaluator.samples.sanitize import Extraction, extract, sanitize

__all__ = ["Extraction", "Sample", "SampleFile", "SampleFormat", "extract", "open_samples", "sanitize"]
