"""What an administrator does that needs the clinic's keys or its folder; the opened clinic stands behind it."""

from pathlib import Path

from clinic_desktop import settings
from clinic_desktop.domain.listeners import Listeners
from clinic_desktop.services import administration, backups, certificates, listeners, staff
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.backups import BackupMade, KeptBackup
from clinic_desktop.services.clinic import Clinic
from clinic_desktop.services.staff import NewStaff

# Settings that the workstation reads before anybody has signed in are kept in its folder too.
IN_FOLDER = ("clinic_name", "idle_lock_minutes")


class Office:
    """Lends the window what needs keys, without the keys."""

    def __init__(self, clinic: Clinic) -> None:
        self._clinic = clinic

    def add_staff(self, desk: Desk, new: NewStaff) -> str:
        """Take somebody on; returns their id. Raises Refusal."""
        return staff.add_staff(desk, self._clinic, new)

    def disable_staff(self, desk: Desk, staff_id: str, reason: str, *, expect: int) -> int:
        """Close somebody's account. Raises Refusal."""
        return staff.disable_staff(desk, self._clinic, staff_id, reason, expect=expect)

    def enable_staff(self, desk: Desk, staff_id: str, password: str, *, expect: int) -> int:
        """Open a closed account again. Raises Refusal."""
        return staff.enable_staff(desk, self._clinic, staff_id, password, expect=expect)

    def set_password(self, desk: Desk, staff_id: str, password: str) -> None:
        """Give somebody a new password. Raises Refusal."""
        staff.set_password(desk, self._clinic, staff_id, password)

    def kept_backups(self, desk: Desk) -> tuple[KeptBackup, ...]:
        """The backups in the profile's own folder, newest first."""
        return backups.kept_backups(desk)

    def create_backup(self, desk: Desk) -> BackupMade:
        """Make a backup and have another process open it. Raises Trouble."""
        return backups.create_backup(desk, self._clinic.data_key)

    def verify_backup(self, desk: Desk, path: str) -> BackupMade:
        """Have another process open a backup. Raises Trouble."""
        return backups.verify_backup(desk, self._clinic.data_key, Path(path))

    def listeners(self) -> Listeners:
        """What this workstation listens to."""
        return listeners.kept_listeners(self._clinic.profile)

    def certificate(self) -> Path:
        """Where the certificate of this workstation's encrypted listeners lies: whoever sends to them trusts it."""
        return self._clinic.profile / certificates.FOLDER / certificates.CHAIN

    def choose_listeners(self, desk: Desk, wanted: Listeners) -> Listeners:
        """Say what this workstation listens to, in the journal and where that is looked up. Raises Refusal."""
        sound = listeners.choose_listeners(desk, desk.store.workstation, wanted)
        listeners.keep_listeners(self._clinic.profile, sound)
        return sound

    def change_setting(self, desk: Desk, name: str, value: str) -> None:
        """Set one setting of the clinic, in the database and where the workstation looks. Raises Refusal."""
        administration.change_setting(desk, name, value)
        if name in IN_FOLDER:
            kept: object = int(value) if name == "idle_lock_minutes" else value.strip()
            settings.change(self._clinic.profile, **{name: kept})
