"""What the database looked like at its last commit, kept outside it, so that an older copy put back is found out.

A slot for each process, written without fsync after the commit: it can only ever be behind the database, never ahead
of it, unless somebody put an older database there.
"""

import hashlib
import hmac
import json
import os
from pathlib import Path
from typing import Literal

from clinic_desktop.store.subkeys import subkey
from clinic_desktop.store.unit import Head, Heads

SLOT_BYTES = 512
Process = Literal["window", "agent", "command"]
SLOTS: dict[Process, int] = {"window": 0, "agent": 1, "command": 2}


class Anchor:
    """The anchor file of one profile, as one process writes it."""

    def __init__(self, path: Path, key: bytes, process: Process) -> None:
        self.path = path
        self._key = subkey(key, "anchor")
        self._slot = SLOTS[process]

    def raise_to(self, heads: Heads) -> None:
        """Write this process's slot; failing to is no reason to fail an act that is already durable."""
        data = self.seal(heads).ljust(SLOT_BYTES).encode()
        try:
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                os.pwrite(handle, data, self._slot * SLOT_BYTES)
            finally:
                os.close(handle)
        except OSError:
            return

    def highest(self) -> Heads | None:
        """The furthest any process got, by the slots whose seal is good; None when there is none."""
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return None
        found = [
            self.unseal(data[at : at + SLOT_BYTES].decode("ascii", "replace")) for at in range(0, len(data), SLOT_BYTES)
        ]
        good = [heads for heads in found if heads is not None]
        if not good:
            return None
        return Heads(
            max((heads.journal for heads in good), key=lambda head: head.n),
            max((heads.access for heads in good), key=lambda head: head.n),
        )

    def seal(self, heads: Heads) -> str:
        """Write heads as one line with a keyed seal, for the slots, the keyring and a backup's manifest."""
        body = json.dumps(
            [heads.journal.n, heads.journal.hash.hex(), heads.access.n, heads.access.hash.hex()],
            separators=(",", ":"),
        )
        return f"{body} {hmac.new(self._key, body.encode(), hashlib.sha256).hexdigest()}"

    def unseal(self, line: str) -> Heads | None:
        """Read what `seal` wrote; None for anything else."""
        body, _, seal = line.strip(" \0").rpartition(" ")
        good = hmac.new(self._key, body.encode(), hashlib.sha256).hexdigest()
        if not body or not hmac.compare_digest(good, seal):
            return None
        journal_n, journal_hash, access_n, access_hash = json.loads(body)
        return Heads(Head(journal_n, bytes.fromhex(journal_hash)), Head(access_n, bytes.fromhex(access_hash)))
