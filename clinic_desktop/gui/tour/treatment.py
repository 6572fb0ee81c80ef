"""Diagnosis to signature: an allergy stops a drug, another takes its place, the note is signed and closed for good."""

from clinic_desktop.gui.tour.hands import Hands
from clinic_desktop.gui.tour.record import Step


def diagnose(hands: Hands, step: Step) -> None:
    """Take up the consultation again, see the result, name the diagnosis and the plan."""
    drive, visit = hands.driver, hands.visit
    hands.sign_in("drvale", "Dr Tour")
    hands.resume_consultation()
    hands.to_step("investigations")
    if drive.seen("consultation.critical_seen") is not None:
        drive.click("consultation.critical_seen")
    hands.complete("investigations")
    hands.to_step("diagnosis")
    _words, code = visit.diagnosis
    drive.suggest("consultation.diagnosis", code)
    step.picture += drive.pictures(hands.out, "diagnosis")
    hands.complete("diagnosis")
    hands.to_step("plan")
    drive.fill("consultation.advice", visit.advice)
    hands.complete("plan")
    stored = hands.one("SELECT content FROM consultation_steps WHERE step = 'diagnosis'")
    step.check(f"the diagnosis {code} is stored", f"diagnosis:{code}" in (stored or ""), stored)


def stopped(hands: Hands, step: Step) -> None:
    """Prescribe what the patient is allergic to: it is stopped, and nothing is signed."""
    drive, visit = hands.driver, hands.visit
    hands.to_step("prescription")
    drive.click("consultation.prescribe")
    drive.find("prescribing.view")
    _line(hands, visit.allergy.stopped)
    alert = drive.find("prescribing.alert.stop")
    step.check("the allergy stops it", alert.isVisible())
    step.picture += drive.pictures(hands.out, "allergy-stops")
    hands.primary()
    drive.settle(0.6)
    step.check("nothing was signed", hands.one("SELECT count(*) FROM prescriptions") == 0)


def prescribe(hands: Hands, step: Step) -> None:
    """Take it out, write another drug and sign."""
    drive, visit = hands.driver, hands.visit
    drive.pick_row("prescribing.lines", visit.allergy.stopped[:8])
    drive.click("prescribing.remove")
    _line(hands, visit.allergy.instead)
    drive.settle(0.4)
    step.picture += drive.pictures(hands.out, "prescribing")
    hands.primary()
    drive.until("the prescription", lambda: hands.one("SELECT id FROM prescriptions WHERE status = 'signed'"))
    names = [row[0] for row in hands.rows("SELECT name FROM prescription_lines")]
    step.check("the other drug was signed", len(names) == 1 and visit.allergy.instead in names[0], names)
    step.check("with the pack that checked it", hands.one("SELECT pack FROM prescriptions"))
    foot = hands.window.frame.foot.primary
    drive.until("the answer", lambda: not foot.isEnabled() or None)
    drive.settle(0.5)
    drive.click("prescribing.print")
    hands.keep_paper(step, "prescription")


def sign(hands: Hands, step: Step) -> None:
    """Follow-up, final review, signature; the summary on paper."""
    drive = hands.driver
    hands.back_to("consultation")
    hands.to_step("prescription")
    hands.complete("prescription")
    hands.to_step("follow_up")
    drive.click("consultation.in_7")
    hands.complete("follow_up")
    hands.to_step("vitals")
    hands.complete("vitals")
    hands.to_step("final_review")
    drive.settle(0.5)
    step.picture += drive.pictures(hands.out, "final-review")
    hands.primary()
    drive.until("the signature", lambda: hands.one("SELECT id FROM encounters WHERE status = 'signed'"))
    states = dict(hands.rows("SELECT step, state FROM consultation_steps"))
    settled = {"completed", "skipped_by_rule", "skipped_by_person", "not_applicable"}
    step.check("all eleven steps are settled", set(states.values()) <= settled, states)
    rules = hands.rows("SELECT rule, rule_version FROM consultation_steps WHERE state = 'skipped_by_rule'")
    step.check("each skip names its rule and version", all(rule and version for rule, version in rules), rules)
    step.check("the problem list has it", hands.one("SELECT count(*) FROM problems") == 1)
    drive.click("consultation.print")
    hands.keep_paper(step, "visit-summary")


def addendum(hands: Hands, step: Step) -> None:
    """After the signature there are only addenda."""
    drive = hands.driver
    drive.settle(0.4)
    written = "SELECT step, content FROM consultation_steps ORDER BY step"
    before = hands.rows(written)
    hands.to_step("final_review")
    drive.fill("consultation.text", "The ward telephoned: admitted, potassium coming down.")
    drive.fill("consultation.reason", "call from the hospital")
    hands.primary()
    drive.until("the addendum", lambda: hands.one("SELECT id FROM addenda"))
    step.check(
        "the note itself is as it was",
        before == hands.rows(written),
    )


def _line(hands: Hands, medicine: str) -> None:
    drive = hands.driver
    drive.suggest("prescribing.medicine", medicine)
    drive.choose("prescribing.frequency", "bd")
    drive.fill("prescribing.days", "5")
    drive.key("Return")
    drive.settle(0.5)
