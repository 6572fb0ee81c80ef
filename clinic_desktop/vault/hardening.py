"""Keeping this process's memory out of core dumps and other programs' sight, as best it can."""

import logging
import sys

_log = logging.getLogger(__name__)

_PR_SET_DUMPABLE = 4


def harden() -> tuple[str, ...]:
    """Switch off core dumps and, on Linux, reading by other processes; returns what was achieved.

    Nothing more is promised: Python cannot wipe its memory, root reads everything, swap is the disk's.
    """
    return tuple(name for name, step in (("core", _no_core), ("dumpable", _not_dumpable)) if step())


def _no_core() -> bool:
    if sys.platform == "win32":
        return False
    import resource

    try:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (OSError, ValueError):
        _log.warning("core dumps could not be switched off")
        return False
    return True


def _not_dumpable() -> bool:
    if sys.platform != "linux":
        return False
    import ctypes

    try:
        return bool(ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) == 0)
    except (OSError, AttributeError):
        _log.warning("prctl is not available")
        return False
