"""How soon a change is seen: one product is written anew, and another opened index asked until it finds the new words.

``python -m bench.million.change FOLDER TIMES`` prints one line of JSON, in milliseconds.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

from bench.million.documents import documents
from caigou.adapters.tantivy_index.index import TantivyIndex
from caigou.search.ports import Query


def main(folder: Path, times: int) -> dict[str, Any]:
    """Change ``times`` products, one after the other."""
    writer, reader = TantivyIndex(folder), TantivyIndex(folder)
    reader.search(Query(text="mug"))
    written, seen = [], []
    for document in documents(times):
        word = f"changedword{document.id}x{time.time_ns()}"
        began = time.perf_counter()
        writer.write([replace(document, title_en=f"{document.title_en} {word}")])
        done = time.perf_counter()
        while reader.search(Query(text=word)).ids != (document.id,):
            time.sleep(0.001)
        written.append((done - began) * 1_000)
        seen.append((time.perf_counter() - began) * 1_000)
    return {
        "written_ms": round(median(written)),
        "visible_ms": round(median(seen)),
        "slowest_ms": round(max(seen)),
    }


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]))))
