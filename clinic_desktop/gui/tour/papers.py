"""Documents: the front desk scans a letter it may not read again, the doctor reads it and signs a sick note."""

from PySide6.QtCore import QMimeData, QUrl

from clinic_desktop.gui.tour.hands import Hands
from clinic_desktop.gui.tour.record import Step
from clinic_desktop.reports import outside
from clinic_desktop.reports.page import ClinicHead, PatientIdentity, Printed


def documents(hands: Hands, step: Step) -> None:
    """Scan a letter, read it, say that it was seen; write a sick note, sign it and keep its paper."""
    _scan(hands, step)
    _read(hands, step)
    _sick_note(hands, step)


def _scan(hands: Hands, step: Step) -> None:
    drive, visit = hands.driver, hands.visit
    hands.sign_in("desktour", "Front Desk Tour")
    drive.key("Ctrl+K")
    drive.settle(0.2)
    drive.write(visit.family[:9])
    drive.offered("palette.results", visit.family)
    drive.key("Return")
    drive.until("the banner", lambda: hands.window.frame.banner.patient_id)
    drive.click("tabs.documents")
    drive.find("documents.view")
    drive.settle(0.4)
    # What a scanner leaves: a file, put on the clipboard as a file manager does.
    file = hands.out / "scanned-letter.pdf"
    about = PatientIdentity(visit.family, visit.given, "", "", visit.born)
    head = ClinicHead("Coast General Hospital", ("Harbour Road",), "")
    now = hands.second().store.clock.now().astimezone()
    words = "Ultrasound of the kidneys: no stones, no dilatation.\nPlease repeat the urine culture in two weeks."
    file.write_bytes(outside.text(head, about, Printed(now, "Radiology"), "Ultrasound report", words))
    held = QMimeData()
    held.setUrls([QUrl.fromLocalFile(str(file))])
    drive.app.clipboard().setMimeData(held)
    drive.click("documents.paste")
    drive.find("documents.kind")
    drive.app.clipboard().clear()
    drive.settle(1.0)
    drive.choose("documents.kind", "Imaging report")
    drive.fill("documents.author_organization", "Coast General Hospital")
    step.picture += drive.pictures(hands.out, "document-scanned")
    hands.primary()
    drive.until("the document", lambda: hands.one("SELECT id FROM documents"))
    kept = hands.rows(
        "SELECT d.kind, d.source, d.file_name, a.media_type, a.size FROM documents d"
        " JOIN attachments a ON a.id = d.attachment_id"
    )[0]
    size = file.stat().st_size
    wanted = ("imaging_report", "imported", "scanned-letter.pdf", "application/pdf", size)
    step.check("the letter is kept whole", kept == wanted, kept)
    drive.settle(0.5)
    step.check("who scanned it may not read it", "1 more" in drive.text_of("documents.not_shown"))


def _read(hands: Hands, step: Step) -> None:
    drive, visit = hands.driver, hands.visit
    hands.sign_in("drvale", "Dr Tour")
    hands.open_chart(visit.family)
    drive.click("tabs.documents")
    drive.find("documents.view")
    drive.fill("documents.search", "kidneys dilatation")
    drive.pick_row("documents.list", "scanned-letter")
    drive.settle(1.2)
    step.picture += drive.pictures(hands.out, "document-read")
    opened = hands.one("SELECT count(*) FROM access WHERE kind = 'document'")
    step.check("that it was read is on record", opened == 1, opened)
    hands.primary()
    seen = "SELECT id FROM documents WHERE kind = 'imaging_report' AND signed_at IS NOT NULL"
    drive.until("the doctor's word that it was seen", lambda: hands.one(seen))
    drive.key("Esc")


def _sick_note(hands: Hands, step: Step) -> None:
    drive = hands.driver
    drive.settle(0.5)
    drive.key("Alt+W")
    drive.find("documents.write.title")
    drive.click("documents.write.kind.sick_note")
    today = hands.second().store.clock.now().astimezone().date()
    drive.fill("documents.from_on", today.strftime("%d %b %Y"))
    drive.fill("documents.until_on", today.strftime("%d %b %Y"))
    drive.fill("documents.write.body", "Light duties for a week after that.")
    step.picture += drive.pictures(hands.out, "sick-note-written")
    hands.primary()
    drive.until("the draft", lambda: hands.one("SELECT id FROM documents WHERE kind = 'sick_note'"))
    drive.settle(1.2)
    signed = "SELECT id FROM documents WHERE kind = 'sick_note' AND status = 'current' AND signed_at IS NOT NULL"
    hands.primary_until("the signature", lambda: hands.one(signed))
    drive.settle(1.0)
    step.picture += drive.pictures(hands.out, "sick-note-signed")
    revision = hands.one("SELECT revision FROM documents WHERE kind = 'sick_note'")
    step.check("begun and signed, once each", revision == 2, revision)
    found = hands.one("SELECT count(*) FROM document_search")
    step.check("both can be found by their words", found == 2, found)
