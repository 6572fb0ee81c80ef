"""For every scope, every service it covers: refused without a consent in force, let through with one."""

import inspect
import json
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from clinic_desktop.clock import SetClock, new_id
from clinic_desktop.domain import consents as rules
from clinic_desktop.domain.consents import ConsentRefusal
from clinic_desktop.domain.documents import PHOTOGRAPH
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.services import chart, consent_gate, consents, permissions, restrictions, sharing
from clinic_desktop.services.acts import Act, Desk, command
from clinic_desktop.services.documents import NewDocument
from clinic_desktop.services.examining import Examined
from clinic_desktop.services.programmes import NewEnrolment
from clinic_desktop.services.roles import CLINICAL
from clinic_desktop.services.sharing import NewShare
from clinic_desktop.store.tables.documents import documents
from clinic_desktop.store.tables.journal import access, journal
from clinic_desktop.store.tables.patients import patients
from clinic_desktop.store.tables.prescribing import prescriptions
from clinic_desktop.store.tables.programmes import programme_enrolments, programmes
from clinic_desktop.store.tables.scheduling import appointments
from clinic_desktop.store.tables.sharing import shares
from tests.conftest import DeskFor
from tests.unit.services.consent_case import break_open, put_in_state, register, sign
from tests.unit.services.test_services_permissions import CALLED_BY_A_DESK, first_word

CASES = sorted((scope, service) for scope, covered in consent_gate.COVERED.items() for service in covered)
TOMORROW = datetime(2026, 3, 11, 10, 0, tzinfo=UTC)
YOUNG = date(2009, 2, 1)  # 17 on the day of the tests
WHY = "Unconscious after a fall, nobody to ask"


@dataclass(frozen=True)
class Remote:
    """What is agreed about an appointment that is held by video."""

    telehealth: bool = True


class Case:
    """A patient with one of everything that a covered service may be asked about."""

    def __init__(self, desk_for: DeskFor, scope: str) -> None:
        self.nurse = desk_for("nurse")
        self.patient = register(self.nurse, born_on=YOUNG if scope == "confidential_care" else date(1980, 5, 17))
        self.known = {"patient_id": self.patient, "new": self._new(scope), "name": "aspirin", "lines": ()}
        self.known |= {"sections": ("allergies",), "step_id": "x", "words": "letter"}
        self.known |= {"practitioner_id": desk_for("doctor").session.staff_id, "starts_at": TOMORROW}
        # What has a value of its own in the service and is only looked at where it says more.
        self.further: dict[str, object] = {"more": Remote()} if scope == "telehealth" else {}
        self._rows(desk_for("doctor"))
        if scope == "treatment":
            restrictions.restrict_record(self.nurse.once(), self.patient, ["role:laboratory"], "A known person")
        for other in rules.BY_KEY.keys() - {scope, "communication", "treatment"}:
            guardian = {"grantor": "guardian", "grantor_name": "Ada", "grantor_relation": "mother"}
            sign(self.nurse, self.patient, other, **(guardian if scope == "confidential_care" else {}))

    @staticmethod
    def _new(scope: str) -> object:
        if scope == "programmes":
            return NewEnrolment()
        if scope == "photography":
            return NewDocument(PHOTOGRAPH, "A wound", "photographed", Examined(b"", "image/png", 1, "", "wound.png"))
        recipient = "guardian" if scope == "confidential_care" else "healthcare_provider"
        sections = ("allergies", "contact") if scope == "communication" else ("allergies",)
        return NewShare("Dr Bello", recipient, "A second opinion", sections, date(2026, 4, 1))

    def _rows(self, doctor: Desk) -> None:
        at = "2026-03-10T09:00:00.000000Z"
        mine = {"patient_id": self.patient}
        recipient = getattr(self.known["new"], "recipient_type", "healthcare_provider")
        sections = getattr(self.known["new"], "sections", ["allergies"])
        with doctor.store.write(act=new_id(), session=doctor.session.id) as unit:
            self.known["prescription_id"] = unit.create(
                prescriptions,
                mine | {"number": "RX-1", "prescriber_id": doctor.session.staff_id, "status": "signed", "pack": "x",
                        "priority": "routine", "signed_at": at},
                kind="prescription.signed",
            )  # fmt: skip
            self.known["appointment_id"] = unit.create(
                appointments,
                mine | {"practitioner_id": doctor.session.staff_id, "starts_at": at, "minutes": 15, "status": "booked",
                        "booked_by": doctor.session.staff_id},
                kind="appointment.booked",
            )  # fmt: skip
            self.known["share_id"] = unit.create(
                shares,
                mine | {"number": "SH-1", "recipient_name": "Dr Bello", "recipient_type": recipient, "purpose": "x",
                        "sections": json.dumps(sections), "permissions": '["view"]', "format": "pdf",
                        "expires_at": "2026-04-01", "status": "active", "created_by": doctor.session.staff_id,
                        "created_at": at},
                kind="share.made",
            )  # fmt: skip
            self.known["document_id"] = unit.create(
                documents,
                mine | {"kind": PHOTOGRAPH, "title": "A wound", "status": "current", "source": "photographed",
                        "confidentiality": "N", "received_at": at, "version": 1},
                kind="document.kept",
            )  # fmt: skip
            programme = unit.create(
                programmes,
                {"name": "Walk", "description": "x", "category": "fitness", "status": "active", "added_at": at},
                kind="programme.added",
            )
            self.known["programme_id"] = programme
            self.known["enrolment_id"] = unit.create(
                programme_enrolments,
                mine | {"programme_id": programme, "starts_on": "2026-03-01", "status": "enrolled", "enrolled_at": at},
                kind="programme.enrolled",
            )

    def call(self, desk: Desk, service: str) -> ConsentRefusal | None:
        """Call a service; gives the refusal of a consent, None where the gate let it through."""
        function = CALLED_BY_A_DESK[service]
        wanted = list(inspect.signature(function).parameters.values())[1:]
        values = {one.name: self.known.get(one.name, "x") for one in wanted if one.default is one.empty}
        if not self.further.keys() <= {one.name for one in wanted}:
            pytest.skip("this service does not say yet how an appointment is held")
        values |= self.further
        try:
            function(desk.once(), **values)
        except ConsentRefusal as refused:
            return refused
        except Exception:  # noqa: BLE001 - whatever it says of arguments that mean little: it was let through
            return None
        return None


