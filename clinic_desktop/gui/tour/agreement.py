"""Consents: signed by hand, shared as a sealed file, withdrawn; a restricted record broken open and reviewed."""

import math
from pathlib import Path
from typing import cast

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from clinic_desktop.gui.shell.screen import ScreenView
from clinic_desktop.gui.tour.hands import ADMIN, PASSPHRASE, Hands
from clinic_desktop.gui.tour.record import Step


def consents(hands: Hands, step: Step) -> None:
    """From the signature to the review of a broken glass."""
    _sign_and_restrict(hands, step)
    _break_and_share(hands, step)
    _review(hands, step)
    _lift(hands, step)


def _sign_and_restrict(hands: Hands, step: Step) -> None:
    drive = hands.driver
    hands.sign_in("desktour", "Front Desk Tour")
    _open_page(hands)
    drive.click("consents.new")
    drive.choose("consents.scope", "Sharing outside")
    drive.settle(0.4)
    _draw(hands, "consents.signature")
    step.picture += drive.pictures(hands.out, "consent-signing")
    hands.primary()
    drive.until("the consent", lambda: hands.one("SELECT id FROM consents WHERE status = 'active'"))
    strokes = str(hands.one("SELECT signature FROM consents"))
    step.check("the strokes of the hand are kept", strokes.count("[") >= 4 and len(strokes) > 200, strokes[:80])
    drive.settle(0.5)
    step.picture += drive.pictures(hands.out, "consents")
    drive.click("consents.print")
    hands.keep_paper(step, "consent-form")
    drive.click("consents.restrict")
    drive.click("consents.role_laboratory")
    drive.fill("consents.restriction", "A relative works here")
    hands.primary()
    drive.until("the restriction", lambda: hands.one("SELECT id FROM record_restrictions WHERE status = 'active'"))


def _break_and_share(hands: Hands, step: Step) -> None:
    drive = hands.driver
    hands.sign_in("drvale", "Dr Tour")
    _open_page(hands)
    refused = hands.one("SELECT count(*) FROM access WHERE kind = 'refused' AND detail = 'treatment'")
    step.check("the chart was refused, and that is on record", refused >= 1, refused)
    drive.settle(0.4)
    step.picture += drive.pictures(hands.out, "record-restricted")
    drive.click("consents.break_glass")
    drive.choose("consents.glass_reason", "A life is in danger")
    drive.fill("consents.glass_words", "Unconscious, nobody to be asked")
    drive.fill("consents.own_password", "not my own 12345")
    hands.primary()
    drive.until("the refusal", lambda: "wrong" in _said_beside(hands, "consents.own_password") or None)
    step.check("a wrong password opens nothing", hands.one("SELECT count(*) FROM break_glass") == 0)
    drive.fill("consents.own_password", PASSPHRASE)
    step.picture += drive.pictures(hands.out, "breaking-the-glass")
    hands.primary()
    drive.find("banner.emergency")
    drive.settle(0.4)
    step.check("the refusal at the foot has gone", hands.window.frame.toast.property("meaning") != "critical"
               or not hands.window.frame.toast.isVisible())  # fmt: skip
    drive.click("tabs.chart")
    drive.find("chart.view")
    drive.settle(1.0)
    step.picture += drive.pictures(hands.out, "glass-broken")
    opened = hands.one("SELECT count(*) FROM access WHERE detail = 'break_glass ' || (SELECT id FROM break_glass)")
    step.check("what was opened under it is on record", opened >= 1, opened)
    drive.click("tabs.consents")
    drive.settle(0.4)
    drive.click("consents.share")
    drive.fill("consents.recipient_name", "Dr Amina Yusuf")
    drive.choose("consents.recipient_type", "Doctor, hospital")
    drive.fill("consents.purpose", "Opinion of a specialist")
    for part in ("allergies", "medicines"):
        drive.click(f"consents.section_{part}")
    hands.primary()
    drive.until("the share", lambda: hands.one("SELECT id FROM shares"))
    drive.settle(0.5)
    drive.pick_row("consents.shares", "Yusuf")
    drive.click("consents.copy")
    drive.fill("consents.folder", str(hands.out))
    hands.primary()
    password = drive.until("the password", lambda: drive.text_of("consents.password") or None)
    number = str(hands.one("SELECT number FROM shares"))
    _check_file(step, hands.out / f"{number}.pdf", password)
    drive.key("Esc")
    drive.pick_row("consents.shares", "Yusuf")
    drive.click("consents.withdraw_share")
    drive.fill("consents.reason", "The patient asked for it")
    hands.primary()
    drive.until("the withdrawal", lambda: hands.one("SELECT id FROM shares WHERE status = 'withdrawn'"))
    drive.click("consents.end_glass")
    drive.until("the closing", lambda: hands.one("SELECT id FROM break_glass WHERE ended_at IS NOT NULL"))


