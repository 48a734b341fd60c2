"""Structured logs: one line an event, with the request's id; never a body, a code, a token or a document."""

from __future__ import annotations

import logging
from typing import Any

import structlog

_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
]


def is_fault(record: logging.LogRecord) -> bool:
    """Say whether a line of Django's about an answer tells of a fault.

    503 is none: it says "come again" of a full house, a database that is away or an index that is being made, which
    tell of themselves once; the line of the request has the status.
    """
    return getattr(record, "status_code", None) != 503


def logging_config(form: str) -> dict[str, Any]:
    """Return Django's LOGGING for ``json`` or ``console`` lines on standard error."""
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        # Plain tracebacks: the rich ones print local variables, and those hold people's data.
        else structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    )
    processors: list[Any] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if form == "json":
        processors.append(structlog.processors.format_exc_info)
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [*processors, renderer],
                "foreign_pre_chain": _SHARED,
            }
        },
        "filters": {"faults": {"()": lambda: is_fault}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {
            "django.server": {"level": "WARNING"},
            "django.request": {"filters": ["faults"]},
            "httpx": {"level": "WARNING"},
        },
    }


def configure(level: str) -> None:
    """Send structlog through the standard library, from ``level`` on."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.add_logger_name,
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
