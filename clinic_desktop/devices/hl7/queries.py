"""A question about a specimen (QRY^Q02), answered from the work list as analysers ask for it.

The answer is the acknowledgement of the query (QCK^Q02 with QAK: OK or NF, HL7 2.3.1 chapter 2.24) and, where something
waits, one display response (DSR^Q03) in the lines that bench analysers read: who it is, the specimen, the tests.
"""

from collections.abc import Sequence
from datetime import datetime

from clinic_desktop.devices.hl7.protocol import Message, Separators, escape, stamp
from clinic_desktop.services.device_orders import WorkItem

QUERIES = frozenset({("QRY", "Q02"), ("QRY", "Q01")})
# Which line of a display response says what (the lines between them stay empty).
PATIENT, NAME, BORN, SEX, BARCODE, COLLECTED, STAT, FIRST_TEST = 1, 3, 4, 5, 21, 23, 24, 29


def specimens(message: Message) -> tuple[str, ...]:
    """The specimens that are asked about: QRD-8, the subjects of the query."""
    asked = message.first("QRD")
    return (
        () if asked is None else tuple(dict.fromkeys(parts[0].strip() for parts in asked.parts(8) if parts[0].strip()))
    )


def answers(message: Message, work: Sequence[WorkItem], *, number: str, at: datetime) -> list[bytes]:
    """The messages that answer a query."""
    found = "OK" if work else "NF"
    lines = [_header(message, "QCK^Q02", number, at), f"MSA|AA|{escape(message.control_id)}", f"QAK|SR|{found}"]
    told = [lines]
    for place, item in enumerate(work, 1):
        query = [f"{one.name}|" + "|".join(one.fields[1:]) for one in message.all("QRD", "QRF")]
        told.append(
            [
                _header(message, "DSR^Q03", f"{number}-{place}", at), f"MSA|AA|{escape(message.control_id)}",
                "ERR|0", f"QAK|SR|{found}", *query, *_display(item), "DSC|" if place == len(work) else f"DSC|{place}",
            ]
        )  # fmt: skip
    return [("\r".join(one) + "\r").encode(message.charset, "replace") for one in told]


def _header(message: Message, kind: str, number: str, at: datetime) -> str:
    head = message.header
    said = [escape(head.get(place)) for place in (5, 6, 3, 4)]
    version, charset = head.get(12) or "2.3.1", head.get(18)
    text = "|".join(["MSH", "^~\\&", *said, stamp(at), "", kind, number, "P", version, "", "", "", "", "", charset])
    return text.rstrip("|")


def _display(item: WorkItem) -> list[str]:
    marks = Separators()
    told = {
        PATIENT: item.mrn,
        NAME: f"{item.family_name}, {item.given_names}",
        BORN: "" if item.born_on is None else item.born_on.strftime("%Y%m%d000000"),
        SEX: {"female": "F", "male": "M"}.get(item.sex, "O"),
        BARCODE: item.specimen,
        COLLECTED: stamp(item.collected_at)[:14],
        STAT: "Y" if item.priority == "stat" else "N",
    }
    lines = [f"DSP|{place}||{escape(told.get(place, ''), marks)}|||" for place in range(1, FIRST_TEST)]
    return lines + [f"DSP|{place}||{escape(code, marks)}^^^|||" for place, code in enumerate(item.tests, FIRST_TEST)]
