"""The log of one process: ids only, never a name, a number or a note."""

import logging
import logging.handlers
from pathlib import Path


def start(folder: Path, name: str, level: int = logging.INFO) -> None:
    """Write this process's log to ``folder/<name>.log``, rotated at 1 MB, three kept."""
    folder.mkdir(parents=True, exist_ok=True)
    handler = logging.handlers.RotatingFileHandler(
        folder / f"{name}.log", maxBytes=1_000_000, backupCount=3, encoding="utf-8"
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
