"""What a background process is started to listen to; apart, so that a start with no key stays small."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Wanted:
    """What to listen to; a port of 0 is any free one, None is none. True where a listener beside the API is wanted."""

    mllp: int | None = None
    astm: int | None = None
    drop: Path | None = None
    host: str = "127.0.0.1"
    api: int | None = None

    def __bool__(self) -> bool:
        return self.mllp is not None or self.astm is not None or self.drop is not None
