"""What a child process gives up before it reads what a stranger sent. Plain Python: children run this as a file.

A child is started with ``python -I`` and an empty environment and knows no package of ours, so it takes this from the
path: ``runpy.run_path``. Whatever breaks its decoder finds no file, no socket, no process and no privilege.
"""

from __future__ import annotations

import contextlib
import os
import resource

_NOBODY = 65534


def give_up(*, memory: int, cpu_seconds: int, file_bytes: int = 0) -> None:
    """Keep ``memory`` bytes of address space, seconds of CPU and files of ``file_bytes``; become nobody, if root."""
    if os.geteuid() == 0:
        with contextlib.suppress(OSError):  # a container may have taken the right to change the user
            os.setgroups([])
            os.setgid(_NOBODY)
            os.setuid(_NOBODY)
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, file_bytes),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 0),
    ):
        with contextlib.suppress(ValueError):  # less is allowed already
            resource.setrlimit(what, (most, most))
