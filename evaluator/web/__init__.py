"""The pages: what the service knows, for a reader with a browser: HTML made here, HTMX over plain links."""

from evaluator.web.mount import add_pages
from evaluator.web.rendering import add_error_pages

__all__ = ["add_error_pages", "add_pages"]
