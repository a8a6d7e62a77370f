"""Structured logs: one line for each event, with the request id, without personal data."""

import logging.config
import sys
from typing import Any

import structlog

from parking.core.requests import current_request_id, without_secrets


def _add_request_id(_: Any, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    request_id = current_request_id()
    if request_id:
        event["request_id"] = request_id
    return event


def _cut_secrets(_: Any, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    return {name: without_secrets(value) if isinstance(value, str) else value for name, value in event.items()}


def configure(options: dict[str, Any]) -> None:
    """Set structlog and Django's LOGGING_CONFIG up: `level`, and `json` for machine-readable lines."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_request_id,
        _cut_secrets,
    ]
    readable = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    renderer = structlog.processors.JSONRenderer() if options["json"] else readable
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "lines": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": shared,
                    "processors": [
                        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                        structlog.processors.format_exc_info,
                        _cut_secrets,
                        renderer,
                    ],
                }
            },
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
            "root": {"handlers": ["stderr"], "level": options["level"]},
            # A refused call is the caller's affair and in the audit; Django would log each as a warning. Each task
            # would be logged when it is queued, begun and done.
            "loggers": {
                "django.request": {"level": "ERROR"},
                "axes": {"level": "ERROR"},
                "django_tasks": {"level": "WARNING"},
                "django_tasks_db": {"level": "WARNING"},
                "httpx": {"level": "WARNING"},
                # fontTools logs every letter that goes into a PDF.
                "fontTools": {"level": "WARNING"},
            },
        }
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
