"""Examples in the OpenAPI document: what each operation was asked and answered when the guide's script was run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("examples.json")


def add_examples(document: Any) -> None:
    """Put the example of each operation beside its schemas, in place; one that has none is left as it is."""
    kept = json.loads(_FILE.read_text(encoding="utf-8"))
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            example = kept.get(f"{method.upper()} {path}", {})
            _put(operation["responses"].get(200) or operation["responses"].get("200"), example.get("answer"))
            _put(operation.get("requestBody"), example.get("asked"))


def _put(holder: Any, example: Any) -> None:
    if holder is not None and example is not None:
        for content in holder["content"].values():
            content["example"] = example
