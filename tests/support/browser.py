"""The browser for the browser tests: Debian's Chromium and a Chinese font.

``python -m tests.support.browser`` makes sure that both are there: by apt when this is root on Debian, otherwise
by naming what is missing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

PACKAGES = ("chromium", "fonts-noto-cjk")
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FONT = "Noto Sans CJK SC"


def chromium() -> str | None:
    """Return the browser's path; ``CAIGOU_CHROMIUM`` wins over what is installed."""
    return os.environ.get("CAIGOU_CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)


def missing() -> list[str]:
    """Return Debian's names of the packages that are missing."""
    lacking = [] if chromium() else [PACKAGES[0]]
    return lacking if _has_font() else [*lacking, PACKAGES[1]]


def _has_font() -> bool:
    if shutil.which("fc-list"):
        listed = subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, text=True, check=False)
        return "CJK" in listed.stdout or "Han" in listed.stdout
    return any(Path("/usr/share/fonts").rglob("NotoSansCJK*"))


def main() -> int:
    """Install what is missing, or say what it is."""
    lacking = missing()
    if not lacking:
        return 0
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"Installing {' and '.join(lacking)} for the browser tests …")  # noqa: T201
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update"], ["install", "--yes", "--no-install-recommends", *lacking]):
            subprocess.run(["apt-get", "-qq", *command], check=True, env=environment, stdout=subprocess.DEVNULL)
        lacking = missing()
        if not lacking:
            return 0
    sys.stderr.write(f"The browser tests need {' and '.join(lacking)} (Debian's names); please install it.\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
