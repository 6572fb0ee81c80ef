"""A small clinic with its keys in a folder, to be backed up, damaged and restored."""

import io
import tarfile
from dataclasses import dataclass
from pathlib import Path

from clinic_desktop import settings
from clinic_desktop.clock import SetClock, new_id
from clinic_desktop.services.backups import make_backup
from clinic_desktop.services.restoring import Restored, restore_backup
from clinic_desktop.store import schema
from clinic_desktop.store.anchor import Anchor
from clinic_desktop.store.connection import WRITER_PRAGMAS, connect
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.patients import patients
from clinic_desktop.store.tables.staff import staff
from clinic_desktop.vault import KdfParams, create_vault

CHEAP = KdfParams(memory_kib=8, passes=1, lanes=1)
PASSWORD = "quiet-lantern-ferry-92"
NEW_PASSWORD = "river-cobalt-sandal-17"


@dataclass
class Made:
    """A clinic in a folder, as the tests need it."""

    profile: Path
    key: bytes
    recovery_key: str
    admin: str
    clock: SetClock

    def store(self) -> Store:
        anchor = Anchor(self.profile / "anchor", self.key, "window")
        return Store(self.profile / "clinic.db", self.key, clock=self.clock, workstation="A7K", anchor=anchor)

    def register(self, count: int) -> None:
        store = self.store()
        for number in range(count):
            with store.write(act=new_id(), session=None) as unit:
                values = {
                    "mrn": new_id(),
                    "family_name": f"PLANTED{number}",
                    "given_names": "Canary",
                    "sex": "female",
                    "registered_at": "2026-03-10T09:00:00.000000Z",
                    "family_key": "planted",
                    "given_key": "canary",
                }
                unit.create(patients, values, kind="patient.registered")
        store.close()

    def patients(self) -> int:
        return count_patients(self.profile, self.key)

    def backup(self, folder: Path | None = None) -> Path:
        return Path(make_backup(self.profile, self.key, folder, clock=self.clock).path)

    def restore(self, path: Path, profile: Path, **changes: object) -> Restored:
        arguments: dict[str, object] = {
            "admin_username": "amina",
            "new_password": NEW_PASSWORD,
            "device_secret": "file",
            "clock": self.clock,
            "kdf": CHEAP,
        }
        key = str(changes.pop("recovery_key", self.recovery_key))
        return restore_backup(path, profile, key, **(arguments | changes))  # type: ignore[arg-type]


def count_patients(profile: Path, key: bytes) -> int:
    connection = connect(profile / "clinic.db", key, WRITER_PRAGMAS)
    try:
        return int(connection.execute("SELECT count(*) FROM patients").fetchone()[0])
    finally:
        connection.close()


def everything(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def small_clinic(profile: Path, clock: SetClock) -> Made:
    """Make a clinic of two people and three patients."""
    new = create_vault(profile, device_secret="file", kdf=CHEAP, clock=clock)
    schema.create(profile / "clinic.db", new.data_key)
    settings.save(profile, settings.Settings(workstation="A7K", clinic_name="Kitgum Street Clinic"))
    clinic = Made(profile, new.data_key, new.recovery_key, new_id(), clock)
    store = clinic.store()
    with store.write(act=new_id(), session=None) as unit:
        person = {"id": clinic.admin, "username": "amina", "display_name": "OKELLO, Amina", "role": "administrator"}
        unit.create(staff, person, kind="staff.added")
        nurse = {"username": "bela", "display_name": "ADEYEMI, Bela", "role": "nurse"}
        unit.create(staff, nurse, kind="staff.added")
    store.close()
    new.vault.add_user(new.data_key, clinic.admin, "amina", PASSWORD)
    clinic.register(3)
    return clinic


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def repack(path: Path, **members: bytes) -> None:
    """Put other contents into a backup, as somebody with the file but without the key could."""
    with tarfile.open(path) as tar:
        parts = {m.name: tar.extractfile(m).read() for m in tar.getmembers()}  # type: ignore[union-attr]
    parts |= {name.replace("__", "."): data for name, data in members.items()}
    with tarfile.open(path, "w") as tar:
        for name, data in parts.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))


def member(path: Path, name: str) -> bytes:
    with tarfile.open(path) as tar:
        source = tar.extractfile(name)
        assert source
        return source.read()
