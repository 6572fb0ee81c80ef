"""Patients of Practice Studio, and what belongs to each: records and invoices, to be read only."""

from sync.sandbox.call import Call
from sync.sandbox.papers import attachment, pdf
from sync.sandbox.practice_studio.paging import ROOT, about, linked, open_part, page
from sync.sandbox.practice_studio.samples import ATTACHMENT
from sync.sandbox.routing import Route
from sync.sandbox.shapes import EMAIL, Shape
from sync.sandbox.wire import Problem, Record, Response, answer
from sync.sandbox.world import civil

PATIENT = Shape(
    {
        "firstName": "text!",
        "lastName": "text!",
        "dateOfBirth": "past!",
        "gender": "text",
        "contactInfo": "object",
        "insurance": "object",
        "emergencyContact": "object",
        "preferredLanguage": "text",
        "preferredPharmacy": "object",
        "allergies": "objects",
    }
)
ONLY_IN_DETAIL = frozenset({"emergencyContact", "preferredLanguage", "preferredPharmacy", "allergies"})
SORTS = {
    "name": ("lastName", "firstName"),
    "dob": ("dateOfBirth",),
    "lastName": ("lastName",),
    "firstName": ("firstName",),
    "created": ("created",),
    "updated": ("updated",),
    "id": ("id",),
}


def words(patient: Record) -> str:
    """What a search looks through: the name and the ids."""
    return " ".join(str(patient.get(name) or "") for name in ("firstName", "lastName", "id", "mrn"))


def detail(patient: Record) -> Record:
    """A patient with links."""
    own = f"{ROOT}/patients/{patient['id']}"
    return linked(patient, "patients", appointments=f"{own}/appointments", records=f"{own}/records")


def summary(patient: Record) -> Record:
    """A patient as lists show it: the first insurance alone."""
    shown = {name: value for name, value in patient.items() if name not in ONLY_IN_DETAIL}
    if "secondary" in (shown.get("insurance") or {}):
        shown["insurance"] = {"primary": shown["insurance"].get("primary")}
    return detail(shown)


def listing(call: Call) -> Response:
    """``GET /api/v1/patients``."""
    search = call.request.query.get("search", "")
    rows = call.system.tables["patients"].search(search) if search else call.rows("patients")
    status = call.one_of("status", ("active", "inactive"))
    if status:
        rows = [row for row in rows if row.get("_status", "active") == status]
    by, order = call.one_of("sort", SORTS), call.one_of("order", ("asc", "desc")) or "asc"
    if by:
        fields = SORTS[by]
        rows = sorted(rows, key=lambda row: [str(row.get(name) or "") for name in fields], reverse=order == "desc")
    return page(call, "patients", rows, summary)


def read(call: Call) -> Response:
    """``GET /api/v1/patients/{patient_id}``."""
    return answer(200, detail(call.found("patients", call.params["patient_id"])))


def create(call: Call) -> Response:
    """``POST /api/v1/patients``: the MRN is the system's to give."""
    given = call.checked(PATIENT)
    _email(given)
    ident = f"PAT-{54320 + call.system.count('PAT')}"
    made: Record = {"id": ident, "mrn": f"MRN-{98764 + call.system.count('MRN')}", **given}
    made |= {"created": call.stamp, "updated": call.stamp, "_status": "active"}
    call.keep("patients", ident, made)
    call.tell("patient.created", _told(made))
    return answer(201, detail(made))


def update(call: Call) -> Response:
    """``PUT /api/v1/patients/{patient_id}``."""
    old = call.found("patients", call.params["patient_id"])
    _email(call.changes("patients", PATIENT))
    new = call.put("patients", old["id"], PATIENT, old, updated=call.stamp)
    call.tell("patient.updated", _told(new))
    return answer(200, detail(new))


def records(call: Call) -> Response:
    """``GET /api/v1/patients/{patient_id}/records``."""
    ident = call.found("patients", call.params["patient_id"])["id"]
    rows = call.matching(call.system.tables["records"].where("patientId", ident), type="type")
    return page(call, "records", call.between(rows, "date", "from_date", "to_date"), lambda row: about(row, "records"))


