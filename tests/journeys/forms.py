"""Every form there is: its screen, a role, what it opens with, how it is reached, and how many fields it has."""

from collections.abc import Callable
from datetime import date

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from clinic_desktop.gui.screens.administration.section import ListSection
from clinic_desktop.gui.shell.screen import ScreenView
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.services import (
    immunizations,
)  # fmt: skip
from clinic_desktop.services.immunizations import NewImmunization
from tests.journeys import begun_review, begun_sync, twice
from tests.journeys.begun_claims import claimed, covered
from tests.journeys.begun_documents import begin_documents, titled, unfold
from tests.journeys.small_clinic import Clinic

TODAY = date(2026, 3, 10)

Reach = Callable[[Clinic, ScreenView], None]


def press(name: str) -> Reach:
    """Reach a form by its button."""

    def reach(_clinic: Clinic, view: ScreenView) -> None:
        button = view.findChild(QPushButton, name)
        assert button is not None, name
        assert button.isEnabled(), name
        button.click()

    return reach


def steps(*reaches: Reach) -> Reach:
    """Reach a form by one after another."""

    def reach(clinic: Clinic, view: ScreenView) -> None:
        for each in reaches:
            each(clinic, view)
            QTest.qWait(5)

    return reach


def row(table: str, place: int = 0) -> Reach:
    """Choose a row of a list."""

    def reach(_clinic: Clinic, view: ScreenView) -> None:
        lists: list[ListTable[object]] = view.findChildren(ListTable)
        next(one for one in lists if one.view.objectName() == table).select_row(place)

    return reach


def there(_clinic: Clinic, _view: ScreenView) -> None:
    """The form is there when the screen opens."""


def section(name: str, *, new: bool = False) -> Reach:
    """A section of the administrator's screen: its first row, or a new one."""

    def reach(_clinic: Clinic, view: ScreenView) -> None:
        page = view._pages[name]  # type: ignore[attr-defined]
        if isinstance(page, ListSection):
            page.begin_new() if new else page.table.select_row(0)

    return reach


def about_appointment(clinic: Clinic) -> dict[str, str]:
    return {"appointment_id": clinic.appointment}


def about_patient(clinic: Clinic) -> dict[str, str]:
    return {"patient_id": clinic.patient}


def about_visit(step: str) -> Callable[[Clinic], dict[str, str]]:
    return lambda clinic: about_patient(clinic) | {"encounter_id": clinic.encounter, "step": step}


def about_order(clinic: Clinic) -> dict[str, str]:
    return about_patient(clinic) | {"order_id": clinic.order}


def about_prescription(clinic: Clinic) -> dict[str, str]:
    return about_patient(clinic) | {"prescription_id": clinic.prescription}


def charged(clinic: Clinic) -> dict[str, str]:
    clinic.charge()
    return about_patient(clinic)


def invoiced(clinic: Clinic) -> dict[str, str]:
    return {"invoice_id": clinic.invoice()}


def vaccinated(clinic: Clinic) -> dict[str, str]:
    """A patient with one dose given."""
    new = NewImmunization("", "140", occurred_on=TODAY, lot="L1")
    immunizations.record_immunization(clinic.desk_for("nurse"), clinic.patient, new)
    return about_patient(clinic)


def plain(**arguments: str) -> Callable[[Clinic], dict[str, str]]:
    return lambda _clinic: arguments


def more_of_the_line(clinic: Clinic, view: ScreenView) -> None:
    """What few lines of a prescription need; it is open already where something stands in it."""
    if view.editor.more.isHidden():  # type: ignore[attr-defined]
        press("prescribing.more")(clinic, view)


WHY = press("consultation.leave_out")
LEVEL = row("stock.levels")


def chart_form(form: str) -> Callable[[Clinic], dict[str, str]]:
    """The chart of the patient with one of its forms open."""
    return lambda clinic: about_patient(clinic) | {"form": form}


def with_documents(form: str) -> Callable[[Clinic], dict[str, str]]:
    """The documents of the patient, some of them begun, with one of their forms open."""

    def arguments(clinic: Clinic) -> dict[str, str]:
        begin_documents(clinic.desk_for("doctor"), clinic.patient, TODAY)
        return about_patient(clinic) | {"form": form}

    return arguments


