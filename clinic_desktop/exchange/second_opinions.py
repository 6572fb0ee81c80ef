"""What a connected system says when a person asks it, beside what this clinic says of the same.

Nothing that is answered is taken into the chart. A question about a patient asks our own record first, so that the
role, the consent and the access log are those of any other look at that patient.
"""

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from clinic_desktop.domain.refusals import Refusal, Trouble
from clinic_desktop.domain.systems import SYSTEMS
from clinic_desktop.exchange.outgoing import bundle_of
from clinic_desktop.exchange.post_office import PostOffice, in_words, instant
from clinic_desktop.exchange.validation.checking import check_resource
from clinic_desktop.i18n import N_, _
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.consents import consents_of
from clinic_desktop.services.counts import counts
from clinic_desktop.services.invoices import invoices_of
from clinic_desktop.services.numbers import patient_by_mrn
from clinic_desktop.services.permissions import require
from clinic_desktop.services.prescribing import ShownAlert, check_current, medication_chart
from clinic_desktop.services.scheduling import free_times, practitioners
from sync.port import Kind
from sync.records.exact import dumps
from sync.remotes.arocord_hims.client import REPORTS
from sync.transport.outcomes import NoBudget, NotThere, Outcome

LONGEST_DAYS = 62
MOST_MEDICINES = 100
PATIENCE_SECONDS = 15.0


@dataclass(frozen=True)
class Wanted:
    """What a question is about; each asks for some of these."""

    patient: str | None = None  # record number
    practitioner: str | None = None  # here (id or name), or the id there
    first: date | None = None
    last: date | None = None
    report: str | None = None
    format: str | None = None


@dataclass(frozen=True)
class Answered:
    """What the system said, and what this clinic says of the same; `file` where the answer is one."""

    theirs: Any
    ours: Any = None
    file: bytes | None = None


@dataclass(frozen=True)
class Asking:
    """A question on its way: who asks, the system's remote, and who is who there."""

    desk: Desk
    remote: Any
    wanted: Wanted
    there: Callable[[Kind, str], str | None]
    patient_id: str = ""

    @property
    def patient_there(self) -> str:
        """The id there of the patient. Raises Refusal."""
        found = self.there(Kind.PATIENT, self.patient_id)
        if found is None:
            raise Refusal(N_("This patient is not known to that system yet."), field="patient")
        return found

    @property
    def days(self) -> tuple[date, date]:
        """From when to when. Raises Refusal."""
        first, last = self.wanted.first, self.wanted.last
        if first is None or last is None:
            raise Refusal(N_("Say from which day to which."), field="from")
        if last < first or (last - first).days > LONGEST_DAYS:
            raise Refusal(N_("The days go forward, and are {most} at most."), field="to", most=LONGEST_DAYS)
        return first, last

    @property
    def provider(self) -> tuple[str | None, str]:
        """The practitioner here (None for one who is not), and the id there. Raises Refusal."""
        named = self.wanted.practitioner
        if not named:
            raise Refusal(N_("Say whose: the practitioner here, or the id there."), field="practitioner")
        found = [one.staff_id for one in practitioners(self.desk) if named in {one.staff_id, one.name}]
        if not found:
            return None, named
        there = self.there(Kind.PRACTITIONER, found[0])
        if there is None:
            raise Refusal(N_("This person is not known to that system: give the id there."), field="practitioner")
        return found[0], there


Question = Callable[[Asking], Answered]


@dataclass(frozen=True)
class Asked:
    """One question that a system answers: who may ask it, and whether it is about a patient."""

    ask: Question
    act: str
    patient: bool = False


QUESTIONS: dict[str, dict[str, Asked]] = {name: {} for name in SYSTEMS}


def question(system: str, what: str, act: str, *, patient: bool = False) -> Callable[[Question], Question]:
    """Put a question into the table; `act` is the act whose roles may ask it."""

    def put(ask: Question) -> Question:
        QUESTIONS[system][what] = Asked(ask, act, patient)
        return ask

    return put


def ask(office: PostOffice, desk: Desk, system: str, what: str, wanted: Wanted) -> Answered:
    """Ask a system. Raises Refusal where the role or the consent does not allow it, Trouble where none answers."""
    asked = QUESTIONS[system].get(what)
    if asked is None:
        raise Refusal(
            N_("{system} is not asked for “{what}”. Known: {known}."), field="what",
            system=SYSTEMS[system].title, what=what[:40], known=", ".join(QUESTIONS[system]),
        )  # fmt: skip
    require(desk.session.role, asked.act)
    patient = ""
    if asked.patient:
        if not wanted.patient:
            raise Refusal(N_("Say which patient: --patient MRN."), field="patient")
        patient = patient_by_mrn(desk, wanted.patient)

    def put() -> Answered:
        return office.engine.ask(
            system,
            what,
            lambda remote, there: asked.ask(Asking(desk, remote, wanted, there, patient)),
        )

    try:
        return _patiently(desk, put)
    except NotThere as error:
        raise Refusal(N_("{system} knows nothing of that id."), field="what", system=SYSTEMS[system].title) from error
    except NoBudget as error:
        raise Trouble(
            N_("The limit of {system} is used up until {when}."), remedy=N_("Ask again then."),
            system=SYSTEMS[system].title, when=instant(error.until),
        ) from error  # fmt: skip
    except Outcome as error:
        raise in_words(system, error) from error


def _patiently(desk: Desk, put: Callable[[], Answered]) -> Answered:
    """A limit of some seconds is waited for."""
    try:
        return put()
    except NoBudget as error:
        wait = error.until - desk.now.timestamp()
        if wait > PATIENCE_SECONDS:
            raise
        time.sleep(max(0.0, wait) + 0.05)
    return put()


