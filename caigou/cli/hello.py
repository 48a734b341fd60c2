"""Who lives in the demonstration, printed once at the start: ``python -m caigou.cli.hello FILE``.

A process of its own, so that the supervisor doesn't keep what drawing a table takes in memory.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table


def main(people: Path) -> int:
    """Print the people of the demonstration by role."""
    table = Table("Role", "Name", title="Sign in as", title_justify="left")
    table.add_column("E-mail", no_wrap=True)
    table.add_column("Password", no_wrap=True)
    for person in json.loads(people.read_text(encoding="utf-8")):
        table.add_row(person["role"], person["name"], person["email"], person["password"])
    Console().print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
