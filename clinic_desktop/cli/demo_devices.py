"""The devices of the demo clinic: some paired, an analyser that sends, and a registry that tells of registrations."""

from datetime import timedelta

from clinic_desktop.cli.demo_weeks import Weeks
from clinic_desktop.devices.hl7.listener import Conversation
from clinic_desktop.domain.devices import LOINC
from clinic_desktop.services import devices, pairing
from clinic_desktop.services.device_orders import work_for
from clinic_desktop.services.devices import ReceivedMessage, ReceivedResult
from clinic_desktop.services.patients import NewPatient, patient_details

PAIRED = (
    ("monitor", "Monitor of the nurse's room"), ("display", "Waiting room screen"), ("scanner", "Scanner at the desk"),
)  # fmt: skip
HEAD = "MSH|^~\\&|{sender}|HARBOUR|CLINIC|HERE|{now}||{kind}|{control}|P|2.5.1||||||UNICODE UTF-8\r"
RESULT = "OBR|1|||24320-4^Chemistry panel^LN|||{now}\rOBX|1|NM|{code}||{value}|{unit}|{range}|{flag}|||F|||{now}\r"
GLUCOSE = {"code": "2345-7^Glucose^LN", "unit": "mg/dL", "range": "74-106"}
POTASSIUM = {"code": "2823-3^Potassium^LN", "unit": "mmol/L", "range": "3.5-5.1"}


def plug_in(weeks: Weeks) -> None:
    """Pair a few devices, and let one of each kind of message come that a person has to look at."""
    administrator = weeks.desk("administrator")
    for place, (kind, name) in enumerate(PAIRED):
        made = pairing.pair_device(administrator, kind, name, pairing.new_token())
        if place < 2:
            pairing.note_seen(administrator, made.id)
    front, lab = weeks.desk("frontdesk"), weeks.desk("laboratory")
    known = [patient_details(front, one) for one, _story in weeks.known[3:6]]

    def keep(message: ReceivedMessage) -> None:
        devices.file_message(lab, devices.receive_message(lab, message).message_id)

    now = weeks.clock.now()
    line = Conversation(keep, lambda _device, numbers: work_for(lab, numbers), lambda: now, lambda: "1", "127.0.0.1")
    stamp = f"{now - timedelta(minutes=20):%Y%m%d%H%M%S}+0000"

    def send(control: str, sender: str, kind: str, body: str) -> None:
        told = HEAD.format(sender=sender, now=stamp, kind=kind, control=control) + body
        line.heard(b"\x0b" + told.encode() + b"\x1c\r")

    first, second, third = known
    send("D1", "CHEMISTRY", "ORU^R01^ORU_R01", _pid(first.mrn, first.patient)
         + RESULT.format(now=stamp, value="98", flag="N", **GLUCOSE))  # fmt: skip
    # Another family name under this number: most likely the next in the rack.
    send("D2", "CHEMISTRY", "ORU^R01^ORU_R01", _pid(second.mrn, third.patient)
         + RESULT.format(now=stamp, value="4.4", flag="N", **POTASSIUM))  # fmt: skip
    send("D3", "CHEMISTRY", "ORU^R01^ORU_R01", _pid("NO-77120", second.patient)
         + RESULT.format(now=stamp, value="131", flag="H", **GLUCOSE))  # fmt: skip
    send("D4", "REGISTRY", "ADT^A04^ADT_A01", "PID|1||R-50417^^^CITY^MR||Demo^Newcomer||19910412|F|||"
         "4 Lake Road^^Easton||0700 555 019\r")  # fmt: skip
    send("D5", "REGISTRY", "ADT^A08^ADT_A01", _pid(third.mrn, third.patient, more="|||12 Mill Lane^^Easton"))
    control = ReceivedResult(
        "QC/2345-7", "2345-7", LOINC, "Glucose", "quantity", "101", unit="mg/dL", status="F",
        measured_at=now.isoformat(), numbers=("QC-LEVEL-1",), control=True,
    )  # fmt: skip
    keep(ReceivedMessage("astm", "HAEMATOLOGY", "results", "result", b"H|\\^&|||QC\rL|1|N\r", results=(control,)))


def _pid(number: str, person: NewPatient, more: str = "") -> str:
    born = "" if person.born_on is None else f"{person.born_on:%Y%m%d}"
    sex = {"female": "F", "male": "M"}.get(person.sex, "U")
    return f"PID|1||{number}||{person.family_name}^{person.given_names}||{born}|{sex}{more}\r"
