"""Results for others to read: tables, EvalPlus's file, the Hugging Face Hub's."""

from evaluator.exports.export import ExportFormat, export

__all__ = ["ExportFormat", "export"]
