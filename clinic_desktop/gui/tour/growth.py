"""A child: registered by the front desk, measured by the nurse, and where it stands among WHO's curves."""

from datetime import datetime, timedelta

from clinic_desktop.gui.tour.hands import Hands
from clinic_desktop.gui.tour.record import Step

FAMILY = "Lindqvist-Tour"
DAYS_OLD = 400  # under two years: its length is meant lying


def measure(hands: Hands, step: Step) -> None:
    """Measure a child that stood: what was read is kept, what it counts as is said; an odd weight is asked about."""
    drive = hands.driver
    born = datetime.now().astimezone().date() - timedelta(days=DAYS_OLD)
    register(hands, FAMILY, born.strftime("%d %b %Y"))
    hands.sign_in("nursetour", "Nurse Tour")
    hands.open_chart(FAMILY)
    drive.click("tabs.growth")
    drive.find("growth.view")
    drive.settle(0.6)
    step.picture += drive.pictures(hands.out, "growth-empty")
    drive.fill("growth.weight", "9.4")
    drive.fill("growth.height", "75.5")
    drive.click("growth.posture.standing")
    drive.fill("growth.head_circumference", "45.8")
    hands.primary()
    drive.until("the measurements", lambda: hands.one("SELECT id FROM vital_signs WHERE posture IS NOT NULL"))
    mine = "patient_id = (SELECT id FROM patients WHERE family_name = ?)"
    kept = dict(hands.rows(f"SELECT code, value FROM vital_signs WHERE {mine} AND status = 'final'", FAMILY))  # noqa: S608 - of its own
    read = (kept.get("29463-7"), kept.get("8302-2"), kept.get("9843-4"))
    step.check("weight, length and head are kept as read", read == ("9.4", "75.5", "45.8"), kept)
    drive.click("growth.measure.height")
    drive.settle(0.4)
    drive.pick_row("growth.rows", "standing, counts as 76.2")
    step.picture += drive.pictures(hands.out, "growth-length")
    drive.fill("growth.weight", "94")
    hands.primary()
    asked = drive.until("the question", lambda: drive.text_of("toast.text") if drive.seen("toast.undo") else None)
    step.check("a weight far from the last asks", asked.startswith("Is 94 kg right?"), asked)
    drive.click("toast.undo")
    withdrawn = f"SELECT count(*) FROM vital_signs WHERE {mine} AND status = 'entered_in_error'"  # noqa: S608 - of its own
    drive.until("taken back", lambda: hands.one(withdrawn, FAMILY) or None)
    drive.click("growth.measure.weight")
    drive.settle(0.5)
    step.picture += drive.pictures(hands.out, "growth")
    drive.click("growth.print")
    hands.keep_paper(step, "growth-chart")


def register(hands: Hands, family: str, born: str) -> None:
    """Register a girl or a woman, and wait until she is there."""
    drive = hands.driver
    hands.sign_in("desktour", "Front Desk Tour")
    hands.go("reception")
    drive.settle(0.8)
    if drive.seen("reception.new") is not None:
        drive.click("reception.new")
        drive.settle(0.5)
    drive.fill("reception.family_name", family)
    drive.fill("reception.given_names", "Ebba")
    drive.click("reception.sex.female")
    drive.fill("reception.born_on", born)
    hands.primary()
    drive.until("the patient", lambda: hands.one("SELECT id FROM patients WHERE family_name = ?", family))
