"""The administrator brings a record in: tried first, a broken file named, then taken in, and the same once more."""

import base64
import json

from clinic_desktop.gui.tour.hands import ADMIN, Hands
from clinic_desktop.gui.tour.record import Step

PATIENT, LETTER = "7d0c61b2-5f0e-4a59-9a63-1d0a6d0f1c01", "7d0c61b2-5f0e-4a59-9a63-1d0a6d0f1c02"
WORDS = "Seen for a cough of three weeks. The X-ray of the chest was clear."


def bring_in(hands: Hands, step: Step) -> None:
    """From the rail: two files are tried, one stops halfway; the other is taken in with its letter, once."""
    drive = hands.driver
    hands.sign_in(*ADMIN)
    folder = hands.profile / "from-elsewhere"
    folder.mkdir(exist_ok=True)
    (folder / "record.json").write_text(_record(), encoding="utf-8")
    (folder / "half.json").write_text(_record()[:200], encoding="utf-8")
    hands.go("imports")
    step.picture += drive.pictures(hands.out, "imports-empty")
    drive.fill("imports.paths", str(folder))
    before = hands.one("SELECT count(*) FROM patients")
    hands.primary()
    drive.until("the try", lambda: "Tried" in drive.text_of("imports.said") or None)
    step.check("a try writes nothing", hands.one("SELECT count(*) FROM patients") == before)
    step.picture += drive.pictures(hands.out, "imports-tried")
    hands.primary()
    drive.until("the import", lambda: "Done" in drive.text_of("imports.said") or None)
    came = hands.rows("SELECT family_name FROM patients WHERE family_name = 'Vesterholt'")
    step.check("who came is registered, and what was half there is not", len(came) == 1, came)
    kept = hands.rows("SELECT title, source FROM documents WHERE title = 'letter.txt'")
    step.check("the letter is among the documents", kept == [("letter.txt", "imported")], kept)
    step.picture += drive.pictures(hands.out, "imports-done")
    entries = hands.one("SELECT count(*) FROM journal")
    hands.primary()
    drive.until("the second try", lambda: "There is nothing to import" in drive.text_of("imports.said") or None)
    after = hands.one("SELECT count(*) FROM journal")
    step.check("the same again adds nothing", entries == after, (entries, after))


def _record() -> str:
    subject = {"reference": f"urn:uuid:{PATIENT}"}
    resources = (
        {
            "resourceType": "Patient", "id": PATIENT, "name": [{"family": "Vesterholt", "given": ["Signe"]}],
            "gender": "female", "birthDate": "1961-09-30",
        },
        {
            "resourceType": "DocumentReference", "id": LETTER, "status": "current", "subject": subject,
            "date": "2025-02-03T10:00:00Z",
            "content": [{"attachment": {"contentType": "text/plain", "title": "letter.txt",
                                        "data": base64.b64encode(WORDS.encode()).decode()}}],
        },
    )  # fmt: skip
    entries = [{"fullUrl": f"urn:uuid:{each['id']}", "resource": each} for each in resources]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries})
