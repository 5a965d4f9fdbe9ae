"""Logs as lines of JSON: names of things and ids, never personal data or what people wrote."""

import logging.config
import re
from typing import Any

import structlog

# What ``django.core.signing`` signs with SHA-256, in an address: a link that opens something. Some
# programs for mail write the colon in another way.
_SIGNED = re.compile(r"(?<![^\s/?&=])[^\s/?&=]+(?::|%3A|%253A)[\w-]{27,}", re.IGNORECASE)
_DEEPEST = 4  # of what is looked into: a line of a log is flat


def configure(options: dict[str, Any]) -> None:
    """Called by Django with ``settings.LOGGING``: {"level": …}."""
    shared: list[Any] = [
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": shared,
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _without_values,
            _without_tokens,
            structlog.processors.dict_tracebacks,
            structlog.processors.JSONRenderer(),
        ],
    }
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"json": formatter},
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
            "root": {"handlers": ["stderr"], "level": options["level"]},
            "loggers": {
                "procrastinate": {"level": "WARNING"},
                "django.db.backends": {"level": "WARNING"},
                "flufl.bounce": {"level": "WARNING"},  # twenty-five lines for a mail
            },
        }
    )


def _without_values(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """An exception's message may quote a row or a form: keep its kind and where it came from."""
    error = event.pop("exc_info", None)
    if not error or not isinstance(error, tuple) or error[1] is None:
        return event
    event["error"] = f"{error[0].__module__}.{error[0].__qualname__}"
    event["at"] = _frames(error[2])
    return event


def _without_tokens(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Who reads the logs must not be able to open what a link in a mail opens."""
    return {name: _told(value) for name, value in event.items()}


def _told(value: Any, depth: int = 0) -> Any:
    """The same without tokens, also inside lists and such."""
    if isinstance(value, str):
        return _SIGNED.sub("…", value)
    if depth > _DEEPEST:
        return "…"
    if isinstance(value, dict):
        return {_told(key): _told(one, depth + 1) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_told(one, depth + 1) for one in value]
    return value


def _frames(traceback: Any) -> list[str]:
    frames = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        frames.append(f"{code.co_filename}:{traceback.tb_lineno} {code.co_name}")
        traceback = traceback.tb_next
    return frames[-12:]
