"""AROCORD-HIMS: every documented body goes out as it is documented, and comes in without loss."""

import inspect
from collections.abc import Callable
from typing import Any

import pytest

from sync.port import Kind, Seen, Story, Telling
from sync.remotes.arocord_hims import wire as w
from sync.remotes.arocord_hims.answers import read_error
from sync.remotes.arocord_hims.client import REPORTS, Client, NotAnId
from sync.remotes.arocord_hims.mapping.telling import body_of
from sync.remotes.arocord_hims.remote import ArocordRemote
from sync.remotes.arocord_hims.uses import USES
from sync.telling.asking import Asked
from sync.transport.outcomes import Call, Clash, Forbidden, Garbled, NotThere, Outcome, Refused, SignInNeeded, Slowed
from tests.contract.documented import Server, documented, endpoints, way_to
from tests.unit.sync.remote_laws import Recorder
from tests.unit.sync.stories import Linked

SYSTEM = "arocord_hims"
Ask = Callable[[Client, Any], Any]
# The number of the endpoint, what calls it with the documented body, and the address it goes to.
REQUESTS: tuple[tuple[str, type[Asked], Ask, str], ...] = (
    ("01", w.Login, lambda c, b: c.log_in(b), "POST /auth/login"),
    ("02", w.Refresh, lambda c, b: c.refresh(b), "POST /auth/refresh"),
    ("06", w.NewPatient, lambda c, b: c.create_patient(b), "POST /patients"),
    ("06", w.PatientChange, lambda c, b: c.update_patient("x", b), "PUT /patients/x"),
    ("10", w.NewAppointment, lambda c, b: c.create_appointment(b), "POST /appointments"),
    ("10", w.AppointmentChange, lambda c, b: c.update_appointment("x", b), "PUT /appointments/x"),
    ("12", w.Cancellation, lambda c, b: c.cancel_appointment("x", b), "DELETE /appointments/x"),
    ("13", w.NewConsultation, lambda c, b: c.start_consultation(b), "POST /consultations"),
    ("15", w.Step, lambda c, b: c.save_step("x", b), "PUT /consultations/x/step"),
    ("17", w.NewPrescription, lambda c, b: c.create_prescription(b), "POST /prescriptions"),
    ("19", w.Processing, lambda c, b: c.process_prescription("x", b), "PUT /pharmacy/prescriptions/x/process"),
    ("20", w.Dispensing, lambda c, b: c.dispense_prescription("x", b), "POST /pharmacy/prescriptions/x/dispense"),
    ("21", w.NewLabOrder, lambda c, b: c.create_lab_order(b), "POST /lab/orders"),
    ("23", w.Results, lambda c, b: c.enter_results("x", b), "PUT /lab/orders/x/results"),
    ("24", w.NewInvoice, lambda c, b: c.create_invoice(b), "POST /billing/invoices"),
    ("25", w.NewPayment, lambda c, b: c.record_payment(b), "POST /billing/payments"),
    ("26", w.NewClaim, lambda c, b: c.submit_claim(b), "POST /billing/insurance-claims"),
    ("29", w.NewNotice, lambda c, b: c.send_notice(b), "POST /notifications"),
    ("33", w.PortalLogin, lambda c, b: c.portal_log_in(b), "POST /patient-portal/login"),
    ("35", w.PortalBooking, lambda c, b: c.portal_book(b), "POST /patient-portal/appointments"),
    ("38", w.NewWebhook, lambda c, b: c.subscribe(b), "POST /webhooks"),
)
LOGGED_IN = {"success": True, "data": {"user": {"id": "u"}, "tokens": {"access_token": "a", "refresh_token": "r"}}}


@pytest.mark.parametrize(("number", "model", "ask", "address"), REQUESTS, ids=[each[3] for each in REQUESTS])
def test_a_documented_request_is_sent_as_it_is_documented(
    number: str, model: type[Asked], ask: Ask, address: str
) -> None:
    body = documented(SYSTEM, number, "request")
    server = Server({"POST /auth/login": LOGGED_IN})
    ask(Client(way_to(server, read_error)), model.model_validate(body))
    assert server.last == (address, body)