FORMS: dict[str, tuple[str, str, Callable[[Clinic], dict[str, str]], Reach, int]] = {
    # name: screen, role, arguments, how the form is reached, how many fields it has at least
    "registration": ("reception", "front_desk", plain(), there, 5),
    "a query": ("reports", "administrator", plain(), press("reports.query"), 20),
    "registration of somebody known": ("reception", "front_desk", about_patient, there, 5),
    "two registrations": ("merge", "front_desk", twice.registered, there, 3),
    "two registrations parted": ("unmerge", "front_desk", twice.merged, there, 1),
    "two people": ("duplicates", "front_desk", twice.listed, press("duplicates.different"), 1),
    "check-in": ("queue", "front_desk", plain(), there, 4),
    "leaving the queue": ("queue", "nurse", plain(), press("queue.left"), 1),
    "booking": ("schedule", "front_desk", plain(), there, 6),
    "booking with more": ("schedule", "front_desk", plain(), unfold("More: kind, place, reminders"), 13),
    "moving": ("schedule", "front_desk", about_appointment, press("schedule.move"), 4),
    "cancelling": ("schedule", "front_desk", about_appointment, press("schedule.cancel"), 1),
    **{
        f"chart {form}": ("chart", "doctor", chart_form(form), there, n)
        for form, n in (("vitals", 8), ("problem", 3), ("allergy", 3), ("medicine", 3))
    },
    **{
        f"consultation {step}": ("consultation", "doctor", about_visit(step), there, n)
        for step, n in (
            ("patient_overview", 5), ("symptoms", 3), ("history", 2), ("vitals", 8), ("examination", 8),
            ("investigations", 2), ("diagnosis", 1), ("prescription", 1), ("plan", 1), ("follow_up", 2),
        )
    },
    "a step left out": ("consultation", "doctor", about_visit("examination"), WHY, 8),
    "connecting a system": ("sync", "administrator", lambda _clinic: {"show": "connect"}, there, 2),
    "another value": ("sync", "administrator", begun_sync.waits("field"), there, 1),
    "a lost answer": ("sync", "administrator", begun_sync.waits("doubt"), there, 2),
    "a system told by hand": ("sync", "administrator", begun_sync.waits("cannot"), there, 1),
    "who is who there": ("sync", "administrator", begun_sync.staffed, press("sync.who_is_who"), 1),
    "a device to let in": ("devices", "administrator", plain(show="paired"), there, 2),
    "what is listened to": ("devices", "administrator", plain(show="listeners"), there, 8),
    "setting a result aside": ("review", "laboratory", begun_review.doubtful, there, 2),
    "registering somebody told": ("review", "front_desk", begun_review.told("new"), there, 15),
    "taking over what was told": ("review", "front_desk", begun_review.told("news"), there, 5),
    "merging what was told": ("review", "front_desk", begun_review.told("merge"), there, 4),
    "a task for oneself": ("inbox", "nurse", plain(), there, 3),
    "a message": ("inbox", "administrator", plain(), there, 5),
    "a refill": ("refills", "pharmacist", about_patient, there, 3),
    "growth": ("growth", "nurse", about_patient, there, 5),
    "adding a document": ("documents", "doctor", with_documents("add"), unfold("More about it"), 9),
    "writing": ("documents", "doctor", with_documents("write"), there, 3),
    **{
        f"{act} a document": ("documents", "doctor", with_documents(""),
                              steps(titled(title), press(f"documents.{act}")), n)
        for act, title, n in (("edit", "Sick note", 4), ("error", "Sick note", 1), ("copy", "To cardiology", 1))
    },
    "a dose given": ("immunizations", "nurse", chart_form("record"), there, 9),
    "a vaccine not given": ("immunizations", "nurse", chart_form("decline"), there, 4),
    "a reaction": ("immunizations", "nurse", vaccinated,
                   steps(row("immunizations.given"), press("immunizations.add_reaction")), 4),
    "a dose in error": ("immunizations", "nurse", vaccinated,
                        steps(row("immunizations.given"), press("immunizations.was_error")), 1),
    "a cover": ("insurance", "front_desk", covered, there, 7),
    "a cover's end": ("insurance", "cashier", covered, row("insurance.covers"), 9),
    "a claim and its line": ("claims", "cashier", claimed("draft"), row("claims.list"), 6),
    "an insurer's answer": ("claims", "cashier", claimed("sent"), row("claims.list"), 6),
    "cancelling a claim": ("claims", "cashier", claimed("draft"),
                           steps(row("claims.list"), press("claims.cancel")), 1),
    "an insurer": ("claims", "administrator", plain(show="insurers"), there, 6),
    "a plan": ("claims", "administrator", plain(show="insurers"), press("claims.kind.plan"), 7),
    "prescription": ("prescribing", "doctor", about_patient, there, 8),
    "prescription with more": ("prescribing", "doctor", about_patient, more_of_the_line, 14),
    "laboratory order with more": ("order", "doctor", about_patient,
                                   unfold("More: why, and how the specimen is taken"), 7),
    "laboratory order": ("order", "doctor", about_patient, there, 2),
    "results": ("laboratory", "laboratory", about_order, there, 5),
    "correction": ("laboratory", "laboratory", about_order, press("laboratory.correct.potassium"), 5),
    "cancelling an order": ("laboratory", "laboratory", about_order, press("laboratory.cancel"), 1),
    "dispensing": ("pharmacy", "pharmacist", about_prescription, there, 2),
    "sending back": ("pharmacy", "pharmacist", about_prescription, press("pharmacy.reject"), 1),
    "receiving": ("stock", "pharmacist", plain(act="receive"), LEVEL, 3),
    "counting": ("stock", "pharmacist", plain(act="count"), LEVEL, 2),
    "adjusting": ("stock", "pharmacist", plain(act="adjust"), LEVEL, 2),
    "invoice to be": ("billing", "cashier", charged, there, 3),
    "taking a charge off": ("billing", "cashier", charged,
                            steps(row("billing.charges"), press("billing.take_off")), 1),
    "a charge's codes": ("billing", "cashier", charged, steps(row("billing.charges"), press("billing.code")), 7),
    "payment": ("billing", "cashier", invoiced, there, 3),
    "void": ("billing", "cashier", invoiced, press("billing.void"), 1),
    "giving back": ("billing", "cashier", invoiced, steps(row("billing.payments"), press("billing.refund")), 1),
    "opening a shift": ("billing", "cashier", plain(show="shift"), there, 1),
    "somebody on the staff": ("administration", "administrator", plain(section="staff"), section("staff"), 3),
    "somebody new": ("administration", "administrator", plain(section="staff"), section("staff", new=True), 3),
    "somebody's numbers": ("administration", "administrator", plain(section="staff"),
                           steps(section("staff"), unfold("Numbers, reach and hours")), 10),
    "a place": ("administration", "administrator", plain(section="places"), section("places"), 7),
    "a pharmacy": ("administration", "administrator", plain(section="pharmacies"), section("pharmacies", new=True), 9),
    "closing an account": ("administration", "administrator", plain(section="staff"),
                           steps(section("staff"), press("administration.close_account")), 1),
    "a price": ("administration", "administrator", plain(section="prices"), section("prices"), 2),
    "a product": ("administration", "administrator", plain(section="formulary"), section("formulary"), 3),
    "a test with its ranges": ("administration", "administrator", plain(section="catalogue"), section("catalogue"), 10),
    "a new range": ("administration", "administrator", plain(section="catalogue"),
                    steps(section("catalogue"), press("administration.new_range")), 10),
    "taking a range out": ("administration", "administrator", plain(section="catalogue"),
                           steps(section("catalogue"), press("administration.retire_range")), 1),
    "an import": ("imports", "administrator", plain(), there, 3),
    "an export for research": ("administration", "administrator", plain(section="research"), section("research"), 3),
    "a printer": ("administration", "administrator", plain(section="printers"), section("printers", new=True), 9),
    "a template": ("administration", "administrator", plain(section="templates"), section("templates", new=True), 4),
    "the letterhead": ("administration", "administrator", plain(section="letterhead"), section("letterhead"), 2),
    "settings": ("administration", "administrator", plain(section="settings"), section("settings"), 3),
}  # fmt: skip
