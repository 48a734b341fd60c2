"""Where this installation keeps its data, in which mode it runs, and what its processes find in the environment."""

from __future__ import annotations

import contextlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from caigou.cli.errors import UserError

_CHECKOUT = Path(__file__).resolve().parents[2]
_SECRETS = ("CAIGOU_SECRET_KEY", "CAIGOU_SANDBOX_SECRET")
_MODES = ("demo", "test", "production")


@dataclass(frozen=True)
class Home:
    """The data folder: database, files, search index, logs."""

    folder: Path
    mode: str

    @property
    def logs(self) -> Path:
        """Where the supervisor's children write."""
        return self.folder / "logs"

    @property
    def run(self) -> Path:
        """What is true only while Caigou runs, and small notes from one start to the next."""
        return self.folder / "run"

    @property
    def own_database(self) -> bool:
        """Whether the database is the one that comes with the product, not one that DATABASE_URL names."""
        return "DATABASE_URL" not in os.environ

    def environment(self) -> dict[str, str]:
        """Return the environment for Django's processes, without the database of our own.

        A demonstration gets secrets of its own, made once: the settings' defaults are known to everybody.
        """
        secrets_of_demo = (
            {name: _secret(self.folder / name.lower()) for name in _SECRETS} if self.mode == "demo" else {}
        )
        return {
            **secrets_of_demo,
            **os.environ,
            "CAIGOU_HOME": str(self.folder),
            "CAIGOU_MODE": self.mode,
            "DJANGO_SETTINGS_MODULE": "caigou.config.settings",
            "PYTHONUNBUFFERED": "1",
        }

    def remember_mode(self) -> None:
        """Note the mode, so that ``caigou search`` in another terminal finds the same installation."""
        self.folder.mkdir(parents=True, exist_ok=True)
        _mode_file(self.folder).write_text(self.mode + "\n")


def find_home(mode: str | None = None) -> Home:
    """Return the installation that the environment (and a file ``.env`` beside it) names.

    The mode is the one asked for, else ``CAIGOU_MODE``, else what the folder was last started with, else
    production: whoever gives no mode gets no unsafe default.  Raises ``UserError`` for an unknown mode.
    """
    read_dotenv(Path(".env"))
    default = _CHECKOUT / "var" if (_CHECKOUT / "pyproject.toml").exists() else Path("var")
    folder = Path(os.environ.get("CAIGOU_HOME") or default).expanduser().resolve()
    noted = _mode_file(folder)
    mode = mode or os.environ.get("CAIGOU_MODE") or (noted.read_text().strip() if noted.exists() else "production")
    if mode not in _MODES:
        raise UserError(f"CAIGOU_MODE is {mode!r}; it must be one of {', '.join(_MODES)}.")
    return Home(folder, mode)


def read_dotenv(path: Path) -> None:
    """Put ``NAME=value`` lines of a file into the environment; what is already set there wins."""
    if not path.is_file():
        return
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        name, equals, value = line.partition("=")
        if not equals or not name.strip().isidentifier():
            raise UserError(f"{path}, line {number}: write NAME=value.")
        os.environ.setdefault(name.strip(), value.strip().strip("\"'"))


def _secret(path: Path) -> str:
    """Return the secret kept in a file that only its owner may read; make it the first time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with (
        contextlib.suppress(FileExistsError),
        os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file,
    ):
        file.write(secrets.token_urlsafe(48))
    return path.read_text()


def _mode_file(folder: Path) -> Path:
    return folder / "mode"
