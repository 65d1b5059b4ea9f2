"""A figure that a notebook shows by itself, whichever way matplotlib is set up there."""

import io

from matplotlib.figure import Figure

__all__ = ["ShownFigure"]

NOTEBOOK_DPI = 80


class ShownFigure(Figure):
    """A figure that is no part of pyplot's state, so that nothing shows it twice or keeps it alive."""

    def _repr_png_(self) -> bytes:
        image = io.BytesIO()
        self.savefig(image, format="png", dpi=NOTEBOOK_DPI)
        return image.getvalue()
