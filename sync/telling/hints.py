"""What a system says unasked: never a truth, only where to look next."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sync.port import Kind


@dataclass(frozen=True)
class Hint:
    """Something there may have changed; with no id, all of the kind, and with no kind, whatever is hot.

    `signed` says that it was proved to come from the system. `evidence` is kept only where nothing can be read there:
    unverified, for a clinician.
    """

    kind: Kind | None
    remote_id: str | None = None
    signed: bool = False
    evidence: Mapping[str, Any] | None = None
    parent: str | None = None

    def __repr__(self) -> str:
        return f"Hint({self.kind}, {self.remote_id})"


CATCH_UP = Hint(None)