def invoices(call: Call) -> Response:
    """``GET /api/v1/patients/{patient_id}/invoices``."""
    ident = call.found("patients", call.params["patient_id"])["id"]
    wanted = call.one_of("status", ("open", "paid", "overdue"))
    rows = [_standing(call, row) for row in call.system.tables["invoices"].where("patientId", ident)]
    kept = [row for row in rows if wanted in {None, row["status"]}]
    return page(call, "invoices", call.between(kept, "date", "from_date", "to_date"), _invoice)


def record(call: Call) -> Response:
    """``/api/v1/records/{record_id}``: only a link."""
    return answer(200, about(call.found("records", call.params["record_id"]), "records"))


def invoice(call: Call) -> Response:
    """``/api/v1/invoices/{invoice_id}``: only a link."""
    return answer(200, _invoice(_standing(call, call.found("invoices", call.params["invoice_id"]))))


def invoice_pdf(call: Call) -> Response:
    """``/api/v1/invoices/{invoice_id}/pdf``: only a link."""
    row = _standing(call, call.found("invoices", call.params["invoice_id"]))
    lines = [f"Invoice {row['id']}", f"Date {row['date']}, due {row['dueDate']}, {row['status']}", ""]
    lines += [f"{item['code']}  {item['description']}  {item['total']:.2f}" for item in row["items"]]
    lines += ["", f"Total {row['amount']:.2f}, paid {row['paidAmount']:.2f}"]
    return attachment(pdf(lines), "application/pdf", f"{row['id']}.pdf")


def download(call: Call) -> Response:
    """``/api/v1/attachments/{attachment_id}/download``: only a link."""
    wanted = call.params["attachment_id"]
    for row in call.rows("records"):
        for one in row.get("attachments") or []:
            if one["id"] == wanted:
                return attachment(ATTACHMENT, one["contentType"], one["filename"])
    raise Problem(404, "Resource not found")


def _invoice(row: Record) -> Record:
    own = f"{ROOT}/invoices/{row['id']}"
    return linked(row, "invoices", patient=f"{ROOT}/patients/{row['patientId']}", pdf=f"{own}/pdf")


def _standing(call: Call, row: Record) -> Record:
    late = row["status"] == "open" and str(row["dueDate"]) < civil(call.now).isoformat()
    return {**row, "status": "overdue"} if late else row


def _email(given: Record) -> None:
    contact = given.get("contactInfo")
    email = contact.get("email") if isinstance(contact, dict) else None
    if email and not (isinstance(email, str) and EMAIL.fullmatch(email)):
        raise Problem(400, "Invalid request", fields=(("email", "must be a valid email address"),))


def _told(row: Record) -> Record:
    return {name: row[name] for name in ("id", "mrn", "firstName", "lastName") if name in open_part(row)}


ROUTES = (
    Route("GET", f"{ROOT}/patients", listing, needs=("read:patients",)),
    Route("GET", f"{ROOT}/patients/{{patient_id}}", read, needs=("read:patients",)),
    Route("POST", f"{ROOT}/patients", create, needs=("write:patients",)),
    Route("PUT", f"{ROOT}/patients/{{patient_id}}", update, needs=("write:patients",)),
    Route("GET", f"{ROOT}/patients/{{patient_id}}/records", records, needs=("read:records",)),
    Route("GET", f"{ROOT}/patients/{{patient_id}}/invoices", invoices, needs=("read:invoices",)),
    Route("GET", f"{ROOT}/records/{{record_id}}", record, needs=("read:records",), optional=True),
    Route("GET", f"{ROOT}/invoices/{{invoice_id}}", invoice, needs=("read:invoices",), optional=True),
    Route("GET", f"{ROOT}/invoices/{{invoice_id}}/pdf", invoice_pdf, needs=("read:invoices",), optional=True),
    Route("GET", f"{ROOT}/attachments/{{attachment_id}}/download", download, needs=("read:records",), optional=True),
)
