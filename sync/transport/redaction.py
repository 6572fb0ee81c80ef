"""Keeps names, numbers, tokens and notes out of every log, at every level, whatever a library writes there.

httpx writes each address (with what was searched for) at INFO, httpcore each header at DEBUG, websockets each message
at DEBUG: of those, only what was done and with which status is let through.
"""

import logging

# A filter of a logger does not see what its children write: each is named.
LOGGERS = (
    "httpx",
    "httpcore",
    "httpcore.connection",
    "httpcore.http11",
    "httpcore.http2",
    "httpcore.proxy",
    "httpcore.socks",
    "websockets",
    "websockets.client",
    "websockets.server",
    "websockets.protocol",
)


class Bare(logging.Filter):
    """Lets a record through with the name of what happened, and no value."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Take out of a record everything that came from a request or an answer."""
        status = next((str(each) for each in _values(record) if type(each) is int and 100 <= each <= 599), "")
        word = str(record.msg).partition(" ")[0].partition("=")[0]
        said = word if record.name.startswith("httpcore") and _is_event(word) else "request"
        record.msg, record.args = f"{said} {status}".rstrip(), ()
        record.exc_info = record.exc_text = record.stack_info = None
        return True


def _values(record: logging.LogRecord) -> tuple[object, ...]:
    return record.args if isinstance(record.args, tuple) else ()


def _is_event(word: str) -> bool:
    """An event of httpcore, such as ``send_request_headers.started``."""
    return word.replace("_", "").replace(".", "").isalnum() and word.isascii() and word == word.lower()


def guard() -> None:
    """Put the filter on every logger that could write a value; a second time changes nothing."""
    for name in LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(each, Bare) for each in logger.filters):
            logger.addFilter(Bare())
