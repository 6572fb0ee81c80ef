"""Holds the keys: slots, unlocking, recovery, the device secret.

May call the ground files and the cryptography libraries, imported at first use: the sign-in comes first.
Must never know a row.
"""

from clinic_desktop.vault.sealing import DEFAULT, KdfParams, subkey
from clinic_desktop.vault.vault import NewVault, Unlocked, Vault, VaultUser, create_vault

__all__ = ["DEFAULT", "KdfParams", "NewVault", "Unlocked", "Vault", "VaultUser", "create_vault", "subkey"]
