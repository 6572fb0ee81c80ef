"""Every service is in the table, and the table is asked before any row is read."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from datetime import timedelta
from typing import NoReturn

import pytest

from clinic_desktop import services
from clinic_desktop.clock import SetClock
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.services import permissions, roles
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.sessions import LONGEST, Session
from tests.conftest import NOW

# What may be called before anybody has signed in: it asks the vault, or makes the clinic that one signs in to.
BEFORE_SIGN_IN = {
    "clinic.create_clinic", "clinic.open_clinic", "clinic.open_with_key", "clinic.confirm_recovery",
    "permissions.require", "acts.command", "acts.query", "workstations.new_code", "recovery.check_recovery",
    "inbox.escalate", "jobs.begin_run", "jobs.end_run",  # by the background process, with nobody signed in
    "device_views.board",  # the screen in the waiting room goes on while the person's own is locked
}  # fmt: skip
# A draft typed just before the lock must still be kept.
ALSO_WHILE_LOCKED = {"drafts.keep_draft"}


# Reads that leave no row in the access log of their own, each with the reason.
CATALOGUES = "nothing of a patient"
WORK_LISTS = "a list of work waiting for this role: who is on it, not what their chart says"
OPENED = "refuses what this session has not opened, and the opening left the row"
SEARCHES = "the use of the search box leaves its two rows"
OWN = "what this person has under their own hands"
BESIDE = "asked with the banner, which leaves the row"
IDS = "ids alone: what stands behind one is read by a query that leaves its row"
NO_ACCESS_ROW = {
    IDS: {"arrivals.which_are_here", "arrivals.foreseen", "departures.patients_to_export",
          "research.willing", "research.traces", "devices.unfiled_messages",
          "scanning.place_of_code", "scanning.place_of_number"},
    CATALOGUES: {
        "about.clinic_facts", "administration.clinic_settings", "administration.formulary",
        "administration.lab_catalogue", "administration.price_list", "billing.price_list", "cash.my_shift",
        "cash.recent_shifts", "counts.counts", "imports.saved_mappings", "laboratory.catalogue",
        "prescribing.find_medicines", "prescribing.known_medicines", "reference.list_packs", "scheduling.free_times",
        "scheduling.practitioners", "shelf.ledger", "shelf.lots", "shelf.stock_levels", "staff.staff_members",
        "substances.find_substances", "terminology.diagnosis", "terminology.find_diagnoses", "worklist.counts",
        "worklist.sections", "access.who_saw", "inbox.addressees", "inbox.unread",
        "programmes.catalogue", "consents.consent_wording",
        "vaccine_stock.vaccine_lots",
        "immunization_chart.last_lot", "immunization_reference.schedules", "immunization_reference.find_vaccines",
        "immunization_reference.find_manufacturers",
        "departures.parties", "departures.all_parties", "departures.binaries", "departures.content",
        "directory.pharmacies", "directory.places", "hours.working_hours",
        "research.known_words", "research.exports_made",
        "insurance.insurers_known", "insurance.plans_known", "remotes.remote_systems", "remotes.last_change",
        "remotes.told_apart", "remotes.webhook_address",
        "devices.device_counts", "device_controls.control_log", "jobs.job_history", "packs.seen_pack",
        "printing.printers", "printing.printer_for", "printing.printed_before", "printing.prints",
        "pairing.paired", "device_views.called", "device_scans.scan", "device_reviewing.waiting",
        "device_health.senders", "device_health.sent_by",
        "station_prints.waiting_prints",
        "station_prints.print_content",
        "dashboard.today_numbers", "dashboard.trend", "dashboard_now.queue_now", "dashboard_now.laboratory_now",
        "dashboard_now.pharmacy_now", "dashboard_now.money_now", "dashboard_quality.quality_now",
        "dashboard_office.jobs_health", "dashboard_office.screen_speeds",
        "templates.templates", "templates.template_versions",
        "reporting.filter_choices", "report_queries.kept_queries",
    },
    WORK_LISTS: {
        "billing.patients_to_bill", "cash.day_end", "prescribed.prescribed_by_me",
        "home.waits_for_me", "identity.duplicates",
        "invoices.unpaid_invoices", "pharmacy.queue", "queue.waiting_list", "scheduling.day_board",
        "worklist.critical_results", "worklist.worklist", "refills.waiting_refills", "merging.merge_by_id",
        "break_glass.to_review", "devices.review_list", "devices.raw_message", "remotes.whom",
        "device_registrations.told_registrations", "downtime.todays_patients", "device_views.waiting",
        "claim_batches.batches", "claim_views.claims_in", "claim_views.to_claim",
    },
    OPENED: {        "templates.filled_template",
"chart.chart_again", "chart.resolved_problems", "chart.timeline", "encounters.consultation_again",
             "vitals.vitals_trend", "document_reading.documents_again", "document_reading.referral_start",
             "document_reading.search_in_chart",
             "immunization_chart.immunization_card_again", "immunization_chart.vaccines_waiting"},
    SEARCHES: {"numbers.patient_by_mrn", "patients.find_patients", "patients.recent_patients"},
    OWN: {"drafts.draft", "drafts.my_drafts", "encounters.my_open_consultations", "unfinished.unfinished_work",
          "inbox.inbox", "break_glass.my_glass"},
    BESIDE: {"break_glass.record_state"},
}  # fmt: skip


class TouchedError(Exception):
    """The store was reached."""


class Untouchable:
    """A store that tells when anything of it is used but its clock."""

    def __init__(self, clock: SetClock) -> None:
        self.clock = clock

    def __getattr__(self, name: str) -> NoReturn:
        raise TouchedError(name)


def public_functions() -> dict[str, Callable[..., object]]:
    """Every public function of every service module, under ``module.function``."""
    found: dict[str, Callable[..., object]] = {}
    for module_info in pkgutil.iter_modules(services.__path__):
        module = importlib.import_module(f"clinic_desktop.services.{module_info.name}")
        for name, thing in vars(module).items():
            if inspect.isfunction(thing) and not name.startswith("_") and thing.__module__ == module.__name__:
                found[f"{module_info.name}.{name}"] = thing
    return found


def first_word(function: Callable[..., object]) -> str:
    """The annotation of the first parameter, as written."""
    parameters = list(inspect.signature(function).parameters.values())
    if not parameters:
        return ""
    annotation = parameters[0].annotation
    return annotation if isinstance(annotation, str) else getattr(annotation, "__name__", str(annotation))


FUNCTIONS = public_functions()
# `acts` is what asks the table, and no service itself.
CALLED_BY_A_DESK = {
    name: function
    for name, function in FUNCTIONS.items()
    if (hasattr(function, "act") or first_word(function) == "Desk") and not name.startswith("acts.")
}


def test_every_service_called_by_a_desk_is_in_the_table() -> None:
    assert sorted(set(CALLED_BY_A_DESK) - set(permissions.ACTS)) == []


def test_the_table_names_nothing_that_is_not_there() -> None:
    assert sorted(set(permissions.ACTS) - set(CALLED_BY_A_DESK)) == []


def test_every_read_about_a_patient_leaves_who_saw_it_or_says_why_not() -> None:
    without = {name for name, each in CALLED_BY_A_DESK.items() if each.__dict__.get("access", "no query") is None}
    assert without == set().union(*NO_ACCESS_ROW.values())
    for name in NO_ACCESS_ROW[OPENED]:
        assert "require_opened(" in inspect.getsource(CALLED_BY_A_DESK[name]), name


def test_every_other_public_function_cannot_reach_a_row_by_itself() -> None:
    loose = []
    for name, function in FUNCTIONS.items():
        if name in CALLED_BY_A_DESK or name in BEFORE_SIGN_IN:
            continue
        words = [str(parameter.annotation) for parameter in inspect.signature(function).parameters.values()]
        if any("Store" in word or "Clinic" in word or "Vault" in word for word in words):
            loose.append(name)
    assert loose == []


def test_the_table_speaks_of_the_seven_roles_alone() -> None:
    assert set().union(*permissions.ACTS.values()) <= set(roles.ROLES)
    assert all(permissions.ACTS.values())


def call(name: str, desk: Desk) -> None:
    """Call a service with arguments that mean nothing: permission must be asked before they matter."""
    function = CALLED_BY_A_DESK[name]
    required = [
        parameter
        for parameter in list(inspect.signature(function).parameters.values())[1:]
        if parameter.default is parameter.empty and parameter.kind is not parameter.VAR_KEYWORD
    ]
    positional = ["x" for parameter in required if parameter.kind is not parameter.KEYWORD_ONLY]
    by_name = {parameter.name: "x" for parameter in required if parameter.kind is parameter.KEYWORD_ONLY}
    function(desk, *positional, **by_name)


@pytest.fixture
def desk_of(clock: SetClock) -> Callable[[str], Desk]:
    """A desk whose store must not be touched."""

    def desk(role: str) -> Desk:
        session = Session("s", "p", role, "X", role, "A7", NOW)
        return Desk(Untouchable(clock), session)  # type: ignore[arg-type]  # the point is that it is never used

    return desk


@pytest.mark.parametrize("name", sorted(CALLED_BY_A_DESK))
def test_who_may_and_who_may_not(name: str, desk_of: Callable[[str], Desk], clock: SetClock) -> None:
    allowed = permissions.ACTS.get(name, frozenset())
    for role in (*roles.ROLES, "", "nobody"):
        desk = desk_of(role)
        if role in allowed:
            with pytest.raises(Exception) as reached:  # noqa: PT011 - anything but a refusal says that it went on
                call(name, desk)
            assert not _is_denial(reached.value), f"{role} may {name} and was refused"
        else:
            with pytest.raises(Refusal) as refused:
                call(name, desk)
            assert _is_denial(refused.value)
    if not allowed:
        return
    for state in ("locked", "ended", "expired"):
        desk = desk_of(min(allowed))
        if state == "locked":
            desk.session.lock()
        elif state == "ended":
            desk.session.end()
        else:
            clock.advance(LONGEST + timedelta(seconds=1))
        if name in ALSO_WHILE_LOCKED and state != "ended":
            continue
        with pytest.raises(Refusal) as refused:
            call(name, desk)
        assert _is_denial(refused.value), f"{name} while {state}"


def _is_denial(error: BaseException) -> bool:
    words = str(error)
    return isinstance(error, Refusal) and (
        "may not do this" in words or "locked" in words or "signed" in words.lower() or "password" in words
    )
