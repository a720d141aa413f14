"""Logs: one line of JSON each, so that nothing that a client sends can forge another line."""

import json
import logging
from datetime import UTC, datetime
from typing import Any

REQUESTS = "dabiao.requests"


class JsonFormatter(logging.Formatter):
    """A record as a line: time, level, logger, message, its facts, and the failure behind it."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        told: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info:
            told["failure"] = self.formatException(record.exc_info)
        # Only ASCII: other line ends than this one's are escaped, too.
        return json.dumps(told, ensure_ascii=True, default=str)


def log_settings(*, tells_requests: bool) -> dict[str, Any]:
    """How the server logs: to standard error; each request too where that is asked for."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "app.logs.JsonFormatter"}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "json",
                "stream": "ext://sys.stderr",
            }
        },
        "loggers": {
            "dabiao": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
            REQUESTS: {"level": "INFO" if tells_requests else "WARNING"},
            "uvicorn": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
            # A collector that is not reached, or cannot be: nothing else stops for it.
            "opentelemetry": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
            "fastapi": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        },
    }
