"""A small clinic beside a system that only shows most of what is written here; nothing of it is ever asked."""

from clinic_desktop.clock import new_id
from clinic_desktop.exchange.post_office import PostOffice
from clinic_desktop.services import billing, invoices
from clinic_desktop.services.remotes import House, add_remote
from sync.engine.intake import Intake
from sync.engine.store.rows import Rows
from sync.engine.store.tables import Link, Work
from sync.engine.telling import tell
from tests.journeys.small_clinic import Clinic

SYSTEM = "practice_studio"
ONLY_SHOWN = "Practice Studio only shows these: what was written here stays here."
SECRETS = {"client_id": "c", "client_secret": "s", "scope": "x"}
BEGAN, DAY = 1_772_000_000.0, 86_400.0


def connected(clinic: Clinic) -> None:
    """The system is on, and cannot be reached."""
    add_remote(clinic.desk_for("administrator"), SYSTEM, "http://127.0.0.1:9", SECRETS)


def visits(clinic: Clinic, count: int) -> None:
    """So many visits that it has no call for, one a day; beside them a cancelled appointment that it has."""
    with clinic.store.write(act=new_id(), session=None) as unit:
        rows = Rows(unit)
        rows.put_all([
            Work(SYSTEM, "encounter", f"e{n:05}", clinic.patient, 1, state="cannot", why=ONLY_SHOWN,
                 since=BEGAN + n * DAY / 24)
            for n in range(count)
        ])  # fmt: skip
        rows.put(Link(SYSTEM, "appointment", "APT-1", clinic.appointment))
        rows.put(Work(SYSTEM, "appointment", clinic.appointment, clinic.patient, 2, 1, "cannot",
                      "The appointment is cancelled here.", since=BEGAN + 900 * DAY))  # fmt: skip


def invoiced(clinic: Clinic, count: int) -> list[str]:
    """So many invoices, as the cashier issues them."""
    cashier = clinic.desk_for("cashier")
    made = (billing.charge_by_hand(cashier, clinic.patient, "drafted", 1) for _ in range(count))
    return [invoices.issue_invoice(cashier, clinic.patient, [one]).id for one in made]


def work(clinic: Clinic, kind: str = "invoice") -> None:
    """The post office follows the chart, and decides what each record of a kind needs next."""
    office = PostOffice(House.of(clinic.desk_for("administrator")), only=SYSTEM)
    try:
        one = office.engine.offices[SYSTEM]
        one.start()
        intake = Intake(one.desk)
        for _batch in range(5):
            intake.take_in()
        with office.reading() as unit:
            due = Rows(unit).find(Work, system=SYSTEM, kind=kind, state="waiting")
        for each in due:
            tell(one.desk, kind, each.local_id)
    finally:
        office.close()