RESPONSES: tuple[tuple[str, str, Callable[[Client], Any], Callable[[Any], Any]], ...] = (
    (
        "01",
        "POST /auth/login",
        lambda c: c.log_in(w.Login(username="u", password="p")).as_shown(),
        lambda data: data,
    ),
    ("04", "GET /patients", lambda c: c.patients()[0], lambda data: data["patients"]),
    ("05", "GET /patients/x", lambda c: c.patient("x").as_shown(), lambda data: data["patient"]),
    ("14", "GET /consultations/x", lambda c: c.consultation("x").as_shown(), lambda data: data["consultation"]),
    ("27", "GET /notifications", lambda c: c.notifications()[0], lambda data: data["notifications"]),
    ("30", "GET /analytics/dashboard", lambda c: c.dashboard().as_shown(), lambda data: data),
)


@pytest.mark.parametrize(("number", "address", "ask", "part"), RESPONSES, ids=[each[1] for each in RESPONSES])
def test_a_documented_answer_is_read_and_written_back_without_loss(
    number: str, address: str, ask: Callable[[Client], Any], part: Callable[[Any], Any]
) -> None:
    answer = documented(SYSTEM, number, "response")
    assert ask(Client(way_to(Server({address: answer}), read_error))) == part(answer["data"])


def test_rows_of_lists_have_models_too() -> None:
    patients = documented(SYSTEM, "04", "response")["data"]["patients"]
    notices = documented(SYSTEM, "27", "response")["data"]["notifications"]
    assert [w.PatientRow.model_validate(each).as_shown() for each in patients] == patients
    assert [w.Notification.model_validate(each).as_shown() for each in notices] == notices


def test_the_paging_of_patients_is_read() -> None:
    answer = documented(SYSTEM, "04", "response")
    assert Client(way_to(Server({"GET /patients": answer}), read_error)).patients()[1:] == (150, 8)


# From the documented record to the chart, and from the chart the documented request again.
RECORDS = ((Kind.PATIENT, "06"), (Kind.APPOINTMENT, "10"), (Kind.PRESCRIPTION, "17"), (Kind.LAB_ORDER, "21"))


@pytest.mark.parametrize(("kind", "number"), RECORDS, ids=[str(each[0]) for each in RECORDS])
def test_the_documented_record_is_told_as_it_is_documented(kind: Kind, number: str) -> None:
    body = documented(SYSTEM, number, "request")
    remote = ArocordRemote(Recorder(), {})
    first, *rest = remote.adopt(Seen(kind, "x", body_of(kind, body)), None, Linked())
    told = remote.project(Story(kind, "l", 1, None, first, tuple(rest)), Linked())
    assert isinstance(told, Telling)
    assert told.body == body


def test_each_endpoint_has_a_method_and_a_use() -> None:
    rows = [name for name, _title, _parameters in endpoints(SYSTEM)]
    assert len(rows) == 38
    assert list(USES) == rows
    assert called() == set(rows)


def called() -> set[str]:
    """Every endpoint that the client's methods call, each called once with something in every place."""
    recorder = Recorder()
    client = Client(recorder)
    for name, method in inspect.getmembers(client, inspect.ismethod):
        if name.startswith("_"):
            continue
        given: dict[str, Any] = {}
        for parameter in inspect.signature(method).parameters.values():
            given[parameter.name] = REPORTS[0] if parameter.name == "report_type" else _something(parameter)
        try:
            method(**given)
        except (Outcome, ValueError):
            # The recorder answers with an id alone: what was asked is what counts.
            continue
    return {each.endpoint for each in recorder.calls}


def _something(parameter: inspect.Parameter) -> Any:
    kind = parameter.annotation
    if isinstance(kind, type) and issubclass(kind, Asked):
        return kind.model_construct()
    if kind == w.Cancellation | None:
        return None
    return True if kind is bool else 1 if kind is int else "x"


