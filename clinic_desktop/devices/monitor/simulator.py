"""Plays a monitor at the bedside: one measurement, told to the local API as a device out there would."""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass

from clinic_desktop.devices.monitor.protocol import points

TIMEOUT = 30.0
SAMPLE = {"systolic": 122.0, "diastolic": 78.0, "pulse": 71.0, "oxygen": 98.0, "temperature": 36.7}


@dataclass(frozen=True)
class Answer:
    """What the local API answered."""

    status: int
    state: str
    why: str


def play(host: str, port: int, token: str, patient: Mapping[str, str], at: str, identity: str) -> Answer:
    """Send one measurement of a patient, under an identity that makes a repeat harmless."""
    return play_body(
        host, port, token, {"patient": dict(patient), "data_points": points(at, identity, SAMPLE)}, identity
    )


def play_body(host: str, port: int, token: str, body: object, identity: str) -> Answer:
    """Send a body that was captured or written elsewhere."""
    line = http.client.HTTPConnection(host, port, timeout=TIMEOUT)
    try:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Idempotency-Key": identity}
        line.request("POST", "/v1/vitals/openmhealth", json.dumps(body), headers)
        answer = line.getresponse()
        told = json.loads(answer.read() or b"{}")
    finally:
        line.close()
    return Answer(answer.status, str(told.get("state", "refused")), str(told.get("why") or told.get("detail") or ""))
