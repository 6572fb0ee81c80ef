"""`clinic-desktop demo`: a new clinic, filled with made-up people and weeks of work."""

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

from clinic_desktop.cli.demo_bookings import Appointments
from clinic_desktop.cli.demo_consents import agree
from clinic_desktop.cli.demo_devices import plug_in
from clinic_desktop.cli.demo_directory import settle
from clinic_desktop.cli.demo_documents import file_documents
from clinic_desktop.cli.demo_families import families
from clinic_desktop.cli.demo_inbox import write
from clinic_desktop.cli.demo_insurance import Insurers
from clinic_desktop.cli.demo_printers import print_cards
from clinic_desktop.cli.demo_vaccines import children, give_what_is_due
from clinic_desktop.cli.demo_weeks import Weeks
from clinic_desktop.cli.terminal import DONE, Terminal, parser
from clinic_desktop.clock import SetClock, SystemClock
from clinic_desktop.services.clinic import Clinic, confirm_recovery, create_clinic, open_clinic
from clinic_desktop.services.staff import NewStaff, add_staff

PASSPHRASE = "quiet river lantern 42"  # noqa: S105 - of made-up accounts, and printed on their own sign-in page
# Accounts of the demo alone; each is what it is called.
ACCOUNTS = (
    ("doctor", "Demo Doctor", "doctor"),
    ("doctor2", "Second Doctor", "doctor"),
    ("nurse", "Demo Nurse", "nurse"),
    ("pharmacist", "Demo Pharmacist", "pharmacist"),
    ("laboratory", "Demo Laboratory", "laboratory"),
    ("laboratory2", "Second Laboratory", "laboratory"),
    ("frontdesk", "Demo Front Desk", "front_desk"),
    ("cashier", "Demo Cashier", "cashier"),
)
ADMINISTRATOR = ("administrator", "Demo Administrator")


def run(terminal: Terminal, arguments: list[str]) -> int:
    """Make the clinic and let it work for some weeks."""
    words = parser("demo", "Fill a new clinic with made-up people and weeks of work.")
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--days", type=int, default=12, help="working days before today")
    words.add_argument("--visits", type=int, default=10, help="visits a day")
    chosen = words.parse_args(arguments)
    clinic = new_demo(terminal.profile)
    try:
        patients = fill(clinic, chosen.seed, chosen.days, chosen.visits, terminal.progress)
    finally:
        clinic.close()
    terminal.answer(
        {"profile": str(terminal.profile), "patients": patients, "accounts": sign_in_words()},
        [f"The demo clinic stands in {terminal.profile}: {patients} patients.", sign_in_words()],
    )
    return DONE


def sign_in_words() -> str:
    """What the demo's own sign-in page says."""
    names = ", ".join(username for username, _name, _role in ACCOUNTS)
    return f"Demo clinic, made-up people only. Accounts: {names}, {ADMINISTRATOR[0]}. Password of each: {PASSPHRASE}"


def new_demo(profile: Path, name: str = "Harbour Clinic (demo)") -> Clinic:
    """Make an empty clinic with an account of each role; its device secret lies in a file, as its sign-in page says."""
    made = create_clinic(
        profile,
        clinic_name=name,
        username=ADMINISTRATOR[0],
        display_name=ADMINISTRATOR[1],
        password=PASSPHRASE,
        device_secret="file",  # noqa: S106 - where it is kept, not what it is
        demo_sign_in=sign_in_words(),
    )
    clinic, desk = open_clinic(profile, ADMINISTRATOR[0], PASSPHRASE, process="command")
    if not confirm_recovery(clinic, made.recovery_key):
        raise RuntimeError("the recovery key of the demo does not open it")
    for username, display_name, role in ACCOUNTS:
        add_staff(desk, clinic, NewStaff(username, display_name, role, PASSPHRASE))
    clinic.sign_out(desk, "demo made")
    return clinic


