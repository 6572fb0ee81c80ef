"""Holds the keys: slots, unlocking, recovery, the device secret.

May call the ground files and the cryptography libraries, imported at first use: the sign-in comes first.
Must never know a row.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clinic_desktop.vault.sealing import DEFAULT, KdfParams, subkey
    from clinic_desktop.vault.vault import NewVault, Unlocked, Vault, VaultUser, create_vault

__all__ = ["DEFAULT", "KdfParams", "NewVault", "Unlocked", "Vault", "VaultUser", "create_vault", "subkey"]

_SEALING = ("DEFAULT", "KdfParams", "subkey")


def __getattr__(name: str) -> object:
    """Load what is asked for: the names on the sign-in page are read from this room before its cryptography is in."""
    if name not in __all__:
        raise AttributeError(name)
    place = "sealing" if name in _SEALING else "vault"
    return getattr(importlib.import_module(f"{__name__}.{place}"), name)
