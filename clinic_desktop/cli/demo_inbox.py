"""The demo clinic's inboxes: messages to roles and people, tasks of one's own, and refills that wait."""

from datetime import date, timedelta

from clinic_desktop.cli.demo_weeks import Weeks
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.services import inbox, refills, staff
from clinic_desktop.services.inbox import Notice

NOTES = (
    ("nurse", "high", "The vaccine refrigerator is to be read twice a day",
     "Write both values on the sheet at its door; above 8 °C, call the pharmacist."),
    ("doctor", "normal", "Meeting on Thursday at half past one", "New leaflets, the recall of a lot, the rota."),
    ("front_desk", "normal", "Ask everybody for the new insurance card", "Harbour Mutual has renewed its numbers."),
    ("laboratory", "normal", "The analyser is serviced tomorrow morning", "Urgent potassium goes to the hospital."),
    ("pharmacist", "high", "Count the controlled medicines before the weekend", ""),
    ("cashier", "low", "New rolls for the receipt printer are in the store room", ""),
)  # fmt: skip
ASKED = ("The patient", "A daughter", "The pharmacy in the market", "The patient")
HOW = ("in_person", "telephone", "pharmacy", "telephone")


def write(weeks: Weeks, today: date) -> None:
    """Send messages, set tasks, and let four patients ask for a medicine again; one of them is refused."""
    admin = weeks.desk("administrator")
    for to, priority, title, body in NOTES:
        inbox.send(admin.once(), Notice("message", priority, title, to, body))
    for one in staff.staff_members(admin):
        if one.role == "doctor":
            inbox.send(admin.once(), Notice("task", "normal", "Please look over the new refill rules", one.id))
            break
    for who, title in (("doctor", "Call the cardiologist about the second opinion"), ("nurse", "Order dressings")):
        inbox.remind_me(weeks.desk(who).once(), title, due_on=today + timedelta(days=2))
    _ask_refills(weeks)


def _ask_refills(weeks: Weeks) -> None:
    front, doctor = weeks.desk("frontdesk"), weeks.desk("doctor")
    asked: list[str] = []
    for patient, _story in weeks.known:
        if len(asked) == len(ASKED):
            break
        try:
            found = next((line for line in refills.refillable(front, patient) if not line.waiting), None)
            if found is not None:
                asked.append(refills.ask_refill(front.once(), patient, found.line_id, asked_by=ASKED[len(asked)],
                                                asked_how=HOW[len(asked)], note="Three days left"))  # fmt: skip
        except Refusal:
            continue  # a restricted record, or a prescription that was taken back
    if len(asked) == len(ASKED):
        refills.refuse_refill(doctor.once(), asked[-1], "To be seen first: the last pressure was high", expect=1)
