"""``caigou manage openapi`` writes docs/openapi.json from the code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from caigou.api.door import api

_DOCUMENT = Path(__file__).resolve().parents[4] / "docs" / "openapi.json"


class Command(BaseCommand):
    help = "Write the API's OpenAPI document into docs/openapi.json."

    def handle(self, *args: Any, **options: Any) -> None:
        _DOCUMENT.write_text(json.dumps(api.get_openapi_schema(), indent=1, ensure_ascii=False) + "\n")
        self.stdout.write(_DOCUMENT.name)
