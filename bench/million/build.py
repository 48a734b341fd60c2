"""Make the index, as a rebuild does; prints what it took as one line of JSON.

``python -m bench.million.build FOLDER COUNT``, a process of its own, so that its memory is the rebuild's alone.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from bench.million.documents import documents
from caigou.adapters.tantivy_index.index import TantivyIndex
from caigou.search.ports import Document


class _Timed:
    """Hands documents on and adds up the seconds that making them takes: they are the benchmark's, not the index's."""

    def __init__(self, made: Iterable[Document]) -> None:
        self._made = made
        self.wall = self.cpu = 0.0

    def __iter__(self) -> Iterator[Document]:
        rest = iter(self._made)
        while True:
            began, used = time.perf_counter(), time.thread_time()
            document = next(rest, None)
            self.wall += time.perf_counter() - began
            self.cpu += time.thread_time() - used
            if document is None:
                return
            yield document


def main(folder: Path, count: int) -> dict[str, Any]:
    """Build an index of ``count`` products in ``folder``."""
    made = _Timed(documents(count))
    began, used = time.perf_counter(), time.process_time()
    TantivyIndex(folder).rebuild(made)
    return {
        "wall_s": round(time.perf_counter() - began - made.wall, 1),
        "cpu_s": round(time.process_time() - used - made.cpu, 1),
        "generating_cpu_s": round(made.cpu, 1),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000),
    }


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]))))