def outsider(desk_for: DeskFor, service: str) -> Desk:
    """Somebody whose role may call the service and who is not named in the restriction."""
    roles = permissions.ACTS[service] & CLINICAL
    return desk_for(min(roles))


@pytest.mark.parametrize("state", ["absent", "expired", "withdrawn", "from tomorrow", "active"])
@pytest.mark.parametrize(("scope", "service"), CASES)
def test_each_covered_service_needs_a_consent_in_force(desk_for: DeskFor, scope: str, service: str, state: str) -> None:
    case = Case(desk_for, scope)
    desk = outsider(desk_for, service)
    # The young person signs for the confidential care; an adult for everything.
    put_in_state(case.nurse, case.patient, scope, state)
    refused = case.call(desk, service)
    if state == "active":
        assert refused is None
        return
    assert refused is not None
    assert refused.scope == scope
    assert rules.BY_KEY[scope].name in str(refused)
    assert "Consents" in str(refused)
    with desk.store.read() as connection:
        last = connection.execute(access.select().order_by(access.c.seq.desc()).limit(1)).one()
        written = connection.execute(journal.select().where(journal.c.session == desk.session.id)).all()
    assert (last.kind, last.subject, last.detail, last.patient) == ("refused", service, scope, case.patient)
    assert written == [] or desk.session.id == case.nurse.session.id


@pytest.mark.parametrize(("scope", "service"), CASES)
def test_a_broken_glass_stands_in_for_consent_only_where_life_may_need_it(
    desk_for: DeskFor, scope: str, service: str
) -> None:
    case = Case(desk_for, scope)
    desk = outsider(desk_for, service)
    glass = break_open(desk, case.patient, "life_in_danger", WHY)
    refused = case.call(desk, service)
    assert (refused is None) == rules.BY_KEY[scope].emergency
    if refused is None and first_word(CALLED_BY_A_DESK[service]) == "Read":
        with desk.store.read() as connection:
            opened = connection.execute(access.select().where(access.c.detail == f"break_glass {glass.id}")).all()
        assert [(one.patient, one.subject) for one in opened] == [(case.patient, service)]


@pytest.mark.parametrize("scope", [scope.key for scope in rules.SCOPES if scope.kind == "agree"])
def test_what_asks_inside_its_own_act_is_refused_and_let_through_alike(desk_for: DeskFor, scope: str) -> None:
    desk = desk_for("doctor")
    channel = "sms" if scope == "communication" else None

    for state, allowed in (
        ("absent", False), ("expired", False), ("withdrawn", False), ("from tomorrow", False), ("active", True),
    ):  # fmt: skip
        patient = register(desk)
        put_in_state(desk, patient, scope, state)
        if allowed:
            assert _ask(desk.once(), patient, scope, channel)
        else:
            with pytest.raises(ConsentRefusal) as refused:
                _ask(desk.once(), patient, scope, channel)
            assert refused.value.scope == scope


