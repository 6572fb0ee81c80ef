"""The nurse gives a vaccine: an expired lot is refused, the dose is recorded, the card is printed."""

from datetime import UTC, datetime, timedelta

from clinic_desktop.gui.tour.hands import Hands
from clinic_desktop.gui.tour.record import Step
from clinic_desktop.gui.widgets.civil import show_date


def vaccinate(hands: Hands, step: Step) -> None:
    """From the tab beneath the banner: what is due, a dose of influenza vaccine, a refusal, the card."""
    drive, visit = hands.driver, hands.visit
    hands.sign_in("nursetour", "Nurse Tour")
    hands.open_chart(visit.family)
    drive.click("tabs.immunizations")
    drive.find("immunizations.view")
    said = str(drive.until("what is due", lambda: drive.text_of("immunizations.summary") or None))
    step.check("what is overdue is said", "overdue" in said, said)
    step.picture += drive.pictures(hands.out, "immunizations")
    hands.primary()
    drive.suggest("immunizations.vaccine", "140", "influenza")
    drive.fill("immunizations.lot", "FL26X")
    drive.fill("immunizations.expires_on", "01-Jan-2024")
    hands.primary()
    drive.settle(0.6)
    step.check("an expired lot is not recorded", hands.one("SELECT count(*) FROM immunizations") == 0)
    step.picture += drive.pictures(hands.out, "immunization-expired")
    next_year = datetime.now(tz=UTC).astimezone().date() + timedelta(days=365)
    drive.fill("immunizations.expires_on", show_date(next_year))
    hands.primary()
    drive.until("the dose", lambda: hands.one("SELECT id FROM immunizations WHERE status = 'completed'"))
    kept = hands.rows("SELECT vaccine_code, lot, route, dose_amount, dose_unit FROM immunizations")
    step.check("what was given is kept whole", kept == [("140", "FL26X", "intramuscular", "0.5", "mL")], kept)
    drive.settle(0.5)
    drive.click("immunizations.decline")
    drive.suggest("immunizations.declined_vaccine", "zoster recomb", "zoster")
    drive.choose("immunizations.reason_code", "Refused")
    hands.primary()
    drive.until("the refusal", lambda: hands.one("SELECT id FROM immunizations WHERE status = 'not_done'"))
    drive.settle(0.6)
    step.picture += drive.pictures(hands.out, "immunization-given")
    drive.click("immunizations.print")
    hands.keep_paper(step, "immunization-card")
    opened = hands.one("SELECT count(*) FROM access WHERE subject = 'immunization-card'")
    step.check("who printed the card is on record", opened >= 1, opened)
