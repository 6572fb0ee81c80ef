"""Every documented endpoint of AROCORD-HIMS as a method; what a record is there is no business of this file."""

import json
from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import quote

from sync.remotes.arocord_hims import wire as w
from sync.remotes.arocord_hims.answers import data, many, must_be_one, one, only_list, shown, total
from sync.telling.asking import Asked
from sync.transport.outcomes import Answer, Call

Json = dict[str, Any]
REPORTS = (
    "appointment-utilization",
    "doctor-performance",
    "revenue-analysis",
    "patient-demographics",
    "queue-analytics",
)
FORMATS = ("csv", "excel", "pdf")
EVENTS = ("appointment.created", "appointment.updated", "prescription.ready", "lab.results", "billing.invoice")
# A cancellation may do its work and lose its body on the way (RFC 9110, 9.3.5): who sends it looks afterwards.
LARGEST_PAGE = 100


class Way(Protocol):
    """What sends a call."""

    def send(self, call: Call) -> Answer:
        """Send it. Raises one of the outcomes."""
        ...


class NotAnId(ValueError):  # noqa: N818 - says what is wrong
    """An id that would make another address of the path."""


def segment(remote_id: str) -> str:
    """An id as one part of a path. Raises NotAnId for none, and for what means a folder."""
    if not remote_id or not remote_id.strip("."):
        raise NotAnId("an id is neither empty nor made of dots")
    return quote(remote_id, safe="")


def call_of(
    method: str,
    path: str,
    remote_id: str | None = None,
    *,
    query: Mapping[str, str | int | None] | None = None,
    body: Asked | None = None,
    signed: bool = True,
    file: bool = False,
) -> Call:
    """One request by its documented name, with the id in its place and the parameters that were given."""
    start, brace, rest = path.partition("{")
    filled = start + (segment(remote_id or "") + rest.partition("}")[2] if brace else "")
    return Call(
        f"{method} {path}",
        method,
        filled,
        query={name: value for name, value in (query or {}).items() if value is not None},
        body=None if body is None else body.json_body(),
        headers={"Accept": "*/*"} if file else {},
        signed=signed,
        file=file,
    )


