"""The parts of `sanitize`: each knows one way in which an answer is more than its code."""
