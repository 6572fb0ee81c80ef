"""The pharmacist scans packs: the first is not known and is remembered, the second counts, both are received."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from clinic_desktop.gui.shell.burst import Wedge
from clinic_desktop.gui.shell.hearing import Hearing
from clinic_desktop.gui.tour.driver import TourError
from clinic_desktop.gui.tour.hands import Hands
from clinic_desktop.gui.tour.record import Step

# The example number of the GS1 General Specifications, a lot and a day far ahead.
PACK = "01095011015300031741123110TOUR7"
SLOW_MS = 1000  # the machine that walks the tour types slower than a scanner
TRIES = 3


def receive_packs(hands: Hands, step: Step) -> None:
    """From whichever page is open: the scan itself leads to where packs are received."""
    drive = hands.driver
    hands.sign_in("pharmtour", "Pharmacist Tour")
    for _again in range(TRIES):  # where the machine stood still in the middle of it nothing was heard
        _scan(hands, PACK)
        if drive.soon(lambda: drive.seen("stock.remember")):
            break
    drive.find("stock.remember")
    drive.pick_row("stock.levels", "amoxicillin 500")
    drive.settle(0.3)
    step.picture += drive.pictures(hands.out, "scanned-pack")
    drive.click("stock.remember")
    drive.until("the number", lambda: hands.one("SELECT gtin FROM product_packs"))
    _scan(hands, PACK)
    hands.primary()
    drive.until("the lot", lambda: hands.one("SELECT id FROM stock_lots WHERE lot = 'TOUR7'"))
    gtin, until, held = hands.rows(
        "SELECT l.gtin, l.expires_on, sum(m.quantity) FROM stock_lots l JOIN stock_moves m ON m.lot_id = l.id"
        " WHERE l.lot = 'TOUR7'"
    )[0]
    size = hands.one("SELECT pack_size FROM products p JOIN stock_lots l ON l.product_id = p.id WHERE l.lot = 'TOUR7'")
    step.check("both packs are on the shelf", held == 2 * size, held)
    step.check("with the number and the day of the pack", (gtin, until) == ("09501101530003", "2041-12-31"), until)
    step.picture += drive.pictures(hands.out, "received-pack")


def _scan(hands: Hands, text: str) -> None:
    """Type as a scanner does: to the window, whatever has the focus."""
    window = hands.driver.window
    hearing = window.findChild(Hearing)
    handle = window.windowHandle()
    if hearing is None or handle is None:
        raise TourError("nobody hears a scanner")
    hearing.wedge.set_wedge(Wedge(gap_ms=SLOW_MS))
    hands.driver.settle(0.3)
    for letter in text:
        hands.driver.counted.typed += 1
        QTest.sendKeyEvent(QTest.KeyAction.Click, handle, Qt.Key(ord(letter)), letter, Qt.KeyboardModifier.NoModifier)
    QTest.keyClick(handle, Qt.Key.Key_Return)
    hands.driver.settle(SLOW_MS / 1000 + 0.5)
