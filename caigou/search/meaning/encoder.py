"""The encoder that the setting ``CAIGOU_SEARCH_ENCODER`` names, loaded once a process, and only where it is wanted."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final, Protocol

import numpy as np
import structlog
from django.conf import settings
from django.utils.module_loading import import_string
from numpy.typing import NDArray

log = structlog.get_logger(__name__)

#: Numbers in a vector; as many bytes are kept of it, and as many bits to look through.
DIMENSIONS: Final = 512


class Encoder(Protocol):
    """What makes vectors of texts in any of our languages. Texts that mean the same are near each other."""

    #: Of the encoder and its version: vectors of another one can't be compared with these.
    name: str

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a row of ``DIMENSIONS`` and of length 1 for each text. Safe from many threads."""


def is_wanted() -> bool:
    """Whether this installation keeps and asks for meanings."""
    return bool(settings.CAIGOU_SEARCH_ENCODER)


def encoder() -> Encoder | None:
    """Return the encoder, None where none is wanted or its package isn't installed (``caigou doctor`` says so).

    The first call of a process loads it: 2 s. Processes of ``caigou up`` share what was loaded before they were made.
    """
    return _load(settings.CAIGOU_SEARCH_ENCODER) if is_wanted() else None


@cache
def _load(name: str) -> Encoder | None:
    try:
        loaded: Encoder = import_string(name)()
    except ImportError as error:
        log.warning("search_encoder_missing", error=str(error))
        return None
    return loaded


def bytes_of(vectors: NDArray[np.float32]) -> list[bytes]:
    """Return each vector in a byte a dimension, as it is kept: its length is lost, its direction is not."""
    largest = np.maximum(np.abs(vectors).max(axis=1, keepdims=True), 1e-9)
    return [row.tobytes() for row in np.round(vectors * (127 / largest)).astype(np.int8)]


def signs_of(vector: bytes) -> str:
    """Return the signs of a kept vector in hexadecimal, a bit each: near vectors differ in few of them."""
    return np.packbits(np.frombuffer(vector, np.int8) > 0).tobytes().hex()


def nearness(one: NDArray[np.float32], kept: Sequence[bytes]) -> NDArray[np.float32]:
    """Return the cosine of the angle between ``one``, of length 1, and each kept vector."""
    rows = np.frombuffer(b"".join(kept), np.int8).reshape(len(kept), DIMENSIONS).astype(np.float32)
    told: NDArray[np.float32] = (rows @ one) / np.maximum(np.linalg.norm(rows, axis=1), 1e-9)
    return told
