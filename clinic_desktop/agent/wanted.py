"""What a background process is started to listen to; apart, so that a start with no key stays small."""

from dataclasses import dataclass
from pathlib import Path

from clinic_desktop import settings
from clinic_desktop.domain.refusals import Trouble


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


def as_set_up(profile: Path) -> Wanted:
    """What an administrator chose for this workstation; nothing where there are no settings yet, or they are broken."""
    try:
        kept = settings.load(profile)
    except Trouble:
        return Wanted()
    return Wanted(
        kept.mllp_port or None, kept.astm_port or None, Path(kept.drop_folder) if kept.drop_folder else None,
        kept.listen_on, kept.mllps_port or None, None, kept.serial_line or None, kept.serial_baud,
        kept.api_port or None,
    )  # fmt: skip
