"""Rows of Synthea's tables of money: payers and covers, bills with every movement, and what each thing cost.

They are history of elsewhere, in minor units of their own currency: nothing of it is in this clinic's ledger, its
day-end or its list of what is owed.
"""

import re
from datetime import date, timedelta

from clinic_desktop.exchange import when
from clinic_desktop.exchange.keys import UUID_SYSTEM, is_uuid
from clinic_desktop.exchange.mapped import Values
from clinic_desktop.exchange.synthea.cells import Cells, WrongCell
from clinic_desktop.i18n import N_
from clinic_desktop.services.arrival_keys import Key
from clinic_desktop.services.arrivals import Arrival
from sync.records.exact import digest, dumps

NOBODY = "NO_INSURANCE"
_RELATIONS = {"": "self", "Self": "self", "Spouse": "spouse", "Guardian": "child"}
_MOVEMENTS = {
    "CHARGE": "charge", "PAYMENT": "payment", "ADJUSTMENT": "adjustment", "TRANSFERIN": "transfer_in",
    "TRANSFEROUT": "transfer_out",
}  # fmt: skip
_METHODS = {
    "CASH": "cash",
    "CHECK": "cheque",
    "CC": "card",
    "ECHECK": "electronic",
    "COPAY": "copay",
    "SYSTEM": "system",
}
_YEAR = re.compile(r"[0-9]{4}")
PLAN = N_("Membership (from elsewhere)")
Payers = dict[str, str]  # their names, by id


def key(kind: str, value: str, source: str) -> Key:
    """Where a record of the set is found again."""
    return Key(kind, UUID_SYSTEM if is_uuid(value) else source, value)


def payer(row: Cells, source: str) -> list[Arrival]:
    """A row of payers.csv: an insurer, and the one plan that its members are in."""
    found, name = row.id("Id"), row.need("NAME")
    address = ", ".join(
        filter(None, (row.text("ADDRESS"), row.text("CITY"), row.text("STATE_HEADQUARTERED"), row.text("ZIP")))
    )
    insurer: Values = {"name": name, "phone": row.text("PHONE") or None, "address": address or None}
    # What this payer pays is in no table: a share is for somebody here to set before it counts on an invoice.
    plan: Values = {"name": PLAN, "share": 0, "currency": row.currency}
    if name == NOBODY:
        return []
    of = key("Payer", found, source)
    return [
        _arrival(of, "insurers", insurer),
        _arrival(Key("Plan", of.system, found), "plans", plan, {"insurer_id": of}),
    ]


def cover(row: Cells, source: str, payers: Payers) -> list[Arrival]:
    """A row of payer_transitions.csv: whose member a person was, and the secondary payer; none for the uninsured."""
    person = key("Patient", row.id("PATIENT"), source)
    since, until = _begins(row, "START_YEAR"), _begins(row, "END_YEAR")
    if since is None:
        raise WrongCell("START_YEAR", "", N_("This may not be empty."))
    relation = row.text("OWNERSHIP")
    if relation not in _RELATIONS:
        raise WrongCell("OWNERSHIP", relation, N_("This is none of {known}."), known="Self, Spouse, Guardian")
    if until is not None and until < since:
        raise WrongCell("END_YEAR", row.text("END_YEAR"), N_("It ends before it begins."))
    if until is not None and until > since:
        # The next cover begins on that day; the last day of one still counts here.
        until = (date.fromisoformat(until) - timedelta(days=1)).isoformat()
    values: Values = {
        "policy_number": row.text("MEMBERID") or "-", "holder": row.text("OWNERNAME") or None,
        "relation": _RELATIONS[relation], "valid_from": since, "valid_until": until,
    }  # fmt: skip
    made: list[Arrival] = []
    for position, column in ((1, "PAYER"), (2, "SECONDARY_PAYER")):
        found = row.link(column)
        if found is None or payers.get(found) == NOBODY:
            continue
        if found not in payers:
            raise WrongCell(column, found, N_("There is no such payer in payers.csv."))
        plan = Key("Plan", key("Payer", found, source).system, found)
        one = Key("Coverage", source, f"{row.text('PATIENT')}/{since}/{position}/{found}")
        made.append(_arrival(one, "covers", values | {"position": position}, {"patient_id": person, "plan_id": plan}))
    return made


def bill(row: Cells, source: str, payers: Payers) -> list[Arrival]:
    """A row of claims.csv. What is outstanding there is told as it stands there; nobody owes it here."""
    served = row.moment("SERVICEDATE")
    owed = (row.money("OUTSTANDING1"), row.money("OUTSTANDING2"), row.money("OUTSTANDINGP"))
    states = {row.text(f"STATUS{which}") for which in ("1", "2", "P")} - {""}
    values: Values = {
        "payer": _payer(row, "PRIMARYPATIENTINSURANCEID", payers),
        "second_payer": _payer(row, "SECONDARYPATIENTINSURANCEID", payers),
        "status": "closed" if states <= {"CLOSED"} else "open",
        "diagnoses": " ".join(filter(None, (row.text(f"DIAGNOSIS{n}") for n in range(1, 9)))) or None,
        "served_text": served, "served_at": when.instant(served) if served else None, "currency": row.currency,
        "payer_owes": owed[0], "second_payer_owes": owed[1], "patient_owes": owed[2],
    }  # fmt: skip
    found = key("Claim", row.id("Id"), source)
    links = _links(row, source, "PATIENTID", "APPOINTMENTID")
    names = {"provider": key("Practitioner", by, source)} if (by := row.link("PROVIDERID")) else {}
    return [_arrival(found, "outside_bills", values, links, names)]


