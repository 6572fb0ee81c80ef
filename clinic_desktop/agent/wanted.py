"""What a background process is started to listen to; apart, so that a start with no key stays small."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Wanted:
    """What to listen to; a port of 0 is any free one, None is none.

    `mllps_clients` is a file of the certificates that may connect over TLS; with None any sender may.
    """

    mllp: int | None = None
    astm: int | None = None
    drop: Path | None = None
    host: str = "127.0.0.1"
    mllps: int | None = None
    mllps_clients: Path | None = None
    serial: str | None = None
    baud: int = 9600
    api: int | None = None

    def __bool__(self) -> bool:
        return any(each is not None for each in (self.mllp, self.mllps, self.astm, self.drop, self.serial, self.api))
