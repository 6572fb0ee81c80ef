"""Label and receipt printers: what is printed on which, how one is reached, and when a second print needs a reason."""

import re
from dataclasses import dataclass
from typing import Final

from clinic_desktop.domain.refusals import Refusal

KINDS: Final = ("label", "receipt")
WAYS: Final = ("network", "serial", "device", "queue", "folder")
DPI: Final = (203, 300, 600)
ROLLS: Final = (80, 58)
MOST_COPIES: Final = 50
LONGEST: Final = 200
# Each document, and the kind of printer that it is made for.
DOCUMENTS: Final = {
    "patient-card": "label",
    "wristband": "label",
    "specimen-label": "label",
    "medicine-label": "label",
    "shelf-label": "label",
    "receipt": "receipt",
    "queue-ticket": "receipt",
}
RAW_PORT: Final = 9100
_HOST: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\]")
_QUEUE: Final = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_.+-]{0,126}")
_SPEEDS: Final = (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200)


@dataclass(frozen=True)
class Target:
    """A printer as it is set up: everything that is needed to make its bytes and to send them."""

    name: str
    kind: str
    way: str
    address: str
    dpi: int = 203
    roll_mm: int = 80
    documents: tuple[str, ...] = ()
    look_first: bool = True
    drawer: bool = False


def checked(new: Target) -> Target:
    """A printer as it is kept. Raises Refusal naming the field."""
    name = new.name.strip()
    if not name or len(name) > LONGEST or not name.isprintable():
        raise Refusal("Give the printer a name.", field="name")
    if new.kind not in KINDS:
        raise Refusal("Say whether it prints labels or receipts.", field="kind")
    if new.way not in WAYS:
        raise Refusal("Choose how the printer is reached.", field="way")
    if new.dpi not in DPI:
        raise Refusal("A printer of labels has 203, 300 or 600 dots to the inch.", field="dpi")
    if new.kind == "receipt" and new.dpi != 203:
        raise Refusal("A printer of receipts has 203 dots to the inch.", field="dpi")
    if new.roll_mm not in ROLLS:
        raise Refusal("A roll is 80 or 58 mm wide.", field="roll_mm")
    wrong = [one for one in new.documents if DOCUMENTS.get(one) != new.kind]
    if wrong:
        raise Refusal("This kind of printer does not print that.", field="documents")
    if new.drawer and new.kind != "receipt":
        raise Refusal("Only a printer of receipts opens a drawer.", field="drawer")
    documents = tuple(one for one in DOCUMENTS if one in new.documents)
    return Target(name, new.kind, new.way, address_of(new.way, new.address), new.dpi, new.roll_mm, documents,
                  new.look_first, new.drawer)  # fmt: skip


def address_of(way: str, address: str) -> str:
    """An address as it is kept. Raises Refusal where nothing could be reached by it."""
    text = address.strip()
    if not text or len(text) > LONGEST or not text.isprintable():
        raise Refusal("Say where the printer is.", field="address")
    if way == "network":
        host, port = host_and_port(text)
        return f"{host}:{port}"
    if way == "serial":
        line, speed = line_and_speed(text)
        return f"{line},{speed}"
    if way == "queue" and _QUEUE.fullmatch(text) is None:
        raise Refusal("A queue's name has letters, digits, dots and dashes.", field="address")
    if way in {"device", "folder"} and not text.startswith("/") and re.match(r"[A-Za-z]:[\\/]", text) is None:
        raise Refusal("Give the whole path, from the root.", field="address")
    if way in {"device", "folder"} and ".." in re.split(r"[\\/]", text):
        raise Refusal("Give the path without “..”.", field="address")
    return text


def host_and_port(address: str) -> tuple[str, int]:
    """The two parts of a network address; 9100 where no port is named. Raises Refusal."""
    found = (
        re.fullmatch(r"(.+?)(?::(\d{1,5}))?", address)
        if not address.startswith("[")
        else re.fullmatch(r"(\[[^\]]+\])(?::(\d{1,5}))?", address)
    )
    port = int(found[2]) if found and found[2] else RAW_PORT
    if found is None or _HOST.fullmatch(found[1]) is None or not 1 <= port <= 65_535:
        raise Refusal("Write the address as in 192.168.1.40:9100.", field="address")
    return found[1], port


def line_and_speed(address: str) -> tuple[str, int]:
    """The serial line and its speed in baud; 9600 where none is named. Raises Refusal."""
    line, _comma, speed = address.partition(",")
    line, speed = line.strip(), speed.strip() or "9600"
    if (
        not speed.isdigit()
        or int(speed) not in _SPEEDS
        or not (line.startswith("/dev/") or re.fullmatch(r"COM\d{1,3}", line))
    ):
        raise Refusal("Write the line as in /dev/ttyUSB0,9600 or COM3,9600.", field="address")
    return line, int(speed)


def require_reason(document: str, reason: str, *, again: bool, controlled: bool) -> str:
    """Why it is printed again: a second label of a medicine must not lie about unexplained. Raises Refusal."""
    words = " ".join(reason.split())
    if again and (document == "medicine-label" or controlled) and not words:
        raise Refusal("This label was printed before: say why it is printed again.", field="reason")
    if len(words) > LONGEST or not (words.isprintable() or not words):
        raise Refusal("This is longer than {most} letters.", field="reason", most=LONGEST)
    return words


def require_copies(copies: int) -> int:
    """A number of copies that somebody may want. Raises Refusal."""
    if not 1 <= copies <= MOST_COPIES:
        raise Refusal("Print between 1 and {most} copies.", field="copies", most=MOST_COPIES)
    return copies
