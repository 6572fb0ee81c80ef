"""A clinic whose devices send: what was kept, what was filed, and a sender of messages for tests."""

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from clinic_desktop.clock import new_id
from clinic_desktop.devices.hl7.listener import Conversation
from clinic_desktop.domain.devices import Named
from clinic_desktop.services import devices
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.device_orders import work_for
from clinic_desktop.services.devices import ReceivedMessage, ReceivedResult, Sorted
from clinic_desktop.store.tables.journal import settings as settings_table
from tests.unit.services.lab_case import Lab

AT = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
GRACE = Named((("", "G-1"),), (("Otieno", "Grace"),), "1986-01-05", "female")


def ready(lab: Lab, mrn: str = "G-1") -> None:
    """Let the one patient of the laboratory bear a number, and records be received."""
    with lab.store.write(act=new_id(), session=None) as unit:
        from clinic_desktop.store.tables.patients import patients

        unit.change(patients, lab.patient, {"mrn": mrn}, kind="patient.changed")
        values = {"name": "recovery_confirmed_at", "value": "2026-01-01T00:00:00.000000Z"}
        unit.create(settings_table, values, kind="recovery.confirmed")


def glucose(value: str | None = "98", unit: str | None = "mg/dL", **more: object) -> ReceivedResult:
    values = {
        "identity": "F1/2345-7//1", "code": "2345-7", "code_system": "http://loinc.org", "title": "Glucose",
        "value_kind": "quantity", "value": value, "unit": unit, "status": "F",
        "measured_at": "2026-03-10T08:00:00+00:00",
    } | more  # fmt: skip
    return ReceivedResult(**values)  # type: ignore[arg-type]


def sent(desk: Desk, *results: ReceivedResult, said: Named = GRACE, raw: bytes | None = None) -> Sorted:
    """Keep and file one message."""
    message = ReceivedMessage(
        "hl7", "TEST BENCH", "ORU^R01", "result", raw or new_id().encode(), new_id(), said_of=said, results=results
    )
    return devices.file_message(desk, devices.receive_message(desk, message).message_id)


def why(desk: Desk) -> list[str]:
    return [one.why for one in devices.review_list(desk)]


def rows(lab: Lab, table: object) -> list[object]:
    with lab.store.read() as connection:
        return list(connection.execute(select(table)).all())  # type: ignore[call-overload]


def speaking(desk: Desk, kept: list[ReceivedMessage] | None = None) -> Conversation:
    """A conversation whose messages are kept and filed as the agent does."""

    def keep(message: ReceivedMessage) -> None:
        taken = devices.receive_message(desk, message)
        if kept is not None:
            kept.append(message)
        devices.file_message(desk, taken.message_id)

    return Conversation(keep, lambda _device, numbers: work_for(desk, numbers), lambda: AT, lambda: "N1", "127.0.0.1")


def corpus(folder: str) -> Path:
    """A folder of the shared messages; skips where it is not there."""
    import os

    import pytest

    home = os.environ.get("CLINIC_CORPUS")
    if not home or not (Path(home) / folder).is_dir():
        pytest.skip("CLINIC_CORPUS names no folder of shared messages")
    return Path(home) / folder
