"""What the window is handed to have reports written: it loads the way to another process only when a file is wanted."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from clinic_desktop.domain.reporting import Asked
from clinic_desktop.services.acts import Desk

if TYPE_CHECKING:
    from clinic_desktop.reports.report_file import Written

_ELSEWHERE = "clinic_desktop.reports.report_elsewhere"


class Writer:
    """Writes the reports of one person; what it says of itself never names a key."""

    def __init__(self, desk: Desk, key: bytes | None) -> None:
        self._desk, self._key = desk, key or b""

    def __repr__(self) -> str:
        return f"Writer({self._desk!r})"

    def __call__(
        self, asked: Asked, path: Path | None, form: str, *, tell: Callable[[int], None], stop: Callable[[], bool]
    ) -> "Written":
        """Write a report in another process. Raises Refusal, Trouble and Stopped."""
        from clinic_desktop.reports.report_elsewhere import write_elsewhere

        return write_elsewhere(self._desk, self._key, asked, path, form, tell=tell, stop=stop)


def end_writers() -> None:
    """End every writer that runs, because the key is taken away."""
    if (elsewhere := sys.modules.get(_ELSEWHERE)) is not None:
        elsewhere.end_writers()
