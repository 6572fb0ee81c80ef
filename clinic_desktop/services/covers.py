"""Who is covered by which plan, from when until when, and what each insurer owes of an invoice. Part of insurance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, Row, Select, func, select

from clinic_desktop.domain import insurance
from clinic_desktop.domain.counting import says_something
from clinic_desktop.domain.insurance import Span, Terms, clean
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services.acts import Act, Read, command, query
from clinic_desktop.services.merges import ids_of
from clinic_desktop.store.tables.billing import invoices
from clinic_desktop.store.tables.insurance import covers, insurers, invoice_shares, plans
from clinic_desktop.store.tables.patients import patients
from clinic_desktop.store.tables.staff import staff

IN_ACT = ("paying_on", "shared_among", "note_shares", "shares_of")


@dataclass(frozen=True)
class NewCover:
    """A cover as it is entered; `position` 1 is primary, 2 secondary; the last day still counts."""

    plan_id: str
    position: int
    policy_number: str
    valid_from: date
    valid_until: date | None = None
    group_number: str = ""
    holder: str = ""
    relation: str = "self"


@dataclass(frozen=True)
class CoverView:
    """One cover of a patient; `state` is ``in_force``, ``to_come``, ``over`` or ``ended``."""

    id: str
    revision: int
    position: int
    plan_id: str
    plan: str
    insurer: str
    share: int
    copay: int
    ceiling: int | None
    used: int
    currency: str
    policy_number: str
    group_number: str
    holder: str
    relation: str
    valid_from: date
    valid_until: date | None
    verified_on: date | None
    verified_by: str
    ended_on: date | None
    ended_reason: str
    state: str


@dataclass(frozen=True)
class Paying:
    """A cover that pays on an invoice, with what is left of its ceiling."""

    cover_id: str
    position: int
    insurer: str
    currency: str
    terms: Terms


@dataclass(frozen=True)
class Shared:
    """What one insurer owes of an invoice, in minor units."""

    cover_id: str
    position: int
    insurer: str
    share: int
    amount: int
    copay: int = 0  # what the patient paid first, where that and the share come to the amount


@command
def add_cover(act: Act, patient_id: str, new: NewCover) -> str:
    """Cover a patient by a plan. Raises Refusal naming the field, also where another cover holds on the same days."""
    if act.conn.execute(select(patients.c.id).where(patients.c.id == patient_id)).first() is None:
        raise Refusal(N_("There is no such patient."), field="patient")
    values = _values(act.conn, patient_id, new, "", None)
    noted = {"patient_id": patient_id, "recorded_by": act.session.staff_id, "recorded_at": act.at}
    return act.create(covers, {**values, **noted}, kind="cover.added")


@command
def change_cover(act: Act, cover_id: str, new: NewCover, *, expect: int) -> int:
    """Change a cover; a changed number or plan has to be verified again. Raises Refusal naming the field."""
    row = _one(act.conn, cover_id)
    values = dict(_values(act.conn, row.patient_id, new, cover_id, row.ended_on))
    if (row.plan_id, row.policy_number) != (values["plan_id"], values["policy_number"]):
        if act.conn.execute(select(invoice_shares.c.id).where(invoice_shares.c.cover_id == cover_id)).first():
            raise Refusal(
                N_("Invoices stand on this cover. End it and add another with the new number or plan."),
                field="policy_number",
            )
        values |= {"verified_on": None, "verified_by": None}
    return act.change(covers, cover_id, values, kind="cover.changed", expect=expect)


@command
def end_cover(act: Act, cover_id: str, last_day: date, *, reason: str, expect: int) -> int:
    """End a cover after a day, with the reason; it stays on record. Raises Refusal naming the field."""
    row = _one(act.conn, cover_id)
    if not says_something(reason):
        raise Refusal(N_("Say why."), field="reason")
    used = act.conn.execute(select(func.max(invoice_shares.c.owed_on)).where(invoice_shares.c.cover_id == cover_id))
    # One that never held (the wrong patient, the wrong plan) ends before it begins, unless an invoice stands on it.
    if last_day < date.fromisoformat(row.valid_from) and used.scalar() is not None:
        raise Refusal(N_("This ends before it begins, and invoices stand on it."), field="ended_on")
    if row.valid_until is not None and last_day.isoformat() > row.valid_until:
        raise Refusal(N_("It ends by itself before that day."), field="ended_on")
    said = clean(reason, "reason", most=500)
    changes = {"ended_on": last_day.isoformat(), "ended_reason": said}
    return act.change(covers, cover_id, changes, kind="cover.ended", reason=said, expect=expect)


@command
def verify_cover(act: Act, cover_id: str, *, expect: int) -> int:
    """Note that the insurer was asked today and confirmed the cover. Raises Refusal."""
    _one(act.conn, cover_id)
    changes = {"verified_on": act.now.astimezone().date().isoformat(), "verified_by": act.session.staff_id}
    return act.change(covers, cover_id, changes, kind="cover.verified", expect=expect)


@query(access="bill", once=True)
def covers_of(read: Read, patient_id: str) -> tuple[CoverView, ...]:
    """Every cover of a patient: those in force first, then the newest."""
    today = read.now.astimezone().date()
    rows = read.conn.execute(
        _with_plans()
        .add_columns(staff.c.display_name.label("verifier"))
        .outerjoin(staff, staff.c.id == covers.c.verified_by)
        .where(covers.c.patient_id.in_(ids_of(read.conn, patient_id)))
    ).all()
    found = [_view(read.conn, row, today) for row in rows]
    order = ("in_force", "to_come", "over", "ended")
    found.sort(key=lambda one: one.valid_from, reverse=True)
    return tuple(sorted(found, key=lambda one: (order.index(one.state), one.position)))


def paying_on(connection: Connection, patient_id: str, day: date) -> tuple[Paying, ...]:
    """The covers that pay for a patient on a day, in their order, with what is left of each ceiling."""
    people = ids_of(connection, patient_id)
    rows = {row.id: row for row in connection.execute(_with_plans().where(covers.c.patient_id.in_(people)))}
    # Two registrations made one may each have had a primary cover: the kept one's pays, the older one of its own.
    own = sorted(rows.values(), key=lambda row: (people.index(row.patient_id), row.recorded_at, row.id))
    standing = (insurance.Cover(row.id, row.position, _span(row)) for row in own)
    found: list[Paying] = []
    for cover in insurance.in_force(standing, day):
        if any(one.position == cover.position for one in found):
            continue
        row = rows[cover.id]
        left = None if row.ceiling is None else max(row.ceiling - _used(connection, row.id, day.year), 0)
        terms = Terms(row.share, row.copay, left)
        found.append(Paying(row.id, row.position, row.insurer, row.currency, terms))
    return tuple(found)


def shared_among(paying: Sequence[Paying], amount: int, currency: str) -> tuple[Shared, ...]:
    """What each cover owes of an amount. Raises Refusal where a plan counts in another currency."""
    for one in paying:
        if one.currency != currency and (one.terms.copay or one.terms.ceiling_left is not None):
            raise Refusal(
                N_("The plan of {insurer} counts in {plan}, the charges are in {currency}."),
                field="use_insurance", insurer=one.insurer, plan=one.currency, currency=currency,
            )  # fmt: skip
    owed = insurance.shares(amount, [one.terms for one in paying])
    return tuple(
        Shared(one.cover_id, one.position, one.insurer, one.terms.share, part, one.terms.copay)
        for one, part in zip(paying, owed, strict=True)
    )


def note_shares(act: Act, invoice_id: str, patient_id: str, shared: Sequence[Shared], currency: str) -> None:
    """Write down what each cover owes of an invoice that is being made."""
    for one in shared:
        act.create(
            invoice_shares,
            {
                "invoice_id": invoice_id, "patient_id": patient_id, "cover_id": one.cover_id,
                "position": one.position, "insurer": one.insurer, "share": one.share, "amount": one.amount,
                "currency": currency, "owed_on": act.now.astimezone().date().isoformat(),
            },
            kind="invoice_share.made",
        )  # fmt: skip


def shares_of(connection: Connection, invoice_id: str) -> tuple[Shared, ...]:
    """What each cover owes of an invoice, in their order."""
    rows = connection.execute(
        select(invoice_shares, plans.c.copay, invoices.c.total - invoices.c.discount)
        .join(invoices, invoices.c.id == invoice_shares.c.invoice_id)
        .join(covers, covers.c.id == invoice_shares.c.cover_id)
        .join(plans, plans.c.id == covers.c.plan_id)
        .where(invoice_shares.c.invoice_id == invoice_id)
        .order_by(invoice_shares.c.position, invoice_shares.c.id)
    ).all()
    found, left = list[Shared](), rows[0][-1] if rows else 0
    for row in rows:
        # The plan may have changed since, or its ceiling was reached: then its copay explains nothing and is not told.
        explains = insurance.shares(left, [Terms(row.share, row.copay)]) == (row.amount,)
        copay = row.copay if explains else 0
        found.append(Shared(row.cover_id, row.position, row.insurer, row.share, row.amount, copay))
        left = max(left - row.amount, 0)
    return tuple(found)


def _values(
    connection: Connection, patient_id: str, new: NewCover, own: str, ended_on: str | None
) -> Mapping[str, object]:
    plan = connection.execute(
        select(plans, insurers.c.policy_format, insurers.c.active.label("insurer_active"))
        .join(insurers, insurers.c.id == plans.c.insurer_id)
        .where(plans.c.id == new.plan_id)
    ).one_or_none()
    if plan is None or not (own or (plan.active and plan.insurer_active)):
        raise Refusal(N_("Choose a plan that is still sold."), field="plan_id")
    if new.position not in {insurance.PRIMARY, insurance.SECONDARY}:
        raise Refusal(N_("Say whether it pays first or second."), field="position")
    if new.relation not in insurance.RELATIONS:
        raise Refusal(N_("Say how the patient is related to the holder."), field="relation")
    holder = clean(new.holder, "holder")
    if new.relation != "self" and not holder:
        raise Refusal(N_("Name the holder of the policy."), field="holder")
    group = clean(new.group_number, "group_number") or None
    number = insurance.policy_number(new.policy_number, plan.policy_format)
    span = insurance.require_span(new.valid_from, new.valid_until)
    if not Span(_day(plan.valid_from), _day(plan.valid_until)).meets(span):
        raise Refusal(N_("The plan does not hold on any of these days."), field="valid_from")
    rows = connection.execute(select(covers).where(covers.c.patient_id.in_(ids_of(connection, patient_id)))).all()
    until = min((day for day in (new.valid_until, _day(ended_on)) if day is not None), default=None)
    standing = [insurance.Cover(row.id, row.position, _span(row)) for row in rows if not _was_never(row)]
    insurance.require_no_overlap(insurance.Cover(own, new.position, Span(new.valid_from, until)), standing)
    return {
        "plan_id": new.plan_id,
        "position": new.position,
        "policy_number": number,
        "group_number": group,
        "holder": holder or None,
        "relation": new.relation,
        "valid_from": new.valid_from.isoformat(),
        "valid_until": None if new.valid_until is None else new.valid_until.isoformat(),
    }


def _view(connection: Connection, row: Row[tuple[object, ...]], today: date) -> CoverView:
    span = _span(row)
    state = (
        "in_force" if span.holds_on(today) else "to_come" if span.since is not None and span.since > today else "over"
    )
    if row.ended_on is not None and state == "over":
        state = "ended"
    return CoverView(
        row.id, row.revision, row.position, row.plan_id, row.plan, row.insurer, row.share, row.copay, row.ceiling,
        _used(connection, row.id, today.year), row.currency, row.policy_number, row.group_number or "",
        row.holder or "", row.relation, date.fromisoformat(row.valid_from), _day(row.valid_until),
        _day(row.verified_on), row.verifier or "", _day(row.ended_on), row.ended_reason or "", state,
    )  # fmt: skip


def _used(connection: Connection, cover_id: str, year: int) -> int:
    """What a cover owed on the invoices of a calendar year, those that are void left out."""
    total = connection.execute(
        select(func.coalesce(func.sum(invoice_shares.c.amount), 0))
        .join(invoices, invoices.c.id == invoice_shares.c.invoice_id)
        .where(
            invoice_shares.c.cover_id == cover_id,
            invoices.c.status == "issued",
            invoice_shares.c.owed_on.between(f"{year:04d}-01-01", f"{year:04d}-12-31"),
        )
    ).scalar_one()
    return int(total)


def _with_plans() -> Select[tuple[object, ...]]:
    return (
        select(
            covers, plans.c.name.label("plan"), plans.c.share, plans.c.copay, plans.c.ceiling, plans.c.currency,
            plans.c.valid_from.label("plan_from"), plans.c.valid_until.label("plan_until"),
            insurers.c.name.label("insurer"),
        )
        .join(plans, plans.c.id == covers.c.plan_id)
        .join(insurers, insurers.c.id == plans.c.insurer_id)
    )  # fmt: skip


def _span(row: Row[tuple[object, ...]]) -> Span:
    """The days on which a cover pays: its own, cut by its end and, where they are known, by its plan's."""
    known = row._mapping
    since = [day for day in (_day(row.valid_from), _day(known.get("plan_from"))) if day is not None]
    until = [
        day for day in (_day(row.valid_until), _day(row.ended_on), _day(known.get("plan_until"))) if day is not None
    ]
    return Span(max(since), min(until, default=None))


def _was_never(row: Row[tuple[object, ...]]) -> bool:
    return row.ended_on is not None and row.ended_on < row.valid_from


def _one(connection: Connection, cover_id: str) -> Row[tuple[object, ...]]:
    row = connection.execute(select(covers).where(covers.c.id == cover_id)).one_or_none()
    if row is None:
        raise Refusal(N_("There is no such cover."), field="cover")
    if row.ended_on is not None:
        raise Refusal(N_("This cover has ended. Add another."), field="cover")
    return row


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
