"""The first day and the front desk: a clinic is made, staff begin, a patient is registered and waits."""

from clinic_desktop.gui.tour.hands import ADMIN, PASSPHRASE, STAFF, Hands
from clinic_desktop.gui.tour.record import Step
from clinic_desktop.services import shelf, stock
from clinic_desktop.services.clinic import open_clinic
from clinic_desktop.services.staff import NewStaff, add_staff


def first_run(hands: Hands, step: Step) -> None:
    """Make the clinic, read the recovery key off the screen and type it back."""
    drive = hands.driver
    drive.find("firstrun.clinic")
    for name, words in (
        ("clinic", "Saffron Tour Clinic"),
        ("display_name", ADMIN[1]),
        ("username", ADMIN[0]),
        ("password", PASSPHRASE),
        ("again", PASSPHRASE),
    ):
        drive.fill(f"firstrun.{name}", words)
    make = drive.find("firstrun.primary")
    drive.until("the answer about the keyring", lambda: make.isEnabled() or None)
    if drive.seen("firstrun.device_secret.file") is not None:
        drive.click("firstrun.device_secret.file")  # this machine has no keyring: the person chooses
    step.picture += drive.pictures(hands.out, "first-run")
    drive.click("firstrun.primary")
    drive.find("firstrun.recovery_key")
    key = drive.text_of("firstrun.recovery_key")
    step.check("a recovery key is shown", len(key) > 30)
    drive.click("firstrun.kept")
    drive.fill("firstrun.typed", " ".join(key.split()))
    drive.click("firstrun.start")
    drive.find("signin.password")
    step.check("the database is encrypted", not _header(hands).startswith(b"SQLite format 3"))


def staff_begin(hands: Hands, step: Step) -> None:
    """Give everybody an account and fill the shelf; the administrator's own screen does this one by one."""
    clinic, desk = open_clinic(hands.profile, ADMIN[0], PASSPHRASE, process="command")
    for username, name, role in STAFF:
        add_staff(desk, clinic, NewStaff(username, name, role, PASSPHRASE))
    clinic.sign_out(desk)
    people = {user.username: user.user_id for user in clinic.vault.users}
    pharmacist = clinic.begin(people["pharmtour"])
    today = desk.now.date()
    for level in shelf.stock_levels(pharmacist):
        for lot, year in (("LATER9", today.year + 3), ("SOON1", today.year + 1)):
            stock.receive_stock(pharmacist, level.product_id, lot, today.replace(year=year, day=1), 400)
    clinic.sign_out(pharmacist)
    clinic.close()
    step.check("eight people may sign in", hands.one("SELECT count(*) FROM staff WHERE active = 1") == len(STAFF) + 1)
    hands.window.begin()


def register(hands: Hands, step: Step) -> None:
    """Register the patient; do it again and be warned of the likely duplicate, with its evidence."""
    drive, visit = hands.driver, hands.visit
    hands.sign_in("desktour", "Front Desk Tour")
    hands.go("reception")
    _fill_person(hands, visit.family, phone=visit.phone)
    drive.press("Address and other ways to reach")
    drive.fill("reception.address", visit.address)
    drive.press("Insurance")
    drive.fill("reception.insurer", visit.insurer)
    drive.fill("reception.insurance_share", str(visit.share))
    step.picture += drive.pictures(hands.out, "reception")
    hands.primary()
    drive.until("the patient", lambda: hands.one("SELECT id FROM patients WHERE family_name = ?", visit.family))
    row = hands.rows("SELECT given_names, born_on, phone, insurance_share FROM patients")[0]
    step.check("stored exactly", row == (visit.given, visit.born.isoformat(), visit.phone, visit.share), row)
    step.check("journaled", hands.one("SELECT count(*) FROM journal WHERE kind = 'patient.registered'") == 1)


def duplicate_warning(hands: Hands, step: Step) -> None:
    """Begin to register the same person with a slip of the pen: the screen says who it probably is."""
    drive, visit = hands.driver, hands.visit
    drive.click("reception.new")
    slip = visit.family[:2] + visit.family[3:]
    _fill_person(hands, slip, phone=visit.phone)
    warning = drive.find("reception.duplicate0.score")
    step.check("a likely duplicate is shown while typing", warning.isVisible())
    step.picture += drive.pictures(hands.out, "duplicate")
    step.check("nobody was registered twice", hands.one("SELECT count(*) FROM patients") == 1)
    drive.click("reception.duplicate0.open")
    drive.settle()


def check_in(hands: Hands, step: Step) -> None:
    """Put the patient into the queue."""
    drive, visit = hands.driver, hands.visit
    hands.go("queue")
    drive.suggest("queue.patient", visit.family)
    if drive.seen("queue.complaint") is not None:
        drive.fill("queue.complaint", visit.complaint)
    drive.click("queue.check_in")
    drive.until("the queue", lambda: hands.one("SELECT id FROM queue_entries WHERE status = 'waiting'"))
    step.picture += drive.pictures(hands.out, "queue")
    step.check("waits", hands.one("SELECT count(*) FROM queue_entries WHERE status = 'waiting'") == 1)


def _fill_person(hands: Hands, family: str, *, phone: str) -> None:
    drive, visit = hands.driver, hands.visit
    drive.fill("reception.family_name", family)
    drive.fill("reception.given_names", visit.given)
    drive.click(f"reception.sex.{visit.sex}")
    drive.fill("reception.born_on", visit.born.strftime("%d %b %Y"))
    drive.fill("reception.phone", phone)


def _header(hands: Hands) -> bytes:
    # Read by a person's other tool, not by this process: opening the file here would cancel its locks.
    import subprocess
    import sys

    code = f"import sys; sys.stdout.buffer.write(open({str(hands.profile / 'clinic.db')!r}, 'rb').read(16))"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout  # noqa: S603 - this program itself
