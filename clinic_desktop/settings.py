"""What this workstation is and how it is set: one small file in the profile folder, nothing of a patient in it."""

import json
import os
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

from clinic_desktop.domain.refusals import Trouble

FILE = "settings"


@dataclass(frozen=True)
class Settings:
    """The settings of one workstation; `demo_sign_in` is filled for the demo clinic alone."""

    workstation: str = ""
    clinic_name: str = ""
    theme: str = "system"
    language: str = "en"
    idle_lock_minutes: int = 5
    hard_lock_minutes: int = 15
    backup_every_hours: int = 6
    demo_sign_in: str = ""
    columns: str = "{}"
    api_port: int = 0  # where the local API answers on this machine; 0 is nowhere
    # What else the background process listens to (domain.listeners); a port of 0 is none.
    mllp_port: int = 0
    mllps_port: int = 0
    astm_port: int = 0
    drop_folder: str = ""
    serial_line: str = ""
    serial_baud: int = 9600
    listen_on: str = "127.0.0.1"


def load(profile: Path) -> Settings:
    """Read the settings of a profile; raises Trouble when they are not there or name something unknown."""
    try:
        body = json.loads((profile / FILE).read_text(encoding="utf-8"))
        known = {field.name: field.type for field in fields(Settings)}
        settings = Settings(**{name: value for name, value in body.items() if name in known})
    except (OSError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise Trouble(
            "The settings of this workstation could not be read ({folder}).",
            remedy="Restore a verified backup: clinic-desktop backup restore FILE.",
            folder=str(profile),
        ) from error
    for name, kind in known.items():
        value = getattr(settings, name)
        if type(value).__name__ != getattr(kind, "__name__", kind):
            raise Trouble(
                "The setting {name} of this workstation is not right.",
                remedy="Mend it in {folder}/settings.",
                name=name,
                folder=str(profile),
            )
    return settings


def save(profile: Path, settings: Settings) -> None:
    """Write the settings whole or not at all, readable by their owner alone. Raises OSError."""
    temporary = profile / f".{FILE}.{os.getpid()}"
    try:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(json.dumps(asdict(settings), indent=1, ensure_ascii=False))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(profile / FILE)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def change(profile: Path, **changes: object) -> Settings:
    """Change some settings and keep the rest."""
    changed = replace(load(profile), **changes)  # type: ignore[arg-type]  # load checks the kinds again
    save(profile, changed)
    return changed


class RememberedInProfile:
    """Column widths and the like, in the settings of the workstation."""

    def __init__(self, profile: Path) -> None:
        self._profile = profile
        self._values: dict[str, str] | None = None

    def get(self, name: str) -> str | None:
        """What was remembered under this name, or None."""
        if self._values is None:
            try:
                chosen = load(self._profile)
                self._values = {"theme": chosen.theme, **json.loads(chosen.columns)}
            except (Trouble, ValueError):
                self._values = {}
        return self._values.get(name)

    def set(self, name: str, value: str) -> None:
        """Remember a value; a folder that cannot be written to is no reason to stop somebody's work."""
        if self.get(name) == value or self._values is None:
            return
        self._values[name] = value
        kept = {key: item for key, item in self._values.items() if key != "theme"}
        try:
            change(self._profile, theme=self._values.get("theme", "system"), columns=json.dumps(kept))
        except (Trouble, OSError):
            return
