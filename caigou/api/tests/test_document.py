"""The OpenAPI document: complete, true to what is checked in, so that a change of the API is seen in review."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.test import Client

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "openapi.json"
OPEN = {"search", "suggest", "offers", "products/{public_id}"}


def operations(document: Any) -> list[tuple[str, str, Any]]:
    return [(path, method, one) for path, methods in document["paths"].items() for method, one in methods.items()]


def served() -> Any:
    return Client().get("/api/v1/openapi.json").json()


def test_the_document_that_is_served_is_the_one_that_is_checked_in() -> None:
    """`.venv/bin/caigou manage openapi` writes it anew; what changed is then seen in the diff."""
    assert served() == json.loads(DOCUMENT.read_text())


def test_every_operation_says_what_it_is_whose_it_is_and_how_it_refuses() -> None:
    document = served()
    assert document["openapi"].startswith("3.1")
    for path, method, one in operations(document):
        assert one["summary"], path
        assert one["description"], path
        keyed = path.removeprefix("/api/v1/") not in OPEN
        assert keyed == bool(one.get("security")) == ("x-scope" in one), path
        assert not keyed or {"200", "401", "403", "422", "429", "503"} <= {str(code) for code in one["responses"]}, path
        for code, response in one["responses"].items():
            [schema] = [content["schema"] for content in response["content"].values()]
            assert int(code) < 400 or schema["$ref"].endswith("/ErrorOut"), (path, code)
        named = {parameter["name"] for parameter in one["parameters"]}
        assert (method == "post") == ("Idempotency-Key" in named), path
