"""Lets the demo clinic work: day after day, every act through the services that people use."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from clinic_desktop.cli.demo_people import somebody
from clinic_desktop.cli.demo_stories import STORIES, VALUES, WORDS, Course, Story
from clinic_desktop.clock import SetClock
from clinic_desktop.domain.prescribing import Dose
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.services import (
    billing,
    cash,
    charting,
    consultation,
    invoices,
    laboratory,
    patients,
    pharmacy,
    prescribing,
    queue,
    results,
    scheduling,
    sheets,
    shelf,
    stock,
    vitals,
)
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.bookings import Booking
from clinic_desktop.services.prescription_lines import LineDraft

ALLERGIES = (("penicillin", "penicillin", "rash"), ("ibuprofen", "nsaid", "wheeze"), ("co-trimoxazole", None, "rash"))
SPECIMEN_MINUTES = 6
BOOKED = Booking("follow_up", note="Please bring your medicines", reminders=("sms",))
# Where a code's first word is not the medicine's.
NAMED = {"ors": "oral rehydration", "ferrous": "ferrous sulfate"}


class Weeks:
    """The demo's days; `desks` gives the desk of each account, signed in afresh each morning."""

    def __init__(self, clock: SetClock, draw: random.Random, sign_in: Callable[[str], Desk]) -> None:
        self.clock = clock
        self.draw = draw
        self._sign_in = sign_in
        self.desks: dict[str, Desk] = {}
        self.known: list[tuple[str, Story]] = []

    def begin_day(self, day: date) -> None:
        """Open the doors at eight."""
        self.clock.set(_local(day, time(8, 0)))
        self.desks = {}

    def desk(self, who: str) -> Desk:
        """The desk of an account, today."""
        if who not in self.desks:
            self.desks[who] = self._sign_in(who)
        return self.desks[who]

    def minutes(self, least: int, most: int) -> None:
        """Let some time pass."""
        self.clock.advance(timedelta(seconds=self.draw.randint(least * 60, most * 60)))

    # The first morning ---------------------------------------------------------------------------------

    def stock_up(self, day: date) -> None:
        """Fill the shelves: two lots of everything, one that expires soon."""
        pharmacist = self.desk("pharmacist")
        for level in shelf.stock_levels(pharmacist):
            least = max(level.reorder_level, 20)
            for lot, months, share in (("A", 4, 1), ("B", 19, 3)):
                expires = day + timedelta(days=30 * months + self.draw.randint(0, 25))
                name = f"{lot}{self.draw.randint(1000, 9999)}"
                stock.receive_stock(pharmacist, level.product_id, name, expires, least * share, reason="opening stock")

    def enrol(self, count: int) -> None:
        """Register people who were patients before the clinic kept its charts here."""
        front = self.desk("frontdesk")
        for _each in range(count):
            story = self.draw.choice(STORIES)
            made = somebody(self.draw, self.clock.now().date(), age=story.ages)
            self.known.append((patients.register_patient(front, made).patient_id, story))

    def is_grown(self, patient_id: str) -> bool:
        """Whether somebody may have children."""
        born = patients.patient_details(self.desk("frontdesk"), patient_id).patient.born_on
        return born is not None and 25 <= (self.clock.now().date() - born).days // 365 <= 45

    # One visit -------------------------------------------------------------------------------------------

    def arrive(self) -> tuple[str, Story]:
        """Somebody comes: known, or new and registered."""
        front = self.desk("frontdesk")
        if self.known and self.draw.random() < 0.7:
            patient_id, story = self.draw.choice(self.known)
            if not self._here(patient_id):
                return patient_id, story
        story = self.draw.choice(STORIES)
        made = somebody(self.draw, self.clock.now().date(), age=story.ages)
        registered = patients.register_patient(front, made)
        self.known.append((registered.patient_id, story))
        return registered.patient_id, story

    def _here(self, patient_id: str) -> bool:
        return any(line.patient_id == patient_id for line in queue.waiting_list(self.desk("frontdesk")))

    def check_in(self, patient_id: str, story: Story, appointment: str | None = None) -> str:
        """Put them into the queue, with their appointment where they have one."""
        self.minutes(1, 3)
        priority = self.draw.choices(("routine", "urgent", "emergency"), (90, 9, 1))[0]
        front = self.desk("frontdesk")
        return queue.check_in(front, patient_id, priority, appointment, complaint=story.complaint).id

    def measure(self, patient_id: str, story: Story) -> None:
        """The nurse takes the vital signs."""
        self.minutes(1, 4)
        systolic, diastolic = story.pressure
        entries = {
            "pressure": f"{systolic + self.draw.randint(-9, 9)}/{diastolic + self.draw.randint(-6, 6)}",
            "heart_rate": str(self.draw.randint(64, 92)),
            "respiratory_rate": str(self.draw.randint(14, 18)),
            "temperature": f"{story.temperature + self.draw.uniform(-0.3, 0.3):.1f}",
            "spo2": str(self.draw.randint(96, 99)),
            "weight": f"{self.draw.uniform(52, 92):.1f}",
        }
        if story.ages[1] <= 12:
            entries |= {"weight": f"{self.draw.uniform(11, 34):.1f}", "heart_rate": str(self.draw.randint(92, 118))}
            entries |= {"respiratory_rate": str(self.draw.randint(20, 26))}
            del entries["pressure"]
        with _told():
            vitals.record_vitals(self.desk("nurse"), patient_id, entries)

    def consult(self, patient_id: str, story: Story, entry: str) -> str:
        """The doctor goes through the steps; returns the encounter, not signed yet."""
        doctor = self.desk("doctor")
        self.minutes(1, 2)
        encounter = consultation.open_consultation(doctor, patient_id, story.preset, entry).encounter_id
        self._ask_allergies(patient_id)
        finding = {f"system.{story.finding[0]}": story.finding[1]}
        pages: list[tuple[str, dict[str, str]]] = [
            ("patient_overview", {"identity.name": "1", "identity.born_on": "1", "alerts_read": "1"}),
            ("symptoms", {"complaint": story.complaint, "onset": story.onset}),
            ("history", {"medicines_reconciled": "1"}),
            ("examination", finding),
            ("diagnosis", {f"diagnosis:{story.code}": f"confirmed {story.title}"}),
            ("plan", {"advice": story.plan}),
        ]
        for step, content in pages:
            self.clock.advance(timedelta(seconds=self.draw.randint(20, 70)))
            with _told():
                consultation.save_step(doctor, encounter, step, content, "completed")
        return encounter

    def _ask_allergies(self, patient_id: str) -> None:
        doctor = self.desk("doctor")
        if patients.patient_banner(doctor, patient_id).allergy_state != "not_asked":
            return
        if self.draw.random() < 0.1:
            substance, group, reaction = self.draw.choice(ALLERGIES)
            found = charting.NewAllergy(substance, allergy_class=group, reaction=reaction, severity="moderate")
            charting.add_allergy(doctor, patient_id, found)
        else:
            charting.confirm_no_known_allergies(doctor, patient_id)

    def order(self, patient_id: str, story: Story, encounter: str) -> str | None:
        """Order what the story asks for."""
        if not story.tests and not story.panels:
            return None
        placed = laboratory.place_order(
            self.desk("doctor"), patient_id, tests=story.tests, panels=story.panels, encounter_id=encounter
        )
        return placed.id

    def prescribe(self, patient_id: str, story: Story, encounter: str) -> str | None:
        """Prescribe what the story asks for; what the safety check stops is not given."""
        doctor = self.desk("doctor")
        with _told():
            if story.courses:
                lines = [_line(doctor, course) for course in story.courses]
                return prescribing.sign_prescription(doctor, patient_id, encounter, lines).prescription_id
        consultation.save_step(doctor, encounter, "prescription", {"no_medicine": "1"}, "completed")
        return None

    def sign(self, encounter: str, story: Story) -> None:
        """Close the visit."""
        doctor = self.desk("doctor")
        after = {"none": "1"}
        if story.weeks:
            after = {"date": (self.clock.now().date() + timedelta(weeks=story.weeks)).isoformat()}
        with _told():
            consultation.save_step(doctor, encounter, "follow_up", after, "completed")
        consultation.sign_consultation(doctor, encounter)

    # Behind the doctor -----------------------------------------------------------------------------------

    def analyse(self, patient_id: str, order_id: str, *, release: bool = True) -> None:
        """Take the specimens, enter values, and have them released by somebody else."""
        self.minutes(2, SPECIMEN_MINUTES)
        bench, second = self.desk("laboratory"), self.desk("laboratory2")
        sheet = sheets.order_sheet(bench, patient_id, order_id)
        kinds = tuple(dict.fromkeys(test.specimen for test in sheet.tests))
        laboratory.collect_specimen(bench, order_id, kinds)
        self.minutes(15, 40)
        sheet = sheets.order_sheet(bench, patient_id, order_id)
        entries = tuple(
            results.Entry(test.order_test_id, self._value(test.test_code), test.version, confirmed=True)
            for test in sheet.tests
        )
        done = results.enter_results(bench, order_id, entries)
        if release:
            self.minutes(3, 12)
            released = results.release_results(second, order_id, tuple((each.result_id, 1) for each in done))
            for result_id in released.to_call_back:
                results.record_callback(second, result_id, "the doctor on duty", read_back=True)

    def _value(self, code: str) -> str:
        odd = self.draw.random() < 0.16
        if code in WORDS:
            return WORDS[code][odd]
        usual, spread, strange = VALUES[code]
        value = strange if odd else self.draw.gauss(usual, spread / 2)
        return f"{value:.0f}" if usual >= 50 else f"{value:.1f}"

    def hand_out(self, patient_id: str, prescription_id: str) -> None:
        """Prepare and dispense by the first expiry."""
        pharmacist = self.desk("pharmacist")
        self.minutes(2, 6)
        order = pharmacy.work_order(pharmacist, patient_id, prescription_id)
        picks = [pick for line in order.lines for pick in line.proposed]
        if picks:
            pharmacy.dispense(pharmacist, prescription_id, picks, counselled=True, expect=order.prescription.revision)

    def bill(self, patient_id: str) -> None:
        """Invoice what was done, and take most of the money."""
        cashier = self.desk("cashier")
        self.minutes(1, 4)
        charges = [charge.id for charge in billing.pending_charges(cashier, patient_id)]
        if not charges:
            return
        made = invoices.issue_invoice(cashier, patient_id, charges)
        if made.patient_owes and self.draw.random() < 0.92:
            part = made.patient_owes if self.draw.random() < 0.85 else max(made.patient_owes // 2, 1)
            method = self.draw.choices(("cash", "card", "mobile_money"), (60, 15, 25))[0]
            cash.take_payment(cashier, made.id, amount=part, method=method)

    def open_till(self) -> None:
        """Open the cashier's shift."""
        if cash.my_shift(self.desk("cashier")) is None:
            cash.open_shift(self.desk("cashier"), 10_000)

    def close_till(self) -> None:
        """Count the till at the day's end."""
        cashier = self.desk("cashier")
        shift = cash.my_shift(cashier)
        if shift is not None:
            cash.close_shift(cashier, counted_cash=shift.expected_cash)

    def book_ahead(self, day: date, count: int) -> None:
        """Fill the day board of a day."""
        front = self.desk("frontdesk")
        doctors = scheduling.practitioners(front)
        for _each in range(count):
            if not self.known or not doctors:
                return
            patient_id, story = self.draw.choice(self.known)
            start = _local(day, time(9, 0)) + timedelta(minutes=15 * self.draw.randint(0, 28))
            with _told():
                doctor = self.draw.choice(doctors).staff_id
                scheduling.book(front, patient_id, doctor, start, 15, reason=story.complaint, more=BOOKED)


@contextmanager
def _told() -> Iterator[None]:
    """A refusal is a part of life in a clinic: it is heard, and that thing is not done."""
    try:
        yield
    except Refusal:
        return


def _line(desk: Desk, course: Course) -> LineDraft:
    name = course.code.split("_")[0]
    hits = [hit.medicine for hit in prescribing.find_medicines(desk, NAMED.get(name, name))]
    found = next(medicine for medicine in hits if medicine.code == course.code)
    dose = Dose(Decimal(course.amount), found.unit, found.route, course.frequency, course.days)
    return LineDraft(
        name=found.name,
        dose=dose,
        quantity_unit=found.unit,
        medicine_code=course.code,
        form=found.form,
        strength=found.strength,
    )


def _local(day: date, at: time) -> datetime:
    return datetime.combine(day, at).astimezone()
