"""What runs beside the work window, as screens may see it: the background process, and the waiting room's screen."""

from collections.abc import Callable, Mapping

LISTENERS = ("api", "mllp", "mllps", "astm", "drop", "serial")


def _nothing() -> None:
    return None


class Program:
    """What the background process last told of what it listens to, and what may be asked of the program."""

    def __init__(self) -> None:
        self.ports: dict[str, object] = {}
        self.network = ""
        self.failed: dict[str, str] = {}
        self.runs = False
        self.restart: Callable[[], None] = _nothing
        self.call_screen: Callable[[], None] = _nothing
        self.changed: Callable[[], None] = _nothing  # a screen that shows it says what to do when it changes

    def heard(self, event: Mapping[str, object]) -> None:
        """The background process told something."""
        what = event.get("event")
        if what in {"ready", "listening", "sealing"}:
            self.runs = True
            self.ports |= {name: event[name] for name in LISTENERS if event.get(name)}
        elif what == "network":
            self.network = f"https://{event.get('address')}:{event.get('port')}"
        elif what == "failed" and event.get("what") in {"listeners", "local API", "local network"}:
            facts = event.get("facts")
            words = str(event.get("message") or event.get("fault") or "")
            known = facts if isinstance(facts, dict) else {}
            try:
                self.failed[str(event["what"])] = words.format(**known)
            except (KeyError, IndexError, ValueError):
                self.failed[str(event["what"])] = words
        else:
            return
        self.changed()

    def stopped(self) -> None:
        """It ended, or starts anew: what it told before holds no more."""
        self.ports, self.failed, self.network, self.runs = {}, {}, "", False
        self.changed()