def movement(row: Cells, source: str) -> list[Arrival]:
    """A row of claims_transactions.csv, each amount in its own column."""
    kind = row.need("TYPE")
    if kind not in _MOVEMENTS:
        raise WrongCell("TYPE", kind, N_("This is none of {known}."), known=", ".join(_MOVEMENTS))
    method, begun, over = row.text("METHOD"), row.moment("FROMDATE"), row.moment("TODATE")
    values: Values = {
        "kind": _MOVEMENTS[kind], "number": row.text("CHARGEID") or None, "code": row.text("PROCEDURECODE") or None,
        "description": row.text("NOTES") or row.text("LINENOTE") or None,
        "method": _METHODS.get(method, method.casefold()) or None, "units": row.text("UNITS") or None,
        "currency": row.currency,
        "unit_amount": row.money("UNITAMOUNT"), "amount": row.money("AMOUNT"), "payments": row.money("PAYMENTS"),
        "adjustments": row.money("ADJUSTMENTS"), "transfers": row.money("TRANSFERS"),
        "outstanding": row.money("OUTSTANDING"),
        "happened_text": begun, "happened_at": when.instant(begun) if begun else None, "ended_text": over,
    }  # fmt: skip
    links = _links(row, source, "PATIENTID", "APPOINTMENTID") | {"bill_id": key("Claim", row.id("CLAIMID"), source)}
    return [_arrival(key("ClaimTransaction", row.id("ID"), source), "outside_bill_lines", values, links)]


def cost(kind: str, row: Cells, of: Key, source: str, payers: Payers) -> list[Arrival]:
    """What the thing of a row cost; nothing where the row says nothing of it."""
    amounts = _amounts(kind, row)
    if all(amount is None for amount in amounts.values()):
        return []
    begun = row.moment("START") or row.moment("DATE")
    values = amounts | {
        "kind": kind, "title": row.text("DESCRIPTION") or None, "currency": row.currency,
        "payer": _payer(row, "PAYER", payers) if kind in {"visit", "medicine"} else None,
        "happened_text": begun, "happened_at": when.instant(begun) if begun else None,
    }  # fmt: skip
    links = _links(row, source, "Id" if kind == "person" else "PATIENT", "Id" if kind == "visit" else "ENCOUNTER")
    return [_arrival(Key(f"Cost.{of.kind}", of.system, of.value), "outside_costs", values, links)]


def _amounts(kind: str, row: Cells) -> Values:
    """The amounts that a row of a kind tells, by their columns here."""
    if kind == "person":
        return {"total": row.total("HEALTHCARE_EXPENSES"), "covered": row.total("HEALTHCARE_COVERAGE")}
    if kind == "visit":
        base, total = row.money("BASE_ENCOUNTER_COST"), row.money("TOTAL_CLAIM_COST")
        return {"base": base, "total": total, "covered": row.money("PAYER_COVERAGE")}
    if kind == "medicine":
        covered, units = row.money("PAYER_COVERAGE"), row.text("DISPENSES") or None
        return {"base": row.money("BASE_COST"), "total": row.money("TOTALCOST"), "covered": covered, "units": units}
    return {"base": row.money("BASE_COST")}


def _payer(row: Cells, column: str, payers: Payers) -> str | None:
    """The name of a payer that a row refers to; 0 is none, and an id that is in no table stays as it is."""
    found = row.text(column)
    if found in {"", "0"}:
        return None
    name = payers.get(found, found)
    return None if name == NOBODY else name


def _links(row: Cells, source: str, person: str, visit: str) -> dict[str, Key]:
    found = {"patient_id": key("Patient", row.id(person), source)}
    if seen := row.link(visit) if visit != person else None:
        found["encounter_id"] = key("Encounter", seen, source)
    return found


def _begins(row: Cells, column: str) -> str | None:
    """A day; a year alone, as older sets write it, is its first."""
    text = row.text(column)
    return row.day(column) if _YEAR.fullmatch(text) is None else f"{text}-01-01"


def _arrival(
    of: Key, table: str, values: Values, links: dict[str, Key] | None = None, names: dict[str, Key] | None = None
) -> Arrival:
    # Said apart for the digest: a link that changes is a change too.
    said = dumps([table, values, links or {}, names or {}])
    return Arrival(of, table, values, digest(said), links=links or {}, names=names or {})
