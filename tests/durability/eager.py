"""A background process with one fault: it acknowledges first and keeps afterwards."""

import queue
import sys
import threading

from clinic_desktop.__main__ import main
from clinic_desktop.agent.receiving import Receiver
from clinic_desktop.services.devices import ReceivedMessage

rightly = Receiver.keep
owed: "queue.Queue[tuple[Receiver, ReceivedMessage]]" = queue.Queue()


def promised(receiver: Receiver, message: ReceivedMessage) -> object:
    """Say that it is kept, and keep it later."""
    owed.put((receiver, message))
    return None


def keep_promises() -> None:
    """Keep one after the other what was promised."""
    while True:
        rightly(*owed.get())


if __name__ == "__main__":
    Receiver.keep = promised  # type: ignore[method-assign, assignment]
    threading.Thread(target=keep_promises, daemon=True).start()
    sys.exit(main())
