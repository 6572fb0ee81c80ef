"""The inbox: an administrator writes, the nurse reads it, puts it off and takes it up again."""

from clinic_desktop.gui.tour.hands import ADMIN, Hands
from clinic_desktop.gui.tour.record import Step

TITLE = "The refrigerator is to be read twice a day"


def send_and_read(hands: Hands, step: Step) -> None:
    """Sent to a role, read by one of it, put off by an hour, found again, done."""
    drive = hands.driver
    hands.sign_in(*ADMIN)
    hands.go("inbox")
    drive.choose("inbox.to", "nurse")
    drive.click("inbox.priority.high")
    drive.fill("inbox.message.title", TITLE)
    drive.fill("inbox.message.body", "Write both values on the sheet at its door.")
    step.picture += drive.pictures(hands.out, "inbox-sending")
    drive.click("inbox.send")
    sent = drive.until("the message", lambda: hands.one("SELECT id FROM notifications WHERE title = ?", TITLE))
    hands.sign_in("nursetour", "Nurse Tour")
    hands.go("inbox")
    drive.pick_row("inbox.items", "refrigerator")
    mine = "SELECT {} FROM notification_states WHERE notification_id = ?"
    drive.until("read", lambda: hands.one(mine.format("read_at"), sent))
    drive.settle(0.4)
    step.check("its words are shown", "sheet at its door" in drive.text_of("inbox.text"))
    step.picture += drive.pictures(hands.out, "inbox")
    drive.click("inbox.snooze.hour")
    until = drive.until("put off", lambda: hands.one(mine.format("snoozed_until"), sent))
    step.check("it is put off to a time that is still to come", until > _now(hands), until)
    drive.click("inbox.show.snoozed")
    drive.pick_row("inbox.items", "refrigerator")
    drive.settle(0.3)
    drive.fill("inbox.note", "Done at eight and at four")
    hands.primary()
    drive.until("done", lambda: hands.one("SELECT done_at FROM notifications WHERE id = ?", sent))
    note = hands.one("SELECT done_note FROM notifications WHERE id = ?", sent)
    step.check("what was done about it is kept", note == "Done at eight and at four", note)


def _now(hands: Hands) -> str:
    return str(hands.one("SELECT max(at) FROM journal"))
