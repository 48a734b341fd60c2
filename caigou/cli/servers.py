"""The servers, forked from one process that has loaded the product: ``python -m caigou.cli.servers``.

Loading takes seconds and a hundred megabytes; done once before the fork, every server starts at once and the
memory is there once (docs/decisions/0019-memory-and-start.md).  Whoever dies is forked anew.  This process itself
opens no connection, no index and no thread: those don't survive a fork.

The supervisor starts it while the database is still being prepared.  So it loads the code first, then waits for a
line on standard input, and reads the files that are prepared (translations, static files) only then.
"""

from __future__ import annotations

import gc
import io
import multiprocessing
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from caigou.cli.errors import UserError
from caigou.cli.forked import Forked, name_process
from caigou.cli.memory import give_back, give_back_now_and_then
from caigou.cli.opening import GO
from caigou.cli.processes import SUPERVISOR_PID, die_with_parent
from caigou.cli.supervisor import Child, Supervisor, ended

#: After so many failures in a row the supervisor makes everything anew: what was loaded may itself be at fault.
_PATIENCE = 5
_THREADS = 4
#: The worker gives way to people's requests; what it hears less often it hears together, for less.
_NICE = 5
_PACKAGE = Path(__file__).resolve().parents[1]
#: What libraries load where it happens to be installed, and no server uses: drawing for terminals, other templates,
#: other threads. Some 8 MB.
_UNWANTED = ("rich", "pygments", "click", "jinja2", "greenlet")


def main(host: str, port: int, web_workers: int, live_port: int) -> int:
    """Run the servers until SIGTERM; 1 when one of them can't be kept running."""
    name_process("caigou-servers")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy's threads would not survive a fork
    gc.disable()  # nothing loaded is ever thrown away, and counting it would write into every page
    try:
        load_code()
    except Exception as error:
        if not _may_go():
            return 2  # what prepares the database met it too, and has told
        if not isinstance(error, UserError):
            raise
        print(error, file=sys.stderr)  # noqa: T201
        return 2
    if not _may_go():
        return 0
    load_prepared()
    os.environ[SUPERVISOR_PID] = str(os.getpid())
    servers = Supervisor(patience=_PATIENCE)
    servers.catch_signals()
    with ended(servers):
        servers.add(Child("web", lambda: Forked("caigou-web", lambda: serve_pages(host, port, web_workers))))
        servers.add(Child("worker", lambda: Forked("caigou-worker", _work)))
        servers.add(Child("live", lambda: Forked("caigou-live", lambda: _stream(host, live_port)), vital=False))
        servers.look_after()
        return 0 if servers.is_stopping() else 1


def load_code() -> None:
    """Load everything that a server may need; raises ``UserError`` for settings that are wrong."""
    with _without(_UNWANTED):
        _load_code()


@contextmanager
def _without(names: Iterable[str]) -> Iterator[None]:
    """Let packages count as not installed, for libraries that ask whether they are."""
    hidden = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None is how Python says that
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


def _load_code() -> None:
    import django

    django.setup()
    import granian  # noqa: F401
    from django.conf import settings
    from django.urls import get_resolver
    from django.utils.module_loading import import_string

    from caigou.jobs import worker  # noqa: F401
    from caigou.search.analysis import understand
    from caigou.search.lexicon import lexicon
    from caigou.search.meaning.encoder import encoder
    from caigou.search.spelling import taught

    _walk(get_resolver().url_patterns)
    _check()
    _compile_templates()
    for table in (settings.CAIGOU_CLOCKS, settings.CAIGOU_CALLS, settings.CAIGOU_HEARS, settings.CAIGOU_SEARCH_INDEX):
        import_string(table)
    import_string(settings.CAIGOU_LIVE_SERVER)
    lexicon().sounding("")  # reads how Chinese sounds, too
    for words in ("ceramic mug", "陶瓷馬克杯", "taoci beizi"):
        understand(words)
    taught()
    encoder()  # nothing, unless meanings are wanted


def _walk(patterns: Iterable[object]) -> None:
    """Touch every address, so that all views are imported."""
    for pattern in patterns:
        _walk(getattr(pattern, "url_patterns", []))


def _check() -> None:
    """Run Django's checks and ours, which a web server does not: every route must say who may open it."""
    from django.core.management import CommandError, call_command

    try:
        call_command("check", stdout=io.StringIO())
    except CommandError as error:
        raise UserError(str(error)) from error


def _compile_templates() -> None:
    """Read our own templates, so that the first page is as quick as the next."""
    from django.template.loader import get_template
    from django.template.utils import get_app_template_dirs

    for folder in map(Path, get_app_template_dirs("templates")):
        if _PACKAGE in folder.parents:
            for path in folder.rglob("*.html"):
                get_template(str(path.relative_to(folder)))


def load_prepared() -> None:
    """Read the files that are prepared at a start; what is loaded now is there for good."""
    from django.conf import settings
    from django.core.servers.basehttp import get_internal_wsgi_application
    from django.db import connections
    from django.urls import reverse
    from django.utils import translation

    from caigou.accounts.countries import country_choices

    get_internal_wsgi_application()  # the one that the settings name: the floors above are theirs to know
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            country_choices()
            reverse("web:home")  # the addresses of a language are gathered when one is first asked for
    connections.close_all()
    give_back()
    gc.freeze()


def _may_go() -> bool:
    """Wait for the supervisor's word; False when it went away or gave up."""
    return sys.stdin.buffer.readline() == GO


def serve_pages(host: str, port: int, web_workers: int) -> int:
    """Serve the pages until SIGTERM, from processes of their own."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    gc.enable()
    multiprocessing.set_start_method("fork", force=True)
    Granian(
        "caigou.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=web_workers,
        blocking_threads=_THREADS,
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
    ).serve(target_loader=_application, wrap_loader=False)
    return 0


def _application() -> Callable[..., object]:
    """Return the application to a web process of granian's, which would outlive its master after a kill -9."""
    die_with_parent()
    give_back_now_and_then()  # meeting a word of the index takes megabytes for a moment
    from django.core.servers.basehttp import get_internal_wsgi_application

    from caigou.jobs.notices import join_notices

    join_notices()
    application: Callable[..., object] = get_internal_wsgi_application()
    return application


def _work() -> int:
    from caigou.cli.worker import work

    gc.enable()
    os.nice(_NICE)
    return work()


def _stream(host: str, port: int) -> int:
    from django.conf import settings
    from django.utils.module_loading import import_string

    gc.enable()
    code: int = import_string(settings.CAIGOU_LIVE_SERVER)(host, port)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], *map(int, sys.argv[2:5])))
