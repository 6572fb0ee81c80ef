"""The screens that one visit does not need, the lock, and whether the past still stands when all is done."""

from clinic_desktop.gui.tour.hands import ADMIN, PASSPHRASE, Hands
from clinic_desktop.gui.tour.record import Step
from clinic_desktop.services.audit import verify_audit


def other_screens(hands: Hands, step: Step) -> None:
    """The day board and the stock."""
    hands.sign_in("desktour", "Front Desk Tour")
    hands.go("schedule")
    hands.driver.settle(0.6)
    step.picture += hands.driver.pictures(hands.out, "schedule")
    hands.sign_in("pharmtour", "Pharmacist Tour")
    hands.go("stock")
    hands.driver.settle(0.6)
    step.picture += hands.driver.pictures(hands.out, "stock")
    moved = hands.one("SELECT count(*) FROM stock_moves WHERE kind = 'dispense'")
    step.check("what was handed out is in the stock ledger", moved == 1, moved)


def administration(hands: Hands, step: Step) -> None:
    """Staff and roles; and both chains and every record are held against what was written."""
    hands.sign_in(*ADMIN)
    hands.go("administration")
    hands.driver.settle(0.8)
    step.picture += hands.driver.pictures(hands.out, "administration")
    hands.driver.click("administration.section.backups")
    hands.driver.settle(0.5)
    hands.primary()
    folder = hands.profile / "backups"
    hands.driver.until("a proved backup", lambda: list(folder.glob("*.clinicbackup")) or None)
    step.picture += hands.driver.pictures(hands.out, "backups")
    hands.driver.click("administration.section.sights")
    hands.driver.settle(0.5)
    second = hands.second()
    verdict = verify_audit(second.begin(second.vault.users[0].user_id))
    step.check("the journal, the access log and every record stand", not verdict.findings, verdict.findings)
    roles = {row[0] for row in hands.rows("SELECT DISTINCT s.role FROM access a JOIN sessions s ON s.id = a.session")}
    step.check("who looked is on record, by role", {"nurse", "doctor", "laboratory", "pharmacist"} <= roles, roles)


def lock(hands: Hands, step: Step) -> None:
    """Lock by key: nothing of the clinic can be seen until the password is given."""
    drive = hands.driver
    drive.key("Ctrl+L")
    drive.find("lock.password")
    step.check("no screen can be seen", drive.seen("administration.view") is None)
    step.picture += drive.pictures(hands.out, "lock")
    drive.fill("lock.password", PASSPHRASE)
    drive.key("Return")
    drive.find("administration.view")
    step.check("the same screen is there again", drive.seen("administration.view") is not None)
