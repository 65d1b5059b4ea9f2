"""The pages: what the service knows, for a person with a browser: HTML made here, with HTMX over plain links."""

from evaluator.web.pages import add_pages

__all__ = ["add_pages"]
