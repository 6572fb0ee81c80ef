"""The recovery key of a clinic that nobody has signed in to yet."""

from pathlib import Path

from clinic_desktop.services.clinic import confirm_recovery, open_with_key
from clinic_desktop.store.anchor import Process
from clinic_desktop.vault.vault import Vault


def check_recovery(profile: Path, key: str, *, process: Process) -> bool:
    """Open the clinic with its recovery key and note that it was written down right. Raises Refusal on a wrong one."""
    vault = Vault.open(profile)
    clinic = open_with_key(profile, vault.unlock_with_recovery(key), vault=vault, process=process)
    try:
        return confirm_recovery(clinic, key)
    finally:
        clinic.close()