@pytest.mark.parametrize("state", ["absent", "expired", "withdrawn", "from tomorrow", "active"])
def test_an_appointment_by_video_needs_consent_and_any_other_none(desk_for: DeskFor, state: str) -> None:
    desk = desk_for("front_desk")
    patient = register(desk)
    put_in_state(desk_for("nurse"), patient, "telehealth", state)
    asked = consent_gate.Asked(desk.session, desk.now, 0.0)
    with desk.store.read() as connection:
        known: dict[str, object] = {"patient_id": patient}
        for agreed in (known, known | {"more": Remote(telehealth=False)}):
            assert consent_gate.pass_gate(connection, asked, "scheduling.book", agreed) is None
        remote = known | {"more": Remote()}
        if state == "active":
            assert consent_gate.pass_gate(connection, asked, "scheduling.book", remote) is not None
        else:
            with pytest.raises(ConsentRefusal, match="Telehealth"):
                consent_gate.pass_gate(connection, asked, "scheduling.book", remote)


def test_only_photographs_and_only_contact_details_ask_for_their_own_consent(desk_for: DeskFor) -> None:
    nurse = desk_for("nurse")
    patient = register(nurse)
    asked = consent_gate.Asked(nurse.session, nurse.now, 0.0)
    letter = NewDocument("letter", "x", "photographed", Examined(b"", "image/png", 1, "", "a.png"))
    sign(nurse, patient, "disclosure")
    with nurse.store.read() as connection:
        known = {"patient_id": patient, "new": letter}
        assert consent_gate.pass_gate(connection, asked, "documents.keep_document", known) is None
    share = NewShare("Dr Bello", "healthcare_provider", "Opinion", ("allergies",), date(2026, 4, 1))
    assert sharing.share_record(nurse.once(), patient, share).number
    with pytest.raises(ConsentRefusal, match="Messages"):
        sharing.share_record(nurse.once(), patient, replace(share, sections=("allergies", "contact")))
    sign(nurse, patient, "communication")
    made = sharing.share_record(nurse.once(), patient, replace(share, sections=("allergies", "contact")))
    assert sharing.make_copy(nurse.once(), made.share_id).sections == ("allergies", "contact")


@pytest.mark.parametrize("scope", [scope.key for scope in rules.SCOPES])
def test_a_consent_signed_tomorrow_is_refused_by_its_field(desk_for: DeskFor, scope: str) -> None:
    nurse = desk_for("nurse")
    patient = register(nurse)
    with pytest.raises(Refusal) as refused:
        sign(nurse, patient, scope, granted_on=date(2026, 3, 11), valid_from=date(2026, 3, 11))
    assert refused.value.field == "granted_on"
    assert consents.consents_of(nurse, patient).consents == ()


def test_a_message_needs_consent_to_its_own_channel(desk_for: DeskFor) -> None:
    desk = desk_for("doctor")
    patient = register(desk)
    sign(desk, patient, "communication", channels=("sms",))
    assert _ask(desk.once(), patient, "communication", "sms")
    with pytest.raises(ConsentRefusal):
        _ask(desk.once(), patient, "communication", "email")


def test_every_scope_is_in_the_table_and_covers_only_what_is_there() -> None:
    assert set(consent_gate.COVERED) == set(rules.BY_KEY)
    for covered in consent_gate.COVERED.values():
        assert set(covered) <= set(CALLED_BY_A_DESK)


def test_a_service_that_opens_a_chart_is_covered_or_is_work_that_was_asked_for() -> None:
    opening = {name for name, one in CALLED_BY_A_DESK.items() if getattr(one, "access", None) in {"chart", "report"}}
    assert "chart.open_chart" in opening
    work = {
        "patients.patient_details", "pharmacy.work_order", "sheets.order_sheet", "consents.consents_of",
        "sharing.shares_of", "programmes.enrolments_of", "merging.merges_of", "merging.registration",
        "parting.parting", "relations.relatives", "device_orders.work_for",
        "relations.decisions",
    }  # fmt: skip
    assert opening - work <= set(consent_gate.COVERED["treatment"])


def test_nothing_of_the_patient_is_read_before_the_refusal(desk_for: DeskFor, monkeypatch: pytest.MonkeyPatch) -> None:
    case = Case(desk_for, "treatment")

    def read(*_anything: object) -> None:
        raise AssertionError("the chart was read")

    monkeypatch.setattr(chart, "_chart", read)
    with pytest.raises(ConsentRefusal):
        chart.open_chart(desk_for("doctor"), case.patient)


