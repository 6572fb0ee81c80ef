"""What was planned, ordered, insured, charged and said here, as rows that go out with a patient's record."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Select, Table, select

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

IN_ACT = ("rows_of_work", "of_patient")

Found = Iterable[tuple[str, dict[str, Any]]]


def rows_of_work(connection: Connection, ids: Sequence[str]) -> Found:
    """Documents, consents, and all that was planned, ordered, insured, charged and said, the oldest first."""
    wanted: tuple[tuple[Table, Select[Any]], ...] = (
        (documents, _documents()),
        (consents, select(consents)),
        (covers, _covers()),
        (appointments, _appointments()),
        (lab_order_tests, _ordered()),
        (charges, select(charges)),
        (payments, select(payments)),
        (notifications, _notices()),
        (refill_requests, _refills()),
        (outside_records, select(outside_records)),
    )
    for table, asked in wanted:
        yield from ((table.name, row) for row in of_patient(connection, asked, table, ids))
    yield from _invoices(connection, ids)
    yield from _claims(connection, ids)


def of_patient(connection: Connection, wanted: Select[Any], table: Table, ids: Sequence[str]) -> list[dict[str, Any]]:
    """The rows of one table that stand under these registrations, the oldest first."""
    rows = connection.execute(wanted.where(table.c.patient_id.in_(ids)).order_by(table.c.rowid_))
    return [dict(row) for row in rows.mappings()]


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
            lab_orders.c.priority, lab_orders.c.note, lab_tests.c.name, lab_tests.c.loinc,
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


def _invoices(connection: Connection, ids: Sequence[str]) -> Found:
    lines = _by(of_patient(connection, select(invoice_lines), invoice_lines, ids), "invoice_id")
    for row in of_patient(connection, select(invoices), invoices, ids):
        yield invoices.name, row | {"lines": lines.get(row["id"], [])}


def _claims(connection: Connection, ids: Sequence[str]) -> Found:
    """Claims with their lines, then what was answered to them; who provides is the clinic by its name."""
    name = connection.execute(select(settings.c.value).where(settings.c.name == "clinic_name")).scalar()
    insured = (
        select(claims, insurers.c.name.label("insurer"))
        .join(covers, covers.c.id == claims.c.cover_id)
        .join(plans, plans.c.id == covers.c.plan_id)
        .join(insurers, insurers.c.id == plans.c.insurer_id)
    )
    lines = _by(of_patient(connection, select(claim_lines), claim_lines, ids), "claim_id")
    made = of_patient(connection, insured, claims, ids)
    for row in made:
        yield claims.name, row | {"lines": lines.get(row["id"], []), "clinic": name or "?"}
    about = {row["id"]: {"insurer": row["insurer"], "currency": row["currency"]} for row in made}
    for row in of_patient(connection, select(claim_answers), claim_answers, ids):
        yield claim_answers.name, row | about[row["claim_id"]]


def _by(rows: Iterable[dict[str, Any]], column: str) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row[column], []).append(row)
    return {whole: sorted(parts, key=lambda part: part["position"]) for whole, parts in found.items()}
