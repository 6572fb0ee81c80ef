"""Keeping a process that holds the key out of core dumps; the vault's own work, offered to those above."""

from clinic_desktop.vault.hardening import harden

IN_ACT = ("harden_process",)


def harden_process() -> tuple[str, ...]:
    """Switch off core dumps and reading by other programs, as far as the system lets us; returns what was achieved."""
    return harden()
