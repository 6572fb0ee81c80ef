"""How a message of a device is written before it is sealed, and read again when it is taken out.

What was read from it lies beside its bytes: it is understood once, by whoever acknowledged it.
"""

import json
from dataclasses import asdict, replace

from clinic_desktop.services.devices import ReceivedMessage

VERSION = 1
_LENGTH = 4


class UnreadableError(ValueError):
    """It is not written as this version writes its messages."""


def packed(message: ReceivedMessage, at: str) -> bytes:
    """A message as bytes, with the instant at which it came."""
    read = asdict(replace(message, raw=b"", received_at=message.received_at or at))
    del read["raw"]
    head = json.dumps({"version": VERSION, "message": read}, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return len(head).to_bytes(_LENGTH) + head + message.raw


def unpacked(content: bytes) -> ReceivedMessage:
    """The message of some bytes. Raises UnreadableError, which names nothing of it."""
    from pydantic import TypeAdapter, ValidationError  # only when there is something to read

    end = _LENGTH + int.from_bytes(content[:_LENGTH])
    try:
        told = json.loads(content[_LENGTH:end].decode("utf-8", "surrogatepass"))
        if len(content) < end or told["version"] != VERSION:
            raise UnreadableError("another version")
        return TypeAdapter(ReceivedMessage).validate_python({**told["message"], "raw": content[end:]})
    except (ValueError, KeyError, TypeError, RecursionError, ValidationError):
        raise UnreadableError("not as it was written") from None
