"""Being told to end (a shutdown, a closed terminal) is heard like Ctrl+C: what was half-written is taken away first."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


def told_to_end() -> tuple[signal.Signals, ...]:
    """The signals by which the system tells a command to end; one that whoever started it shut out stays shut out."""
    known = [signal.Signals[name] for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    return tuple(number for number in known if signal.getsignal(number) is not signal.SIG_IGN)


@contextmanager
def ending_tidily() -> Iterator[None]:
    """Raise KeyboardInterrupt where the process is told to end."""

    def end(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, end) for number in told_to_end()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