def fill(clinic: Clinic, seed: int, days: int, visits: int, progress: Callable[[str], None]) -> int:
    """Let the clinic work, up to this hour of today; returns how many patients it has then."""
    today = datetime.now().astimezone().date()
    working = [day for back in range(days * 2, 0, -1) if (day := today - timedelta(days=back)).weekday() < 6][-days:]
    clock = SetClock(SystemClock().now() - timedelta(days=days * 2))
    clinic.store.clock = clock
    people = {user.username: user.user_id for user in clinic.vault.users}
    weeks = Weeks(clock, random.Random(seed), lambda who: clinic.begin(people[who]))  # noqa: S311 - made-up people
    vaccines = random.Random(seed)  # noqa: S311 - made-up people, drawn apart so that the others stay who they were
    young: tuple[str, ...] = ()
    insurers, booked = Insurers(weeks, seed), Appointments(weeks, seed)
    for place, day in enumerate(working):
        weeks.begin_day(day)
        if place == 0:
            weeks.stock_up(day)
            weeks.enrol(220)
            families(weeks.desk("frontdesk"), [one for one, _ in weeks.known], weeks.is_grown)
            young = children(weeks.desk("frontdesk"), weeks.desk("nurse"), day, vaccines)
            insurers.begin(day)
            settle(weeks)
        _whole_day(weeks, visits, booked)
        insurers.evening()
        give_what_is_due(weeks.desk("nurse"), young[place % len(young)], vaccines)
        _leave(clinic, weeks)
        progress(f"{place + 1} of {days} days, {len(weeks.known)} patients")
    _today(weeks, today)
    agree(weeks, today)
    write(weeks, today)
    print_cards(weeks, clinic.profile / "printed")
    plug_in(weeks)
    _leave(clinic, weeks)
    clinic.store.clock = SystemClock()
    return len(weeks.known)


def _whole_day(weeks: Weeks, visits: int, booked: Appointments) -> None:
    weeks.open_till()
    booked.morning()
    for _visit in range(visits + weeks.draw.randint(-3, 3)):
        patient_id, story = weeks.arrive()
        entry = weeks.check_in(patient_id, story, booked.for_arrival(patient_id))
        weeks.measure(patient_id, story)
        encounter = weeks.consult(patient_id, story, entry)
        order = weeks.order(patient_id, story, encounter)
        prescription = weeks.prescribe(patient_id, story, encounter)
        weeks.sign(encounter, story)
        if order is not None:
            weeks.analyse(patient_id, order)
        if prescription is not None:
            weeks.hand_out(patient_id, prescription)
        weeks.bill(patient_id)
    booked.evening()
    weeks.close_till()


def _today(weeks: Weeks, today: date) -> None:
    """Leave today half done: people wait, results are to be released, prescriptions to be dispensed, money is owed."""
    weeks.begin_day(today)
    now = SystemClock().now()
    if weeks.clock.now() > now - timedelta(hours=3):
        weeks.clock.set(now - timedelta(hours=3))
    file_documents(weeks)
    weeks.open_till()
    weeks.book_ahead(today, 9)
    weeks.book_ahead(today + timedelta(days=1), 7)
    for place in range(9):
        patient_id, story = weeks.arrive()
        entry = weeks.check_in(patient_id, story)
        if place >= 6:
            continue  # still waiting for the nurse
        weeks.measure(patient_id, story)
        if place == 5:
            continue  # measured, waiting for the doctor
        encounter = weeks.consult(patient_id, story, entry)
        order = weeks.order(patient_id, story, encounter)
        prescription = weeks.prescribe(patient_id, story, encounter)
        if place == 4:
            continue  # the doctor has not signed yet
        weeks.sign(encounter, story)
        if order is not None:
            weeks.analyse(patient_id, order, release=place % 2 == 0)
        if prescription is not None and place < 2:
            weeks.hand_out(patient_id, prescription)
        if place < 2:
            weeks.bill(patient_id)


def _leave(clinic: Clinic, weeks: Weeks) -> None:
    """Everybody goes home."""
    for desk in weeks.desks.values():
        clinic.sign_out(desk, "day's end")
