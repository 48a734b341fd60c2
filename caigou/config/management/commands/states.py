"""``caigou manage states`` draws docs/states.md from the code."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from caigou.config import drawings


class Command(BaseCommand):
    help = "Draw every life cycle into docs/states.md."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(str(drawings.write("states").name))
