"""What a system has no call for is one task, and is left by a decision of the administrator."""

from clinic_desktop.gui.tour.hands import ADMIN, Hands
from clinic_desktop.gui.tour.record import Step

WHY = "They read our invoices in their portal"
THESE = "SELECT count(*) FROM sync_work WHERE system = 'practice_studio' AND kind = 'invoice' AND state = ?"
JOURNALLED = (
    "SELECT staff.username, journal.reason FROM journal JOIN sessions ON sessions.id = journal.session"
    " JOIN staff ON staff.id = sessions.staff_id WHERE journal.kind = 'remote.untold'"
)


def never_told(hands: Hands, step: Step) -> None:
    """The invoices that Practice Studio only shows: opened as one, left once and for all, and counted as that."""
    drive = hands.driver
    many = hands.one(THESE, "cannot")
    drive.click("sync.show.decide")
    drive.pick_row("sync.items", "Invoice: ")
    drive.until("the records", lambda: drive.seen("sync.records"))
    drive.fill("sync.reason", WHY)
    drive.settle(0.7)
    step.picture += drive.pictures(hands.out, "sync-alike")
    drive.key("Alt+N")
    drive.click("sync.sure.confirm")
    drive.until("the decision", lambda: hands.one(THESE, "cannot") == 0)
    step.check("what is left is counted, and no task", hands.one(THESE, "idle") == many, many)
    noted = [tuple(row) for row in hands.rows(JOURNALLED)]
    step.check("who decided it, and why, is journalled", noted == [(ADMIN[0], f"invoice: {WHY}")], noted)
    drive.click("sync.show.systems")
    drive.pick_row("sync.systems", "Practice Studio")
    drive.until("what was decided", lambda: drive.seen("sync.take_back"))
    drive.settle(0.4)
    step.picture += drive.pictures(hands.out, "sync-left")
