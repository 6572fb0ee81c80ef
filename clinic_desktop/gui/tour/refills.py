"""Refills: asked for by the nurse, opened by the prescriber from the inbox, approved once and refused once."""

from clinic_desktop.gui.tour.hands import Hands
from clinic_desktop.gui.tour.record import Step


def ask_and_decide(hands: Hands, step: Step) -> None:
    """Twice asked for: one is signed again with its safety check, the other refused with a reason."""
    _ask(hands, step, "the patient")
    before = hands.one("SELECT count(*) FROM prescriptions")
    _open_from_inbox(hands)
    step.picture += hands.driver.pictures(hands.out, "refills")
    hands.driver.click("refills.approve")
    hands.driver.until("the approval", lambda: _decided(hands, "approved"))
    step.check("a new prescription was signed", hands.one("SELECT count(*) FROM prescriptions") == before + 1)
    signed = hands.one("SELECT count(*) FROM refill_requests WHERE prescription_id IS NOT NULL")
    step.check("the request names it", signed == 1, signed)
    _ask(hands, step, "a neighbour")
    _open_from_inbox(hands)
    drive = hands.driver
    drive.click("refills.refuse")
    drive.find("refills.refuse_dialog.reason")
    drive.fill("refills.refuse_dialog.reason", "To be seen before more is given")
    step.picture += drive.pictures(hands.out, "refill-refused")
    drive.click("refills.refuse_dialog.confirm")
    drive.until("the refusal", lambda: _decided(hands, "refused"))
    said = hands.one("SELECT reason FROM refill_requests WHERE status = 'refused'")
    step.check("the refusal carries its reason", said == "To be seen before more is given", said)
    step.check("nothing was prescribed by it", hands.one("SELECT count(*) FROM prescriptions") == before + 1)
    told = hands.one("SELECT count(*) FROM notifications WHERE category = 'message' AND title LIKE '%refill%'")
    step.check("whoever took it down is told", told == 1, told)


def _ask(hands: Hands, step: Step, who: str) -> None:
    drive = hands.driver
    hands.sign_in("nursetour", "Nurse Tour")
    hands.open_chart(hands.visit.family)
    drive.click("tabs.refills")
    drive.find("refills.view")
    drive.settle(0.6)
    drive.pick_row("refills.medicines", hands.visit.allergy.instead)
    drive.fill("refills.asked_by", who)
    drive.choose("refills.asked_how", "telephone")
    hands.primary()
    asked = "SELECT id FROM refill_requests WHERE status = 'asked' AND asked_by = ?"
    made = drive.until("the request", lambda: hands.one(asked, who))
    notice = hands.one("SELECT count(*) FROM notifications WHERE about_id = ? AND done_at IS NULL", made)
    step.check(f"the prescriber is told what {who} asks for", notice == 1, notice)


def _open_from_inbox(hands: Hands) -> None:
    drive = hands.driver
    hands.sign_in("drvale", "Dr Tour")
    hands.go("inbox")
    drive.pick_row("inbox.items", hands.visit.allergy.instead)
    drive.settle(0.3)
    drive.click("inbox.open")
    drive.find("refills.view")
    drive.settle(0.6)
    drive.pick_row("refills.requests", "Waits")


def _decided(hands: Hands, status: str) -> object:
    return hands.one("SELECT id FROM refill_requests WHERE status = ?", status)
