"""The laws: loss, the report's capability law, the hierarchical one, and what they share."""
