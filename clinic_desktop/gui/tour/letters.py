"""A template of letters: written by the administrator beside the page it gives, and changed to a second version."""

from clinic_desktop.gui.tour.hands import Hands
from clinic_desktop.gui.tour.record import Step
from clinic_desktop.gui.widgets.documentview import DocumentView

NAME = "Tour letter"
BODY = "Dear colleague, please see {patient.name}, born {patient.born}. Medicines: {medicines}. {author}"


def write_a_template(hands: Hands, step: Step) -> None:
    """The page follows the typing, each save is a version of its own, and the letterhead shows the clinic's head."""
    drive = hands.driver
    hands.sign_in("admintour", "Administrator Tour")
    hands.go("administration")
    drive.click("administration.section.templates")
    drive.settle(0.5)
    drive.click("administration.add")
    drive.fill("administration.templates.name", NAME)
    drive.fill("administration.templates.title", "For your opinion")
    drive.fill("administration.templates.body", BODY)
    drive.until("the page", lambda: _page(hands))
    drive.settle(0.4)
    step.picture += drive.pictures(hands.out, "templates")
    hands.primary()
    kept = drive.until("the template", lambda: hands.one("SELECT body FROM letter_templates WHERE name = ?", NAME))
    step.check("it is kept as it was typed", kept == BODY, kept)
    drive.pick_row("administration.templates", NAME)
    drive.settle(0.4)
    drive.fill("administration.templates.title", "For your opinion, please")
    hands.primary()
    versions = "SELECT version, status FROM letter_templates WHERE name = ? ORDER BY version"
    drive.until("the second version", lambda: len(hands.rows(versions, NAME)) == 2 or None)
    said = hands.rows(versions, NAME)
    step.check("the first version stays", said == [(1, "superseded"), (2, "current")], said)
    drive.click("administration.section.letterhead")
    drive.fill("administration.clinic_registration", "REG-77")
    hands.primary()
    number = "SELECT value FROM settings WHERE name = 'clinic_registration'"
    drive.until("the number", lambda: hands.one(number) == "REG-77" or None)
    drive.settle(0.8)
    step.picture += drive.pictures(hands.out, "letterhead")


def _page(hands: Hands) -> bool | None:
    preview = hands.driver.find("administration.templates.preview")
    return (isinstance(preview, DocumentView) and preview.drawn_pages() == 1) or None
