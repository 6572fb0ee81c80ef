"""Devices: listeners chosen, a monitor paired and heard, an analyser whose mismatch is reviewed and filed by key."""

import socket

from PySide6.QtWidgets import QPlainTextEdit

from clinic_desktop.clock import SystemClock
from clinic_desktop.devices.hl7 import simulator as analyser
from clinic_desktop.devices.monitor import simulator as monitor
from clinic_desktop.gui.tour.growth import register
from clinic_desktop.gui.tour.hands import Hands
from clinic_desktop.gui.tour.record import Step

FAMILY = "Castell-Tour"
BORN = "1980-05-04"
HOST = "127.0.0.1"


def hear_and_review(hands: Hands, step: Step) -> None:
    """What agrees files itself, what does not waits, and one key with one reason settles it."""
    register(hands, FAMILY, "4 May 1980")
    mrn = str(hands.one("SELECT mrn FROM patients WHERE family_name = ?", FAMILY))
    ports = _listen(hands, step)
    token = _pair(hands, step)
    _measure(hands, step, ports["api_port"], token, mrn)
    _results(hands, step, ports["mllp_port"], mrn)
    _review(hands, step)
    _call_screen(hands, step)


def _listen(hands: Hands, step: Step) -> dict[str, int]:
    """Choose two ports; the background process starts anew and opens them."""
    drive = hands.driver
    hands.sign_in("admintour", "Administrator Tour")
    hands.go("devices")
    drive.settle(0.4)
    step.picture += drive.pictures(hands.out, "devices-empty")
    drive.click("devices.show.listeners")
    ports = dict(zip(("api_port", "mllp_port"), _free(2), strict=True))
    for name, port in ports.items():
        drive.fill(f"devices.{name}", str(port))
    hands.primary()
    told = hands.window.frame.place.program
    drive.until("the listeners", lambda: told.ports.get("mllp") and told.ports.get("api"))
    drive.settle(0.4)
    step.check("it listens where it was told", told.ports.get("mllp") == ports["mllp_port"], told.ports)
    step.picture += drive.pictures(hands.out, "devices-listeners")
    return ports


def _pair(hands: Hands, step: Step) -> str:
    """Let a monitor in; its token is shown once."""
    drive = hands.driver
    drive.click("devices.show.paired")
    drive.choose("devices.kind", "Monitor")
    drive.fill("devices.name", "Tour monitor")
    drive.click("devices.token_button")
    shown = drive.find("devices.given_token")
    token = str(drive.until("the token", lambda: shown.toPlainText() if isinstance(shown, QPlainTextEdit) else None))
    drive.settle(0.4)
    step.picture += drive.pictures(hands.out, "devices-token")
    kept = hands.one("SELECT token_hash FROM paired_devices WHERE name = 'Tour monitor'")
    step.check("the token is kept as a hash alone", kept and token not in str(kept))
    drive.click("devices.hide")
    return token


def _measure(hands: Hands, step: Step, port: int, token: str, mrn: str) -> None:
    """The monitor measures; the values stand in the chart of the one whose number and name agree."""
    patient = {"number": mrn, "family_name": FAMILY, "given_names": "Ebba", "born_on": BORN, "sex": "female"}
    answer = monitor.play(HOST, port, token, patient, SystemClock().now().isoformat(), "tour-vitals-1")
    step.check("the monitor was heard", answer.status in {201, 202}, f"{answer.status} {answer.state} {answer.why}")
    count = "SELECT count(*) FROM vital_signs AS v JOIN patients ON patients.id = v.patient_id WHERE family_name = ?"
    hands.driver.until("the vital signs", lambda: hands.one(count, FAMILY) or None)


def _results(hands: Hands, step: Step, port: int, mrn: str) -> None:
    """One message that agrees, and one under the same number with another birth date."""
    now = f"{SystemClock().now():%Y%m%d%H%M%S}+0000"
    facts = {"now": now, "mrn": mrn, "family": FAMILY, "given": "Ebba", "sex": "F", "order": ""}
    sure = analyser.SAMPLE.format(**facts, born="19800504", control="TOUR1")
    other = analyser.SAMPLE.format(**facts, born="19800405", control="TOUR2").partition("OBX|2")[0]
    answers = analyser.play(HOST, port, (sure + other).encode())
    step.check("both messages were taken", [one.code for one in answers] == ["AA", "AA"], answers)
    states = "SELECT state, count(*) FROM device_results GROUP BY state ORDER BY state"
    hands.driver.until("what became of them", lambda: dict(hands.rows(states)).get("review"))
    hands.driver.click("devices.show.sent")
    hands.driver.settle(0.6)
    step.picture += hands.driver.pictures(hands.out, "devices-sent")
    step.check("two filed themselves, one waits", hands.rows(states) == [("filed", 2), ("review", 1)],
               hands.rows(states))  # fmt: skip


def _review(hands: Hands, step: Step) -> None:
    """The laboratory looks, chooses the patient, says how it is known, and it is filed."""
    drive = hands.driver
    hands.sign_in("labtour", "Laboratory Tour")
    hands.go("review")
    drive.find("review.raw")
    drive.settle(0.8)
    step.picture += drive.pictures(hands.out, "review")
    drive.key("Alt+Down")
    drive.settle(0.4)
    step.picture += drive.pictures(hands.out, "review-chosen")
    drive.key("Return")
    drive.find("review.despite.reason")
    step.picture += drive.pictures(hands.out, "review-despite")
    drive.write("day and month were swapped at the analyser")
    drive.key("Ctrl+Return")
    filed = "SELECT count(*) FROM device_results WHERE state = 'filed'"
    drive.until("the result filed", lambda: hands.one(filed) == 3 or None)
    said = hands.one("SELECT reason FROM journal WHERE kind = 'device_result.filed' AND reason IS NOT NULL")
    step.check("how it is known stands in the journal", said == "day and month were swapped at the analyser", said)
    drive.settle(0.6)
    step.picture += drive.pictures(hands.out, "review-done")


def _call_screen(hands: Hands, step: Step) -> None:
    """A second window for the waiting room, closed again."""
    drive = hands.driver
    hands.sign_in("desktour", "Front Desk Tour")
    hands.go("queue")
    drive.click("queue.callscreen")
    screen = drive.until(
        "the call screen",
        lambda: next((one for one in drive.app.topLevelWidgets() if one.objectName() == "callscreen"), None),
    )
    drive.settle(0.8)
    file = hands.out / "callscreen.png"
    screen.grab().save(str(file))
    step.picture.append(file.name)
    screen.close()
    hands.window.activateWindow()
    drive.settle(0.4)


def _free(count: int) -> list[int]:
    """Ports that nobody has at this moment."""
    held = [socket.socket() for _place in range(count)]
    try:
        for one in held:
            one.bind((HOST, 0))
        return [int(one.getsockname()[1]) for one in held]
    finally:
        for one in held:
            one.close()
