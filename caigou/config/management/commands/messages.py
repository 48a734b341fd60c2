"""``caigou manage messages`` brings the Chinese catalogue up to what the code says, and compiles it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from caigou.cli import translations


class Command(BaseCommand):
    help = "Collect every sentence of code and templates into the Chinese catalogue; say what is not translated."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="Write nothing; fail when a translation is missing.")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["check"]:
            self.stdout.write(translations.update().name)
            translations.compile_stale()
        lacking = translations.problems()
        for line in lacking:
            self.stdout.write(line)
        if options["check"] and lacking:
            raise CommandError(f"{len(lacking)} sentences lack a sound translation.")
