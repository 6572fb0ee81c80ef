"""The window is killed in the middle of a note, started again, and the note is there."""

import json
import signal
import subprocess
import sys
import time

from clinic_desktop.gui.tour.driver import TourError
from clinic_desktop.gui.tour.hands import Hands
from clinic_desktop.gui.tour.record import Step

FIELD = "consultation.symptoms_note"
DRAFT = "SELECT subject FROM drafts WHERE fields LIKE ?"


def killed(hands: Hands, step: Step) -> None:
    """Another window writes a note and is killed with SIGKILL; a third one finds the note as it was."""
    hands.driver.key("Ctrl+Shift+L")
    hands.signed_in = ""
    writing = _window(hands, "note")
    line = writing.stdout.readline() if writing.stdout is not None else ""
    if line.strip() != "typed":
        writing.kill()
        raise TourError(f"the window that was to be killed said {line!r}")
    began = time.monotonic()
    hands.driver.until("the draft", lambda: hands.one(DRAFT, f"%{hands.visit.note}%"))
    step.seconds_to_draft = round(time.monotonic() - began, 3)
    writing.send_signal(signal.SIGKILL)
    step.check("it was killed", writing.wait(30) == -signal.SIGKILL)
    again = _window(hands, "again")
    said, _nothing = again.communicate(timeout=120)
    if again.returncode:
        raise TourError(f"the window that was started again ended with {again.returncode}")
    answer = json.loads(said.splitlines()[-1])
    step.check("the note is there, letter by letter", answer["note"] == hands.visit.note, answer["note"])
    step.picture += answer["pictures"]
    kept = hands.one("SELECT count(*) FROM drafts WHERE form LIKE 'consultation%'")
    signed = hands.one("SELECT count(*) FROM encounters WHERE status = 'open'")
    step.check("it is a draft of an open visit", kept >= 1 and signed == 1, (kept, signed))


def write_note(hands: Hands) -> None:
    """In the window that will be killed: begin a visit and write, then wait for the end."""
    hands.sign_in("drvale", "Dr Tour")
    hands.open_chart(hands.visit.family)
    hands.primary()
    hands.driver.click("chart.start.follow_up")
    hands.to_step("symptoms")
    hands.driver.fill(FIELD, hands.visit.note)
    print("typed", flush=True)  # noqa: T201 - the word the tour waits for
    while True:
        hands.driver.settle(1)


def read_note(hands: Hands) -> None:
    """In the window started again: sign in, take the visit up from home, and say what the note holds."""
    hands.sign_in("drvale", "Dr Tour")
    hands.resume_consultation()
    hands.to_step("symptoms")
    hands.driver.until("the note", lambda: hands.driver.text_of(FIELD) or None)
    answer = {"note": hands.driver.text_of(FIELD), "pictures": hands.driver.pictures(hands.out, "after-the-kill")}
    print(json.dumps(answer), flush=True)  # noqa: T201 - what the tour checks


def _window(hands: Hands, part: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "clinic_desktop", "tour", "--out", str(hands.out)]
    command += ["--seed", str(hands.visit.seed), "--part", part]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - this program itself