def _said_beside(hands: Hands, name: str) -> str:
    return hands.driver.find(name).accessibleDescription()


def _check_file(step: Step, file: Path, password: str) -> None:
    # The reader of the window's own previews, which is asked for the password as any other.
    import pypdfium2

    step.pdf.append(file.name)
    sealed = file.read_bytes()
    opened_with_it = pypdfium2.PdfDocument(sealed, password=password)
    told = opened_with_it[0].get_textpage().get_text_range()
    opened_with_it.close()
    step.check("the file opens with its password", "Dr Amina Yusuf" in told, told[:60])
    try:
        pypdfium2.PdfDocument(sealed)
    except pypdfium2.PdfiumError:
        opened = False
    else:
        opened = True
    step.check("and with no other", not opened)


def _review(hands: Hands, step: Step) -> None:
    drive = hands.driver
    hands.sign_in(*ADMIN)
    hands.go("oversight")
    drive.pick_row("oversight.broken", "Dr Tour")
    drive.settle(0.4)
    drive.click("oversight.review")
    waits = not cast("ScreenView", drive.find("oversight.view")).primary_enabled
    step.check("no answer is given before it is chosen", waits)
    drive.settle(0.4)
    step.picture += drive.pictures(hands.out, "glass-review")
    drive.click("oversight.outcome.justified")
    hands.primary()
    drive.until("the review", lambda: hands.one("SELECT id FROM break_glass WHERE outcome = 'justified'"))


def _lift(hands: Hands, step: Step) -> None:
    drive = hands.driver
    hands.sign_in("desktour", "Front Desk Tour")
    _open_page(hands)
    drive.click("consents.lift")
    drive.fill("consents.lift_reason", "The relative has left")
    hands.primary()
    drive.until("the end of it", lambda: hands.one("SELECT id FROM record_restrictions WHERE status = 'lifted'"))
    drive.pick_row("consents.list", "outside")
    drive.click("consents.withdraw")
    drive.fill("consents.reason", "Does not want it any more")
    hands.primary()
    drive.until("the withdrawal", lambda: hands.one("SELECT id FROM consents WHERE status = 'withdrawn'"))
    step.check("both withdrawals carry their reason", hands.one(
        "SELECT count(*) FROM journal WHERE kind IN ('consent.withdrawn', 'share.withdrawn') AND reason IS NOT NULL"
    ) == 2)  # fmt: skip


def _open_page(hands: Hands) -> None:
    """Find the patient in the palette and turn to the page Consents."""
    drive = hands.driver
    drive.key("Ctrl+K")
    drive.settle(0.2)
    drive.write(hands.visit.family[:9])
    drive.offered("palette.results", hands.visit.family)
    drive.key("Return")
    drive.until("the banner", lambda: hands.window.frame.banner.patient_id)
    drive.settle(0.5)
    if drive.seen("consents.view") is None:
        drive.click("tabs.consents")
    drive.find("consents.view")
    drive.settle(0.6)


def _draw(hands: Hands, name: str) -> None:
    """Draw a name as a hand would, with the mouse."""
    pad = hands.driver.find(name)
    left = Qt.MouseButton.LeftButton
    line = [QPoint(24 + 2 * at, 50 + round(24 * math.sin(at / 5))) for at in range(100)]
    for stroke in (line, [QPoint(30, 92), QPoint(130, 90), QPoint(240, 94)]):
        QTest.mousePress(pad, left, pos=stroke[0])
        for point in stroke:
            QTest.mouseMove(pad, point)
        QTest.mouseRelease(pad, left, pos=stroke[-1])
    hands.driver.settle(0.3)