@question("healify", "slots", "scheduling.free_times")
def _slots(asking: Asking) -> Answered:
    """Healify's free times of somebody, beside our own."""
    first, last = asking.days
    here, there = asking.provider
    found = asking.remote.client.available_slots(
        provider_id=there, start_date=first.isoformat(), end_date=last.isoformat()
    )
    return Answered(found.written(), _our_free_times(asking, here, first, last))


@question("hms_enterprise", "schedule", "scheduling.free_times")
def _schedule(asking: Asking) -> Answered:
    """What is booked and free with somebody at HMS, beside our own free times."""
    first, last = asking.days
    here, there = asking.provider
    found = asking.remote.client.schedule(there, first.isoformat(), last.isoformat())
    return Answered(found.as_shown(), _our_free_times(asking, here, first, last))


def _our_free_times(asking: Asking, here: str | None, first: date, last: date) -> list[str] | None:
    if here is None:
        return None
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [each.isoformat(timespec="minutes") for day in days for each in free_times(asking.desk, here, day)]


@question("hms_enterprise", "interactions", "prescribing.medication_chart", patient=True)
def _interactions(asking: Asking) -> Answered:
    """What HMS says of everything the patient takes, beside our own alerts."""
    current = medication_chart(asking.desk, asking.patient_id).current[:MOST_MEDICINES]
    ours = check_current(asking.desk, asking.patient_id)
    said = asking.remote.second_opinion(asking.patient_there, [(one.name, None) for one in current])
    alerts = [_alert(one) for one in ours.alerts]
    return Answered(said.as_shown(), {"medicines": [one.name for one in current], "pack": ours.pack, "alerts": alerts})


def _alert(one: ShownAlert) -> dict[str, str]:
    return {
        "tier": one.tier, "kind": one.kind, "drug": one.drug, "with": one.with_,
        "says": _(one.template).format(**dict(one.facts)), "source": one.source,
    }  # fmt: skip


@question("hms_enterprise", "analytics", "remotes.set_remote")
def _analytics(asking: Asking) -> Answered:
    """HMS's numbers of patients, visits and money, beside how much is here."""
    first, last = asking.days
    found = asking.remote.client.patient_analytics(first.isoformat(), last.isoformat())
    return Answered(found.as_shown(), asdict(counts(asking.desk)))


@question("hms_enterprise", "quality", "remotes.set_remote")
def _quality(asking: Asking) -> Answered:
    """HMS's measures of clinical quality."""
    first, last = asking.days
    return Answered(asking.remote.client.clinical_quality(first.isoformat(), last.isoformat()).as_shown())


@question("arocord_hims", "dashboard", "remotes.set_remote")
def _dashboard(asking: Asking) -> Answered:
    """AROCORD's own numbers, beside how much is here."""
    return Answered(asking.remote.client.dashboard(**_window(asking)).as_shown(), asdict(counts(asking.desk)))


@question("arocord_hims", "report", "remotes.set_remote")
def _report(asking: Asking) -> Answered:
    """One of AROCORD's five reports."""
    return Answered(asking.remote.client.report(_named(asking), **_window(asking)))


@question("arocord_hims", "export", "remotes.set_remote")
def _export(asking: Asking) -> Answered:
    """A report of AROCORD's as a file, as it came."""
    answer = asking.remote.client.export(_named(asking), asking.wanted.format or "csv", **_window(asking))
    return Answered({"bytes": len(answer.content)}, file=answer.content)


def _named(asking: Asking) -> str:
    named = asking.wanted.report
    if named not in REPORTS:
        raise Refusal(N_("Say which report. Known: {known}."), field="report", known=", ".join(REPORTS))
    return named


def _window(asking: Asking) -> dict[str, str]:
    first, last = asking.wanted.first, asking.wanted.last
    given = {"date_from": first, "date_to": last}
    return {name: day.isoformat() for name, day in given.items() if day is not None}


@question("healthcare_records", "consent-status", "consents.consents_of", patient=True)
def _consent_status(asking: Asking) -> Answered:
    """What that system would let be read of a patient, beside the consents that stand here."""
    page = consents_of(asking.desk, asking.patient_id)
    ours = [{"scope": one.scope, "state": str(one.state)} for one in page.consents]
    return Answered(asking.remote.client.consent_status(asking.patient_there).written(), ours)


@question("healthcare_records", "validate", "departures.patient_record", patient=True)
def _validate(asking: Asking) -> Answered:
    """What that system says of the patient's record as FHIR, beside our own check of it."""
    bundle = json.loads(dumps(bundle_of(asking.desk, asking.patient_id)))  # as the plain JSON of a request
    [found] = [one["resource"] for one in bundle["entry"] if one["resource"]["resourceType"] == "Patient"]
    ours = [f"{one.severity}: {one.path}: {one.what}" for one in check_resource(found)]
    return Answered(asking.remote.client.validate("Patient", found).written(), ours)


@question("practice_studio", "providers", "scheduling.practitioners")
def _providers(asking: Asking) -> Answered:
    """Practice Studio's directory, beside those whom appointments are made with here."""
    found = asking.remote.client.list_providers()
    ours = [{"id": one.staff_id, "name": one.name, "specialty": one.specialty} for one in practitioners(asking.desk)]
    return Answered(found.written(), ours)


@question("practice_studio", "invoices", "invoices.invoices_of", patient=True)
def _invoices(asking: Asking) -> Answered:
    """Their invoices of a patient, beside our own."""
    ours = [asdict(one) for one in invoices_of(asking.desk, asking.patient_id)]
    found = asking.remote.client.list_invoices(asking.patient_there)
    return Answered(found.written(), ours)
