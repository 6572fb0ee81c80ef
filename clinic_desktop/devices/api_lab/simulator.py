"""Plays a laboratory that sends its results to the local API."""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass

from clinic_desktop.devices.api_lab.protocol import panel

TIMEOUT = 30.0


@dataclass(frozen=True)
class Answer:
    """What the local API answered: how many results are filed, and how many wait."""

    status: int
    filed: int
    review: int
    why: str


def play(
    host: str, port: int, token: str, patient: Mapping[str, str], at: str, identity: str, order: str = ""
) -> Answer:
    """Send one panel of a patient, under an identity that makes a repeat harmless."""
    line = http.client.HTTPConnection(host, port, timeout=TIMEOUT)
    try:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Idempotency-Key": identity}
        body = json.dumps({"patient": dict(patient), **panel(at, order)})
        line.request("POST", "/v1/results", body, headers)
        answer = line.getresponse()
        told = json.loads(answer.read() or b"{}")
    finally:
        line.close()
    return Answer(answer.status, int(told.get("filed", 0)), int(told.get("review", 0)), str(told.get("detail", "")))
