"""``caigou manage hears`` draws docs/events.md from the code."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from caigou.config import drawings


class Command(BaseCommand):
    help = "Draw who hears what, the calls and the clocks into docs/events.md."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(str(drawings.write("hears").name))
