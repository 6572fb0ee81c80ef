"""A printer of labels: set up by the administrator, tried, and a patient's card printed on it at reception."""

from pathlib import Path

from PySide6.QtWidgets import QLabel

from clinic_desktop.gui.tour.growth import register
from clinic_desktop.gui.tour.hands import Hands
from clinic_desktop.gui.tour.record import Step
from clinic_desktop.labelling.playing import PlayedPrinter

FAMILY = "Brandt-Tour"
PRINTER = "Card printer"


def print_a_card(hands: Hands, step: Step) -> None:
    """The card is seen as its bytes say, printed by a printer that listens, and stands in the log."""
    with PlayedPrinter("label", hands.out / "printed") as printer:
        _set_up(hands, step, printer.port)
        _try(hands, step, printer)
        _card(hands, step, printer)
    _log(hands, step)


def _set_up(hands: Hands, step: Step, port: int) -> None:
    drive = hands.driver
    hands.sign_in("admintour", "Administrator Tour")
    hands.go("administration")
    drive.click("administration.section.printers")
    drive.settle(0.5)
    step.picture += drive.pictures(hands.out, "printers-empty")
    drive.click("administration.add")
    drive.fill("administration.printers.name", PRINTER)
    drive.fill("administration.printers.address", f"127.0.0.1:{port}")
    drive.click("administration.printers.patient_card")
    drive.click("administration.printers.wristband")
    hands.primary()
    kept = drive.until("the printer", lambda: hands.one("SELECT documents FROM printers WHERE name = ?", PRINTER))
    step.check("it takes cards and wristbands", kept == "patient-card wristband", kept)


def _try(hands: Hands, step: Step, printer: PlayedPrinter) -> None:
    drive = hands.driver
    drive.pick_row("administration.printers", PRINTER)
    drive.settle(0.4)
    step.picture += drive.pictures(hands.out, "printers")
    drive.click("administration.test_print")
    _print_shown(hands, step, "label-test")
    step.check("the test print came out", printer.wait_for(1) and not printer.played[0].problems)


def _card(hands: Hands, step: Step, printer: PlayedPrinter) -> None:
    drive = hands.driver
    register(hands, FAMILY, "4 May 1980")
    drive.find("reception.print_card")
    drive.settle(0.8)
    step.picture += drive.pictures(hands.out, "reception-papers")
    drive.key("Alt+D")
    _print_shown(hands, step, "label-card")
    step.check("the card came out", printer.wait_for(2) and not printer.played[1].problems)
    made = [Path(file).name for one in printer.played for file in one.files]
    step.check("each print is a picture", len(made) == 2, made)
    row = hands.rows("SELECT document, state, printer, copies FROM prints ORDER BY rowid_ DESC LIMIT 1")
    step.check("the card stands in the log", row == [("patient-card", "sent", PRINTER, 1)], row)


def _print_shown(hands: Hands, step: Step, picture: str) -> None:
    drive = hands.driver
    drive.find("preview.label_1")
    drive.settle(0.4)
    shown = drive.find("preview.label_1")
    step.check(f"{picture} is painted from its bytes", isinstance(shown, QLabel) and not shown.pixmap().isNull())
    step.picture += drive.pictures(hands.out, picture)
    before = hands.one("SELECT count(*) FROM prints WHERE state = 'sent'")
    drive.key("Ctrl+P")
    drive.until("the print", lambda: hands.one("SELECT count(*) FROM prints WHERE state = 'sent'") > before or None)
    drive.until("the preview to close", lambda: drive.seen("preview") is None or None)
    drive.settle(0.3)


def _log(hands: Hands, step: Step) -> None:
    hands.sign_in("admintour", "Administrator Tour")
    hands.go("administration")
    hands.driver.click("administration.section.prints")
    hands.driver.settle(0.6)
    step.picture += hands.driver.pictures(hands.out, "prints")
