"""Insurers and their plans: what each pays, for how long, and what it asks of a claim. Amounts in minor units."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, Row, func, select

from clinic_desktop.domain.counting import money, whole
from clinic_desktop.domain.insurance import Terms, clean, require_format, require_span, require_terms
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services.acts import Act, Read, command, query
from clinic_desktop.store.tables.billing import prices
from clinic_desktop.store.tables.insurance import insurers, plans
from clinic_desktop.store.tables.journal import settings

LONGEST_FILING = 3650


@dataclass(frozen=True)
class NewInsurer:
    """An insurer as it is entered; `policy_format` is the form of its policy numbers, as 9, A and X."""

    name: str
    payer_code: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    policy_format: str = ""
    active: bool = True


@dataclass(frozen=True)
class NewPlan:
    """A plan as it is entered; `share` in whole per cent, `ceiling` for one calendar year, None is none."""

    insurer_id: str
    name: str
    share: int
    copay: int = 0
    ceiling: int | None = None
    needs_authorisation: bool = False
    filing_days: int | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    active: bool = True


@dataclass(frozen=True)
class Insurer:
    """One insurer."""

    id: str
    revision: int
    name: str
    payer_code: str
    phone: str
    email: str
    address: str
    policy_format: str
    active: bool
    plans: int


@dataclass(frozen=True)
class Plan:
    """One plan with its insurer."""

    id: str
    revision: int
    insurer_id: str
    insurer: str
    name: str
    share: int
    copay: int
    ceiling: int | None
    currency: str
    needs_authorisation: bool
    filing_days: int | None
    valid_from: date | None
    valid_until: date | None
    active: bool


@command
def add_insurer(act: Act, new: NewInsurer) -> str:
    """Add an insurer. Raises Refusal naming the field."""
    return act.create(insurers, _insurer(act.conn, new), kind="insurer.added")


@command
def change_insurer(act: Act, insurer_id: str, new: NewInsurer, *, expect: int) -> int:
    """Change an insurer; what was invoiced keeps the name it had. Raises Refusal naming the field."""
    return act.change(
        insurers, insurer_id, _insurer(act.conn, new, insurer_id), kind="insurer.changed", expect=expect
    )  # fmt: skip


@command
def add_plan(act: Act, new: NewPlan) -> str:
    """Add a plan of an insurer. Raises Refusal naming the field."""
    return act.create(plans, _plan(act.conn, new) | {"currency": _currency(act.conn)}, kind="plan.added")


@command
def change_plan(act: Act, plan_id: str, new: NewPlan, *, expect: int) -> int:
    """Change a plan: invoices already made keep what they were shared by. Raises Refusal naming the field."""
    return act.change(plans, plan_id, _plan(act.conn, new, plan_id), kind="plan.changed", expect=expect)


@query
def insurers_known(read: Read) -> tuple[Insurer, ...]:
    """Every insurer, by name."""
    count = select(func.count()).where(plans.c.insurer_id == insurers.c.id).scalar_subquery()
    rows = read.conn.execute(select(insurers, count.label("plans")).order_by(func.lower(insurers.c.name)))
    return tuple(
        Insurer(
            row.id, row.revision, row.name, row.payer_code or "", row.phone or "", row.email or "", row.address or "",
            row.policy_format or "", bool(row.active), row.plans,
        )
        for row in rows
    )  # fmt: skip


@query
def plans_known(read: Read) -> tuple[Plan, ...]:
    """Every plan, by insurer and name."""
    rows = read.conn.execute(
        select(plans, insurers.c.name.label("insurer"))
        .join(insurers, insurers.c.id == plans.c.insurer_id)
        .order_by(func.lower(insurers.c.name), func.lower(plans.c.name))
    )
    return tuple(_shown(row) for row in rows)


def _shown(row: Row[tuple[object, ...]]) -> Plan:
    return Plan(
        row.id, row.revision, row.insurer_id, row.insurer, row.name, row.share, row.copay, row.ceiling, row.currency,
        bool(row.needs_authorisation), row.filing_days, _day(row.valid_from), _day(row.valid_until), bool(row.active),
    )  # fmt: skip


def _insurer(connection: Connection, new: NewInsurer, own: str = "") -> dict[str, object]:
    name = clean(new.name, "name")
    if not name:
        raise Refusal(N_("Name the insurer."), field="name")
    code = clean(new.payer_code, "payer_code")
    for field, column, value in (("name", insurers.c.name, name), ("payer_code", insurers.c.payer_code, code)):
        same = select(insurers.c.id).where(func.lower(column) == value.lower(), insurers.c.id != own)
        if value and connection.execute(same.limit(1)).first() is not None:
            raise Refusal(N_("Another insurer has this already."), field=field)
    return {
        "name": name,
        "payer_code": code or None,
        "phone": clean(new.phone, "phone") or None,
        "email": clean(new.email, "email") or None,
        "address": clean(new.address, "address", most=500) or None,
        "policy_format": require_format(new.policy_format) or None,
        "active": int(new.active),
    }


def _plan(connection: Connection, new: NewPlan, own: str = "") -> dict[str, object]:
    if connection.execute(select(insurers.c.id).where(insurers.c.id == new.insurer_id)).first() is None:
        raise Refusal(N_("Choose the insurer."), field="insurer_id")
    name = clean(new.name, "name")
    if not name:
        raise Refusal(N_("Name the plan."), field="name")
    same = select(plans.c.id).where(
        func.lower(plans.c.name) == name.lower(), plans.c.insurer_id == new.insurer_id, plans.c.id != own
    )
    if connection.execute(same.limit(1)).first() is not None:
        raise Refusal(N_("This insurer has a plan of this name already."), field="name")
    require_terms(Terms(new.share, new.copay))
    if new.ceiling is not None:
        money(new.ceiling, field="ceiling", least=1)
    if new.filing_days is not None:
        whole(new.filing_days, field="filing_days", least=1, most=LONGEST_FILING)
    require_span(new.valid_from, new.valid_until)
    return {
        "insurer_id": new.insurer_id,
        "name": name,
        "share": new.share,
        "copay": new.copay,
        "ceiling": new.ceiling,
        "needs_authorisation": int(new.needs_authorisation),
        "filing_days": new.filing_days,
        "valid_from": None if new.valid_from is None else new.valid_from.isoformat(),
        "valid_until": None if new.valid_until is None else new.valid_until.isoformat(),
        "active": int(new.active),
    }


def _currency(connection: Connection) -> str:
    found = connection.execute(select(prices.c.currency).limit(1)).scalar_one_or_none()
    found = found or connection.execute(select(settings.c.value).where(settings.c.name == "currency")).scalar()
    if not found:
        raise Refusal(N_("There is no price list yet. Ask an administrator."), field="copay")
    return str(found)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
