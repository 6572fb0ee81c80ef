"""The reports about the clinic's work: appointments, the queue, practitioners, who the patients are, who saw one."""

from clinic_desktop.domain.reporting import Column, Kind, Ratio, Report

ADMINISTRATOR = frozenset({"administrator"})

PERIOD = Column("period", "Period", Kind.DAY, "The clinic's own day, the Monday of its week, or its month.")


def percent(name: str, title: str, over: str, under: str, formula: str) -> Column:
    """A share in per cent with one decimal."""
    return Column(name, title, Kind.TENTHS, formula, "%", ratio=Ratio(over, under, 1000))


def minutes(name: str, title: str, seconds: str, of: str, formula: str) -> Column:
    """A mean time in minutes with one decimal, of a sum of seconds."""
    return Column(name, title, Kind.TENTHS, formula, "min", ratio=Ratio(seconds, of, 1, 6))


def counted(name: str, title: str, formula: str, *, shown: bool = True) -> Column:
    """A number that is added up."""
    return Column(name, title, Kind.COUNT, formula, total=True, shown=shown)


APPOINTMENTS = Report(
    "appointment-utilization",
    "Appointment utilization",
    "How much of the time that practitioners offer is booked, kept, cancelled and missed?",
    (
        PERIOD,
        Column("practitioner", "Practitioner", wide=3),
        counted("booked", "Booked", "Appointments that begin in the period, whatever became of them."),
        counted("kept", "Kept", "Of these, those whose patient arrived (arrived or completed)."),
        counted("cancelled", "Cancelled", "Of these, those cancelled."),
        counted("missed", "Missed", "Of these, those whose patient did not come (no-show)."),
        counted("open", "Open", "Of these, those that are still to come, or that nobody settled."),
        Column("people", "Patients", Kind.COUNT, "People with one not cancelled; merged registrations once."),
        counted("kept_minutes", "Kept min", "Planned minutes of the appointments kept."),
        counted(
            "offered_minutes", "Offered min",
            "Minutes of working hours on the period's days, by the clock on the wall and the hours that stand now.",
        ),
        percent("missed_rate", "Missed %", "missed", "due", "Missed / (booked - cancelled)."),
        percent("used", "Used %", "kept_minutes", "offered_minutes", "Kept minutes / offered minutes."),
        counted("due", "Due", "Booked - cancelled.", shown=False),
        Column("person", "", shown=False),
    ),
    ADMINISTRATOR,
    chart="booked",
    filters=("practitioner",),
)  # fmt: skip

QUEUE = Report(
    "queue-analytics",
    "Queue analytics",
    "How long do people wait until they are called, and how long are they then seen?",
    (
        PERIOD,
        Column("priority", "Priority", wide=2),
        counted("arrived", "Checked in", "Check-ins in the period."),
        counted("called", "Called", "Of these, those who were called, or whose visit began."),
        counted("seen", "Seen", "Of these, those whose visit to the queue ended as done."),
        counted("gone", "Left", "Of these, those who left without being seen."),
        counted("wait_seconds", "", "Waiting in whole seconds.", shown=False),
        minutes("wait_mean", "Mean wait min", "wait_seconds", "called",
                "Waiting = from check-in to the call, or to the visit's beginning where nobody called; its mean."),
        Column("wait_median", "Median wait min", Kind.TENTHS, "The middle waiting time of those called "
               "(nearest rank: half of them waited no longer).", "min"),
        Column("wait_ninth", "90 % wait min", Kind.TENTHS, "Nine in ten of those called waited no longer "
               "(nearest rank).", "min"),
        Column("wait_longest", "Longest wait min", Kind.TENTHS, "The longest waiting of those called.", "min"),
        counted("service_seconds", "", "Service in whole seconds.", shown=False),
        minutes("service_mean", "Mean service min", "service_seconds", "served",
                "Service = from the end of the waiting until done, of those seen; its mean."),
        counted("served", "", "Called and seen to the end.", shown=False),
    ),
    ADMINISTRATOR,
    chart="wait_mean",
    filters=("priority", "sex"),
)  # fmt: skip

PRACTITIONERS = Report(
    "doctor-performance",
    "Doctor performance",
    "What did each practitioner do, and how promptly was it finished?",
    (
        PERIOD,
        Column("practitioner", "Practitioner", wide=3),
        counted("visits", "Visits", "Visits begun in the period, without void ones and those made elsewhere."),
        Column("people", "Patients", Kind.COUNT, "People in these visits; merged registrations once."),
        counted("signed", "Signed", "Of these, those signed."),
        counted("unsigned", "Not signed", "Of these, those open or waiting for results."),
        percent("completion", "Completed %", "signed", "visits", "Signed / visits."),
        counted("visit_seconds", "", "From the beginning of a visit to its signature.", shown=False),
        minutes("visit_mean", "Mean visit min", "visit_seconds", "signed", "From beginning to signature, its mean."),
        counted("late", "Late", "Signed more than 24 hours after the visit began."),
        counted("prescriptions", "Prescriptions", "Prescriptions signed in the period by this person, not cancelled."),
        counted("lab_orders", "Lab orders", "Laboratory orders of this person in the period, not cancelled."),
        counted("addenda", "Addenda", "Addenda that this person wrote in the period."),
        Column("person", "", shown=False),
    ),
    ADMINISTRATOR,
    chart="visits",
    filters=("practitioner", "sex"),
)  # fmt: skip

DEMOGRAPHICS = Report(
    "patient-demographics",
    "Patient demographics",
    "Who are the clinic's patients on the last day of the period, who is new, and who was seen?",
    (
        Column("dimension", "By", wide=2),
        Column("part", "Group", wide=3),
        Column("people", "Patients", Kind.COUNT,
               "People registered by the last day and not dead by then; merged registrations once."),
        percent("share", "Share %", "people", "everybody", "Patients of the group / all patients."),
        Column("new", "New", Kind.COUNT, "Of these, those registered in the period."),
        Column("seen", "Seen", Kind.COUNT, "Of these, those with a visit here in the period that is not void."),
        Column("everybody", "", Kind.COUNT, "All patients.", shown=False),
    ),
    ADMINISTRATOR,
    grouped=False,
    chart="people",
    filters=("sex",),
    notes=("Age is in completed years on the last day; who was born on 29 February has a birthday on 1 March "
           "in other years.",
           "Insurance is the primary cover that is valid on the last day, else what the registration says."),
)  # fmt: skip

WHO_SAW = Report(
    "who-saw-patient",
    "Who saw this patient",
    "Who opened, printed or changed anything of this patient, when, from where and why?",
    (
        Column("at", "When", Kind.MOMENT, "By the clock on the wall, in the order of the log.", wide=2),
        Column("who", "Who", wide=2),
        Column("username", "Account", wide=2),
        Column("role", "Role", wide=2),
        Column("workstation", "Workstation"),
        Column("what", "What", wide=4),
        Column("reason", "Reason", wide=3),
    ),
    ADMINISTRATOR,
    grouped=False,
    about_patient=True,
)

WORK = (APPOINTMENTS, QUEUE, PRACTITIONERS, DEMOGRAPHICS, WHO_SAW)