def test_those_whom_the_patient_named_open_the_record(desk_for: DeskFor) -> None:
    nurse, doctor = desk_for("nurse"), desk_for("doctor")
    patient = register(nurse)
    made = restrictions.restrict_record(nurse.once(), patient, [f"staff:{doctor.session.staff_id}"], "A neighbour")
    assert chart.open_chart(doctor, patient).patient.id == patient
    with pytest.raises(ConsentRefusal):
        chart.open_chart(nurse, patient)
    restrictions.lift_restriction(nurse.once(), made, "The neighbour has left", expect=1)
    assert chart.open_chart(nurse, patient).patient.id == patient


def test_a_consent_for_one_role_opens_nothing_to_another(desk_for: DeskFor) -> None:
    case = Case(desk_for, "treatment")
    sign(case.nurse, case.patient, "treatment", audience=("role:doctor",))
    assert chart.open_chart(desk_for("doctor"), case.patient).patient.id == case.patient
    with pytest.raises(ConsentRefusal):
        chart.open_chart(case.nurse, case.patient)


def test_a_consent_given_elsewhere_opens_nothing_here(desk_for: DeskFor) -> None:
    case = Case(desk_for, "treatment")
    outside = consents.OutsideConsent(
        "treatment", "active", date(2026, 1, 1), date(2026, 1, 1), None, "patient", "Chidi"
    )
    _keep(case.nurse.once(), case.patient, outside)
    with pytest.raises(ConsentRefusal):
        chart.open_chart(desk_for("doctor"), case.patient)
    assert consents.consents_of(case.nurse, case.patient).consents[0].source == "outside"


@pytest.mark.parametrize("which", ["kept", "merged"])
def test_a_restriction_holds_under_every_registration_of_the_person(desk_for: DeskFor, which: str) -> None:
    nurse, doctor = desk_for("nurse"), desk_for("doctor")
    kept, merged = register(nurse), register(nurse, "Okafor-Obi")
    restrictions.restrict_record(nurse.once(), kept if which == "kept" else merged, ["role:nurse"], "A neighbour")
    with nurse.store.write(act=new_id(), session=nurse.session.id) as unit:
        unit.change(patients, merged, {"merged_into": kept}, kind="patient.merged")
    for patient in (kept, merged):
        with pytest.raises(ConsentRefusal):
            chart.open_chart(doctor, patient)
        assert chart.open_chart(nurse, patient).patient.id == kept


def test_a_consent_signed_under_a_merged_registration_counts(desk_for: DeskFor) -> None:
    nurse = desk_for("nurse")
    kept, merged = register(nurse), register(nurse, "Okafor-Obi")
    sign(nurse, merged, "research")
    with nurse.store.write(act=new_id(), session=nurse.session.id) as unit:
        unit.change(patients, merged, {"merged_into": kept}, kind="patient.merged")
    assert _ask(nurse.once(), kept, "research", None)


def test_withdrawal_works_at_once_and_a_second_try_of_the_same_act_answers_the_same(
    desk_for: DeskFor, clock: SetClock
) -> None:
    desk = desk_for("doctor")
    patient = register(desk)
    made = sign(desk, patient, "disclosure")
    new = NewShare("Dr Bello", "healthcare_provider", "Opinion", ("allergies",), date(2026, 4, 1))
    once = desk.once()
    share = sharing.share_record(once, patient, new)
    consents.withdraw_consent(desk.once(), made, "No more", expect=1)
    assert sharing.share_record(once, patient, new) == share
    clock.advance(timedelta(microseconds=1))
    with pytest.raises(Refusal):
        sharing.share_record(desk.once(), patient, new)
    with pytest.raises(Refusal):
        sharing.make_copy(desk.once(), share.share_id)


@command
def _asked_in_an_act(act: Act, patient_id: str, scope: str, channel: str | None) -> bool:
    return consents.require(act, patient_id, scope, channel=channel).consent_id is not None


@command
def _kept_in_an_act(act: Act, patient_id: str, outside: consents.OutsideConsent) -> str:
    return consents.keep_outside_consent(act, patient_id, outside)


def _ask(desk: Desk, patient_id: str, scope: str, channel: str | None) -> bool:
    return _asked_in_an_act(desk, patient_id, scope, channel)


def _keep(desk: Desk, patient_id: str, outside: consents.OutsideConsent) -> str:
    return _kept_in_an_act(desk, patient_id, outside)


@pytest.fixture(autouse=True)
def _may(monkeypatch: pytest.MonkeyPatch) -> None:
    """The acts of this file are in the table of permissions while it runs."""
    for name in ("_asked_in_an_act", "_kept_in_an_act"):
        monkeypatch.setitem(permissions.ACTS, f"test_services_consent_gate.{name}", CLINICAL)
