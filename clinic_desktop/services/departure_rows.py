"""What was planned, ordered, insured, charged and said here, as rows that go out with a patient's record."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, Table, select

from clinic_desktop.store.prepared import Prepared, among, as_list
from clinic_desktop.store.tables.billing import charges, invoice_lines, invoices, payments
from clinic_desktop.store.tables.consents import consents
from clinic_desktop.store.tables.documents import attachments, documents
from clinic_desktop.store.tables.inbox import notifications, refill_requests
from clinic_desktop.store.tables.insurance import claim_answers, claim_lines, claims, covers, insurers, plans
from clinic_desktop.store.tables.journal import settings
from clinic_desktop.store.tables.laboratory import lab_order_tests, lab_orders, lab_tests
from clinic_desktop.store.tables.outside import outside_records
from clinic_desktop.store.tables.scheduling import appointments
from clinic_desktop.store.tables.staff import staff

IN_ACT = ("rows_of_work",)

Rows = list[dict[str, Any]]
Found = Iterable[tuple[str, dict[str, Any]]]
Reader = Callable[[Connection, Sequence[str]], Rows]


def rows_of_work(connection: Connection, ids: Sequence[str]) -> Found:
    """Documents, consents, and all that was planned, ordered, insured, charged and said, the oldest first."""
    for name, read in WORK.items():
        yield from ((name, row) for row in read(connection, ids))


class OfPatient:
    """The rows of one table that stand under some registrations, the oldest first; the statement is written once."""

    def __init__(self, table: Table, wanted: Callable[[], Select[Any]]) -> None:
        self._prepared = Prepared(lambda: wanted().where(table.c.patient_id.in_(among("ids"))).order_by(table.c.rowid_))

    def __call__(self, connection: Connection, ids: Sequence[str]) -> Rows:
        """Read them."""
        return self._prepared.rows(connection, ids=as_list(ids))


def plain(table: Table) -> OfPatient:
    """The rows of a table as they are."""
    return OfPatient(table, lambda: select(table))


def _documents() -> Select[Any]:
    """What stands or stood; a draft is nothing yet that anybody says."""
    found = select(
        documents, staff.c.display_name.label("author"), attachments.c.sha256, attachments.c.size,
        attachments.c.media_type,
    ).outerjoin(staff, staff.c.id == documents.c.author_id)  # fmt: skip
    return found.outerjoin(attachments, attachments.c.id == documents.c.attachment_id).where(
        documents.c.status != "draft"
    )


def _covers() -> Select[Any]:
    return (
        select(
            covers, plans.c.name.label("plan"), plans.c.share, plans.c.copay, plans.c.currency,
            insurers.c.name.label("insurer"), insurers.c.payer_code,
        )
        .join(plans, plans.c.id == covers.c.plan_id)
        .join(insurers, insurers.c.id == plans.c.insurer_id)
    )  # fmt: skip


def _appointments() -> Select[Any]:
    found = select(appointments, staff.c.display_name.label("practitioner"))
    return found.join(staff, staff.c.id == appointments.c.practitioner_id)


def _ordered() -> Select[Any]:
    return (
        select(
            lab_order_tests, lab_orders.c.number, lab_orders.c.encounter_id, lab_orders.c.ordered_at,
            lab_orders.c.priority, lab_orders.c.note, lab_orders.c.ordered_by, lab_tests.c.name, lab_tests.c.loinc,
            staff.c.display_name.label("ordered_by_name"),
        )
        .join(lab_orders, lab_orders.c.id == lab_order_tests.c.order_id)
        .join(staff, staff.c.id == lab_orders.c.ordered_by)
        .outerjoin(lab_tests, lab_tests.c.code == lab_order_tests.c.test_code)
    )  # fmt: skip


def _notices() -> Select[Any]:
    to, sender = staff.alias(), staff.alias()
    found = select(notifications, to.c.display_name.label("to_name"), sender.c.display_name.label("from_name"))
    found = found.outerjoin(to, to.c.id == notifications.c.to_staff)
    return found.outerjoin(sender, sender.c.id == notifications.c.sent_by)


def _refills() -> Select[Any]:
    found = select(refill_requests, staff.c.display_name.label("decided_by_name"))
    return found.outerjoin(staff, staff.c.id == refill_requests.c.decided_by)


def _invoices(connection: Connection, ids: Sequence[str]) -> Rows:
    lines = _by(_INVOICE_LINES(connection, ids), "invoice_id")
    return [row | {"lines": lines.get(row["id"], [])} for row in _INVOICES(connection, ids)]


def _claims(connection: Connection, ids: Sequence[str]) -> Rows:
    """Claims with their lines; who provides is the clinic by its name."""
    name = connection.execute(select(settings.c.value).where(settings.c.name == "clinic_name")).scalar()
    lines = _by(_CLAIM_LINES(connection, ids), "claim_id")
    return [row | {"lines": lines.get(row["id"], []), "clinic": name or "?"} for row in _CLAIMS(connection, ids)]


def _claim_answers(connection: Connection, ids: Sequence[str]) -> Rows:
    """What was answered to claims."""
    about = {row["id"]: {"insurer": row["insurer"], "currency": row["currency"]} for row in _CLAIMS(connection, ids)}
    return [row | about[row["claim_id"]] for row in _CLAIM_ANSWERS(connection, ids)]


def _insured() -> Select[Any]:
    return (
        select(claims, insurers.c.name.label("insurer"))
        .join(covers, covers.c.id == claims.c.cover_id)
        .join(plans, plans.c.id == covers.c.plan_id)
        .join(insurers, insurers.c.id == plans.c.insurer_id)
    )


def _by(rows: Iterable[dict[str, Any]], column: str) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row[column], []).append(row)
    return {whole: sorted(parts, key=lambda part: part["position"]) for whole, parts in found.items()}


_INVOICES, _INVOICE_LINES = plain(invoices), plain(invoice_lines)
_CLAIMS, _CLAIM_LINES, _CLAIM_ANSWERS = OfPatient(claims, _insured), plain(claim_lines), plain(claim_answers)
# How the rows of each table are read, in the order in which they go out.
WORK: Mapping[str, Reader] = {
    "documents": OfPatient(documents, _documents),
    "consents": plain(consents),
    "covers": OfPatient(covers, _covers),
    "appointments": OfPatient(appointments, _appointments),
    "lab_order_tests": OfPatient(lab_order_tests, _ordered),
    "charges": plain(charges),
    "payments": plain(payments),
    "notifications": OfPatient(notifications, _notices),
    "refill_requests": OfPatient(refill_requests, _refills),
    "outside_records": plain(outside_records),
    "invoices": _invoices,
    "claims": _claims,
    "claim_answers": _claim_answers,
}
