"""Array types that the package's annotations share."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["Floats", "Integers", "Mask"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Mask = NDArray[np.bool_]
