"""The checksum of a report's cells, the same in every format: SHA-256 over titles, rows and totals, in their order.

Cells are divided by U+001F and lines end in U+001E, which no cell holds, so no two tables share the same bytes.
"""

import hashlib
from collections.abc import Iterable, Sequence

from clinic_desktop.domain.reporting import Column
from clinic_desktop.i18n import _


class Checksum:
    """Grows line by line."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._sum = hashlib.sha256()
        self.titles = tuple(_(column.title) for column in columns if column.shown)
        self.add(self.titles)

    def add(self, cells: Sequence[str]) -> None:
        """Take one line in."""
        self._sum.update(line_bytes(cells))

    def add_lines(self, lines: Iterable[Sequence[str]]) -> None:
        """Take many lines in at once."""
        self.add_joined(list(map("\x1f".join, lines)))

    def add_joined(self, lines: Sequence[str]) -> None:
        """Take in many lines whose cells were joined already."""
        if joined := "\x1e".join(lines):
            self._sum.update(f"{joined}\x1e".encode("utf-8", "surrogatepass"))

    def hexdigest(self) -> str:
        """The checksum so far."""
        return self._sum.hexdigest()


def line_bytes(cells: Sequence[str]) -> bytes:
    """The bytes that one line counts with."""
    return ("\x1f".join(cells) + "\x1e").encode("utf-8", "surrogatepass")
