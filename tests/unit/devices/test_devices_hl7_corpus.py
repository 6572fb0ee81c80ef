"""Every shared HL7 message through the listener: the right acknowledgement, every OBX kept, nothing of anybody else."""

import json
import re
import sys
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select

from clinic_desktop.clock import new_id
from clinic_desktop.devices.hl7 import protocol
from clinic_desktop.devices.hl7.reading import person
from clinic_desktop.domain import devices as rules
from clinic_desktop.domain.devices import Named
from clinic_desktop.services.device_people import who
from clinic_desktop.services.devices import ReceivedMessage
from clinic_desktop.store.tables.devices import device_messages, device_results
from clinic_desktop.store.tables.outside import identifiers, observations
from tests.conftest import DeskFor
from tests.unit.devices.device_case import corpus, speaking
from tests.unit.services.lab_case import Lab


def all_messages() -> list[bytes]:
    files = sorted(path for path in corpus("hl7v2").rglob("*") if path.is_file() and path.suffix != ".csv")
    return [one for path in files for one in protocol.split(path.read_bytes())]


def codes(answer: bytes) -> list[str]:
    return [found.decode() for found in re.findall(rb"\rMSA.(A[AER])", answer)]


def register(lab: Lab, said: Named, known: dict[Named, str]) -> None:
    """Register whom a message speaks of as reception would: once each, with the numbers they bring."""
    with lab.store.read() as connection:
        found, why = who(connection, said)
    if found is not None or why == rules.TWO_PEOPLE or said in known or said.nobody:
        return
    family, given = said.names[0] if said.names else ("Kept", f"Back {len(known)}")
    precision = {10: "day", 7: "month", 4: "year"}.get(len(said.born), "unknown")
    born = None if precision == "unknown" else (said.born + "-01-01"[len(said.born) - 4 :])[:10]
    known[said] = lab.person(family, given, said.sex or "unknown", born, precision)
    with lab.store.write(act=new_id(), session=None) as unit:
        for system, value in said.numbers:
            row = {
                "record_kind": "patients", "record_id": known[said], "patient_id": known[said], "use": "business",
                "kind": "Patient", "system": system, "value": value, "received_at": "2026-01-01T00:00:00.000000Z",
            }  # fmt: skip
            unit.create(identifiers, row, kind="identifier.noted")


def twice(text: str) -> bool:
    """Whether a message says at least two things of its patient."""
    said = json.loads(text)
    return bool(said["numbers"]) and bool(said["born"] or any(given for _family, given in said["names"]))


def test_every_shared_message_is_answered_and_what_is_acknowledged_is_kept_byte_for_byte(lab: Lab) -> None:
    kept: list[ReceivedMessage] = []
    answers: Counter[str] = Counter()
    for raw in all_messages():
        before = len(kept)
        (code,) = codes(speaking(lab.anna, kept).heard(protocol.framed(raw)))
        answers[code] += 1
        assert (code == "AA") == (len(kept) > before), raw[:60]
    stored = lab.rows(device_messages)
    assert {one.sha256 for one in stored} == {row.sha256 for row in stored}
    assert answers["AA"] >= 300
    results = [one for one in kept if one.subject == "result"]
    distinct = {one.raw: len(one.results) for one in results}
    assert len(lab.rows(device_results)) == sum(distinct.values())
    # Nobody of them is registered here: nothing at all was filed.
    assert lab.rows(observations) == []
    sys.stdout.write(f"\n{answers}, {sum(distinct.values())} results kept\n")


@pytest.mark.parametrize("each", [2, pytest.param(1, marks=pytest.mark.long)])
def test_with_the_patients_registered_nearly_every_well_formed_result_files_itself(
    lab: Lab, desk_for: DeskFor, each: int
) -> None:
    """Of every second message in the ordinary run, of all in the long one."""
    lab.clock.advance(timedelta(days=300))  # some of the shared messages are younger than the clinic of these tests
    lab.anna = desk_for("laboratory")
    known: dict[Named, str] = {}
    for raw in all_messages()[::each]:
        try:
            register(lab, person(protocol.parse(raw)), known)
        except protocol.MalformedError:
            continue
    for raw in all_messages()[::each]:
        speaking(lab.anna).heard(protocol.framed(raw))
    with lab.store.read() as connection:
        rows = connection.execute(
            select(device_results, device_messages.c.said_of).join(
                device_messages, device_messages.c.id == device_results.c.message_id
            )
        ).all()
        owner = dict(connection.execute(select(observations.c.id, observations.c.patient_id)).all())
    # Well-formed: it has a test, a value and a status that stands, and names somebody twice.
    formed = [
        row for row in rows
        if row.code and row.value and row.status in {"F", "C", "P", "R", "S", "U", ""} and twice(row.said_of)
    ]  # fmt: skip
    filed = [row for row in formed if row.state == "filed"]
    share = len(filed) / len(formed)
    sys.stdout.write(
        f"\n{len(filed)} of {len(formed)} well-formed results filed themselves: {share:.1%} ({len(rows)} results)\n"
    )
    sys.stdout.write(f"{Counter(row.why for row in rows if row.state == 'review').most_common()}\n")
    for row in filed:
        said = json.loads(row.said_of)
        bearers = {
            known_id
            for one, known_id in known.items()
            if {v for _g, v in one.numbers} & {v for _g, v in said["numbers"]}
        }
        assert owner[row.filed_id] in bearers
    assert share >= 0.95
    assert {row.state for row in rows} <= {"filed", "review", "control"}