class Client:
    """The 38 endpoints. Answers that are not documented come as plain JSON, found in whatever envelope they have."""

    def __init__(self, way: Way) -> None:
        self._way = way

    def _ask(self, call: Call) -> tuple[Call, Answer]:
        return call, self._way.send(call)

    # Authentication
    def log_in(self, login: w.Login) -> w.SignedIn:
        """Sign in with user name, password and code."""
        call, answer = self._ask(call_of("POST", "/auth/login", body=login, signed=False))
        return shown(w.SignedIn, call, answer, data(call, answer))

    def refresh(self, refresh: w.Refresh) -> Any:
        """Renew the token."""
        return data(*self._ask(call_of("POST", "/auth/refresh", body=refresh, signed=False)))

    def log_out(self) -> Any:
        """End the session there."""
        return data(*self._ask(call_of("POST", "/auth/logout")))

    # Patients
    def patients(
        self, *, page: int = 1, limit: int = LARGEST_PAGE, search: str | None = None, status: str | None = None
    ) -> tuple[list[Any], int | None, int | None]:
        """One page of patients (at most 100), of all or of those whose name or MRN is searched; total and pages."""
        query = {"page": page, "limit": limit, "search": search, "status": status}
        call, answer = self._ask(call_of("GET", "/patients", query=query))
        return (many(call, answer, "patients"), *total(answer))

    def patient(self, remote_id: str) -> w.PatientDetail:
        """One patient, nested."""
        call, answer = self._ask(call_of("GET", "/patients/{id}", remote_id))
        return shown(w.PatientDetail, call, answer, must_be_one(call, answer, "patient"))

    def create_patient(self, patient: w.NewPatient) -> Json | None:
        """Register a patient."""
        return one(*self._ask(call_of("POST", "/patients", body=patient)), "patient")

    def update_patient(self, remote_id: str, change: w.PatientChange) -> Json | None:
        """Change what is named of a patient."""
        return one(*self._ask(call_of("PUT", "/patients/{id}", remote_id, body=change)), "patient")

    def medical_history(
        self, remote_id: str, *, kind: str | None = None, limit: int | None = None, offset: int | None = None
    ) -> tuple[list[Any], int | None]:
        """What is known of a patient's past, and how much there is. Raises Garbled where it stands in several lists."""
        query = {"type": kind, "limit": limit, "offset": offset}
        call, answer = self._ask(call_of("GET", "/patients/{id}/medical-history", remote_id, query=query))
        return only_list(call, answer, "medical_history", "history"), total(answer)[0]

    # Appointments
    def appointments(
        self,
        *,
        patient_id: str | None = None,
        doctor_id: str | None = None,
        date_from: str | None = None,
        date_to: str | None = None,
        status: str | None = None,
    ) -> list[Any]:
        """Appointments of a patient, a doctor, some days; no paging is documented."""
        query = {
            "patient_id": patient_id, "doctor_id": doctor_id, "date_from": date_from, "date_to": date_to,
            "status": status,
        }  # fmt: skip
        call, answer = self._ask(call_of("GET", "/appointments", query=query))
        return many(call, answer, "appointments")

    def create_appointment(self, appointment: w.NewAppointment) -> Json | None:
        """Make an appointment."""
        return one(*self._ask(call_of("POST", "/appointments", body=appointment)), "appointment")

    def update_appointment(self, remote_id: str, change: w.AppointmentChange) -> Json | None:
        """Change an appointment."""
        return one(*self._ask(call_of("PUT", "/appointments/{id}", remote_id, body=change)), "appointment")

    def cancel_appointment(self, remote_id: str, cancellation: w.Cancellation | None) -> Json | None:
        """Cancel an appointment; without a body where what lies between dropped it."""
        return one(*self._ask(call_of("DELETE", "/appointments/{id}", remote_id, body=cancellation)), "appointment")

    # Consultations
    def start_consultation(self, consultation: w.NewConsultation) -> Json | None:
        """Begin a consultation."""
        return one(*self._ask(call_of("POST", "/consultations", body=consultation)), "consultation")

    def consultation(self, remote_id: str) -> w.Consultation:
        """How far a consultation is."""
        call, answer = self._ask(call_of("GET", "/consultations/{id}", remote_id))
        return shown(w.Consultation, call, answer, must_be_one(call, answer, "consultation"))

    def save_step(self, remote_id: str, step: w.Step) -> Json | None:
        """Save one step."""
        return one(*self._ask(call_of("PUT", "/consultations/{id}/step", remote_id, body=step)), "consultation")

    def complete_consultation(self, remote_id: str) -> Json | None:
        """Finish it: people are told, and nothing takes it back."""
        return one(*self._ask(call_of("POST", "/consultations/{id}/complete", remote_id)), "consultation")

    # Prescriptions and the pharmacy
    def create_prescription(self, prescription: w.NewPrescription) -> Json | None:
        """Write a prescription."""
        return one(*self._ask(call_of("POST", "/prescriptions", body=prescription)), "prescription")

    def pharmacy_queue(
        self, *, status: str | None = None, priority: str | None = None, limit: int | None = None
    ) -> list[Any]:
        """What the pharmacy has before it; what was handed out is no longer there."""
        query = {"status": status, "priority": priority, "limit": limit}
        call, answer = self._ask(call_of("GET", "/pharmacy/prescriptions", query=query))
        return many(call, answer, "prescriptions")

    def process_prescription(self, remote_id: str, processing: w.Processing) -> Json | None:
        """Say how far the pharmacy is."""
        call = call_of("PUT", "/pharmacy/prescriptions/{id}/process", remote_id, body=processing)
        return one(*self._ask(call), "prescription")

    def dispense_prescription(self, remote_id: str, dispensing: w.Dispensing) -> Json | None:
        """Say that it was handed out: nothing takes it back."""
        call = call_of("POST", "/pharmacy/prescriptions/{id}/dispense", remote_id, body=dispensing)
        return one(*self._ask(call), "prescription")

    # Laboratory
    def create_lab_order(self, order: w.NewLabOrder) -> Json | None:
        """Order tests."""
        return one(*self._ask(call_of("POST", "/lab/orders", body=order)), "lab_order")

    def lab_orders(
        self, *, status: str | None = None, priority: str | None = None, technician_id: str | None = None
    ) -> list[Any]:
        """Orders of the laboratory; no paging and no patient is documented."""
        query = {"status": status, "priority": priority, "technician_id": technician_id}
        call, answer = self._ask(call_of("GET", "/lab/orders", query=query))
        return many(call, answer, "lab_orders", "orders")

    def enter_results(self, order_id: str, results: w.Results) -> Json | None:
        """Enter the results of an order: nothing reads them back."""
        return one(*self._ask(call_of("PUT", "/lab/orders/{id}/results", order_id, body=results)), "lab_order")

    # Billing: written, never read
    def create_invoice(self, invoice: w.NewInvoice) -> Json | None:
        """Make an invoice."""
        return one(*self._ask(call_of("POST", "/billing/invoices", body=invoice)), "invoice")

    def record_payment(self, payment: w.NewPayment) -> Json | None:
        """Record a payment."""
        return one(*self._ask(call_of("POST", "/billing/payments", body=payment)), "payment")

    def submit_claim(self, claim: w.NewClaim) -> Json | None:
        """Submit a claim."""
        return one(*self._ask(call_of("POST", "/billing/insurance-claims", body=claim)), "claim")

    # Notifications
    def notifications(
        self,
        *,
        status: str | None = None,
        priority: str | None = None,
        category: str | None = None,
        limit: int | None = None,
    ) -> tuple[list[Any], int | None]:
        """Notifications to whoever is signed in, and how many are unread."""
        query = {"status": status, "priority": priority, "category": category, "limit": limit}
        call, answer = self._ask(call_of("GET", "/notifications", query=query))
        inner = data(call, answer)
        unread = inner.get("unread_count") if isinstance(inner, dict) else None
        return many(call, answer, "notifications"), unread if isinstance(unread, int) else None

    def mark_read(self, remote_id: str) -> Json | None:
        """Mark a notification read: a second time changes nothing."""
        return one(*self._ask(call_of("PUT", "/notifications/{id}/read", remote_id)), "notification")

    def send_notice(self, notice: w.NewNotice) -> Json | None:
        """Notify people there (an administrator's right)."""
        return one(*self._ask(call_of("POST", "/notifications", body=notice)), "notification")

    # Analytics
    def dashboard(
        self, *, date_from: str | None = None, date_to: str | None = None, role: str | None = None
    ) -> w.Dashboard:
        """Their own numbers."""
        query = {"date_from": date_from, "date_to": date_to, "role": role}
        call, answer = self._ask(call_of("GET", "/analytics/dashboard", query=query))
        return shown(w.Dashboard, call, answer, data(call, answer))

    def report(
        self,
        report_type: str,
        *,
        date_from: str | None = None,
        date_to: str | None = None,
        group_by: str | None = None,
        filters: Mapping[str, Any] | None = None,
    ) -> Any:
        """One of the five reports; its answer is not documented and comes as it is."""
        if report_type not in REPORTS:
            raise NotAnId(f"there are these reports: {', '.join(REPORTS)}")
        query = {
            "date_from": date_from, "date_to": date_to, "group_by": group_by,
            "filters": None if filters is None else json.dumps(filters, ensure_ascii=False, separators=(",", ":")),
        }  # fmt: skip
        return data(*self._ask(call_of("GET", "/analytics/reports/{report_type}", report_type, query=query)))

    def export(
        self, report_type: str, file_format: str, *, date_from: str | None = None, date_to: str | None = None
    ) -> Answer:
        """A report as a file (csv, excel, pdf), handed on as it came."""
        query = {"report_type": report_type, "format": file_format, "date_from": date_from, "date_to": date_to}
        return self._ask(call_of("GET", "/analytics/export", query=query, file=True))[1]

    # The patient portal: with the patient's own credential, which the clinic never holds; no job calls these
    def portal_log_in(self, login: w.PortalLogin) -> Any:
        """Sign a patient in."""
        return data(*self._ask(call_of("POST", "/patient-portal/login", body=login, signed=False)))

    def portal_appointments(self) -> list[Any]:
        """A patient's own appointments."""
        return many(*self._ask(call_of("GET", "/patient-portal/appointments")), "appointments")

    def portal_book(self, booking: w.PortalBooking) -> Json | None:
        """Ask for an appointment as a patient."""
        return one(*self._ask(call_of("POST", "/patient-portal/appointments", body=booking)), "appointment")

    def portal_records(
        self, *, kind: str | None = None, date_from: str | None = None, date_to: str | None = None
    ) -> list[Any]:
        """A patient's own records."""
        query = {"type": kind, "date_from": date_from, "date_to": date_to}
        call, answer = self._ask(call_of("GET", "/patient-portal/medical-records", query=query))
        return many(call, answer, "medical_records", "records")

    def portal_summary(self, file_format: str, *, include_sensitive: bool) -> Answer:
        """A patient's own summary as a file (pdf, json)."""
        query = {"format": file_format, "include_sensitive": str(include_sensitive).lower()}
        return self._ask(call_of("GET", "/patient-portal/health-summary", query=query, file=True))[1]

    # Webhooks
    def subscribe(self, webhook: w.NewWebhook) -> Json | None:
        """Ask for events at an address; nothing lists or ends a subscription."""
        return one(*self._ask(call_of("POST", "/webhooks", body=webhook)), "webhook")