@pytest.mark.parametrize(("name", "parameters"), [(e[0], e[2]) for e in (
    ("GET /patients", "", "page limit search status"),
    ("GET /patients/{id}/medical-history", "", "type limit offset"),
    ("GET /appointments", "", "patient_id doctor_id date_from date_to status"),
    ("GET /pharmacy/prescriptions", "", "status priority limit"),
    ("GET /lab/orders", "", "status priority technician_id"),
    ("GET /notifications", "", "status priority category limit"),
    ("GET /analytics/dashboard", "", "date_from date_to role"),
    ("GET /analytics/reports/{report_type}", "", "date_from date_to group_by filters"),
    ("GET /analytics/export", "", "report_type format date_from date_to"),
    ("GET /patient-portal/medical-records", "", "type date_from date_to"),
    ("GET /patient-portal/health-summary", "", "format include_sensitive"),
)])  # fmt: skip
def test_every_documented_parameter_can_be_asked_and_no_other(name: str, parameters: str) -> None:
    recorder = Recorder({name: {"data": []}})
    c = Client(recorder)
    asks: dict[str, Callable[[], Any]] = {
        "GET /patients": lambda: c.patients(page=2, limit=5, search="a", status="active"),
        "GET /patients/{id}/medical-history": lambda: c.medical_history("x", kind="allergy", limit=5, offset=5),
        "GET /appointments": lambda: c.appointments(
            patient_id="p", doctor_id="d", date_from="2026-01-01", date_to="2026-01-02", status="scheduled"
        ),
        "GET /pharmacy/prescriptions": lambda: c.pharmacy_queue(status="ready", priority="high", limit=5),
        "GET /lab/orders": lambda: c.lab_orders(status="pending", priority="routine", technician_id="t"),
        "GET /notifications": lambda: c.notifications(status="read", priority="high", category="lab", limit=5),
        "GET /analytics/dashboard": lambda: c.dashboard(date_from="a", date_to="b", role="doctor"),
        "GET /analytics/reports/{report_type}": lambda: c.report(
            REPORTS[0], date_from="a", date_to="b", group_by="day", filters={"doctor": "é"}
        ),
        "GET /analytics/export": lambda: c.export("revenue-analysis", "csv", date_from="a", date_to="b"),
        "GET /patient-portal/medical-records": lambda: c.portal_records(kind="a", date_from="b", date_to="c"),
        "GET /patient-portal/health-summary": lambda: c.portal_summary("pdf", include_sensitive=False),
    }
    try:
        asks[name]()
    except Garbled:
        assert name == "GET /analytics/dashboard"
    assert set(recorder.calls[0].query) == set(parameters.split())


def test_a_file_is_handed_on_as_it_came() -> None:
    server = Server({"GET /analytics/export": b"%PDF-1.7"})
    assert Client(way_to(server, read_error)).export("revenue-analysis", "pdf").content == b"%PDF-1.7"
    assert server.asked[0].headers["Accept"] == "*/*"


ERROR = {"success": False, "error": {"code": "VALIDATION_ERROR", "message": "Invalid input data",
         "details": {"field": "email", "issue": "Invalid email format"}, "request_id": "r"}}  # fmt: skip
OUTCOMES = {400: Refused, 401: SignInNeeded, 403: Forbidden, 404: NotThere, 409: Clash, 422: Refused, 429: Slowed}


@pytest.mark.parametrize(("status", "outcome"), OUTCOMES.items())
def test_an_error_is_read_in_their_own_words(status: int, outcome: type[Outcome]) -> None:
    import httpx

    def answer(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(status, json=ERROR, headers={"X-RateLimit-Retry-After": "60"})

    with pytest.raises(outcome) as caught:
        Client(way_to(answer, read_error)).patient("x")
    assert caught.value.said.fields == (("email", "Invalid email format"),)
    if isinstance(caught.value, Slowed):
        assert caught.value.after == 60


@pytest.mark.parametrize("body", [{"detail": "x"}, [], {"error": "x"}, {"error": {"message": "x"}}, None])
def test_somebody_elses_error_is_not_theirs(body: Any) -> None:
    assert read_error(404, body, {}) is None


@pytest.mark.parametrize("remote_id", ["", ".", "..", "..."])
def test_an_id_that_would_be_another_address_is_refused(remote_id: str) -> None:
    recorder = Recorder()
    with pytest.raises(NotAnId):
        Client(recorder).patient(remote_id)
    assert recorder.calls == []


@pytest.mark.parametrize("remote_id", ["../admin", "a/b", "a?b=c", "a#b", "a%2Fb", "Ünïcode id"])
def test_an_id_stays_one_part_of_the_path(remote_id: str) -> None:
    server = Server()
    with pytest.raises(Garbled):
        Client(way_to(server, read_error)).patient(remote_id)
    raw = server.asked[0].url.raw_path.decode()
    assert raw.startswith("/patients/")
    assert raw.count("/") == 2
    assert not server.asked[0].url.query


def test_no_call_names_a_value_in_its_text() -> None:
    call = Call("GET /patients", "GET", "/patients", query={"search": "Okafor"})
    assert "Okafor" not in f"{Garbled(call)!r} {call!r}"
