"""What a patient agreed to, here or elsewhere <-> Consent."""

import json
from datetime import date

from clinic_desktop.domain.consents import BY_KEY, state
from clinic_desktop.exchange import when
from clinic_desktop.exchange.mapped import Mapped, Pointer, Row, clean, concept, meaning, titles
from clinic_desktop.exchange.medicines import NOT_NAMED
from sync.records.consent import Consent
from sync.records.elements import Coding, Reference
from sync.records.exact import Json

SCOPE = "http://terminology.hl7.org/CodeSystem/consentscope"
OURS = "urn:x-clinic-desktop:consent-scope"
AUDIENCE = "urn:x-clinic-desktop:consent-audience"
RECIPIENT = ("http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "IRCP", "information recipient")
LOINC_CONSENT = ("http://loinc.org", "59284-0", "Consent Document")
# What FHIR's own scopes are nearest to here, and the other way round.
_NEAREST = {"patient-privacy": "disclosure", "research": "research", "treatment": "treatment", "adr": "treatment"}
_OUTER = {"research": "research", "treatment": "treatment"}
_STATUS = {
    "active": "active", "draft": "draft", "proposed": "draft", "rejected": "rejected", "inactive": "expired",
    "entered-in-error": "entered_in_error",
}  # fmt: skip
_WRITTEN = {
    "active": "active", "draft": "draft", "rejected": "rejected", "expired": "inactive", "withdrawn": "inactive",
    "entered_in_error": "entered-in-error",
}  # fmt: skip


def read(record: Consent) -> Mapped:
    """A consent from elsewhere; it is shown, and opens nothing here: it was not given to this clinic."""
    provision = record.provision
    period = provision.period if provision else None
    denied = provision is not None and provision.type == "deny" and record.status == "active"
    rule, policy = meaning(record.policy_rule), record.policy[0] if record.policy else None
    who = record.performer[0] if record.performer else record.patient
    values = {
        "scope": _scope(record),
        "status": "rejected" if denied else _STATUS[record.status],
        "granted_on": when.civil(record.date_time),
        "valid_from": when.civil(period.start if period else None) or when.civil(record.date_time),
        "valid_until": when.civil(period.end if period else None),
        "grantor": "patient" if who == record.patient else "other",
        "grantor_name": (who.display if who else None) or NOT_NAMED,
        "wording": "outside",
        "wording_version": "",
        "wording_text": _worded(record, rule.title or (policy.uri or policy.authority if policy else None)),
        "source": "outside",
    }
    links: dict[str, Reference] = {"patient_id": record.patient} if record.patient else {}
    return Mapped(values, links, {"grantor_name": who} if who else {})


def in_force(row: Row, on: date) -> bool:
    """Whether a consent holds on a day."""
    begins, ends = date.fromisoformat(row["valid_from"]), row["valid_until"]
    return state(row["status"], begins, date.fromisoformat(ends) if ends else None, on) == "active"


def write(row: Row, point: Pointer) -> Json:
    """A consent with what was read and agreed to; one that was refused denies."""
    here = row["source"] == "here"
    scope = {"coding": [{"system": SCOPE, "code": _OUTER.get(row["scope"], "patient-privacy")},
                        {"system": OURS, "code": row["scope"]}]}  # fmt: skip
    if not here:
        return clean(status=_WRITTEN[row["status"]], patient=point("patients", row["patient_id"]))
    period = clean(start=row["valid_from"], end=row["valid_until"])
    by_patient = row["grantor"] == "patient"
    performer = point("patients", row["patient_id"]) if by_patient else clean(display=row["grantor_name"])
    paper = point("documents", row["document_id"])
    return clean(
        status=_WRITTEN[row["status"]],
        scope=scope,
        category=[concept(*LOINC_CONSENT)],
        patient=point("patients", row["patient_id"]),
        date_time=row["granted_on"],
        performer=[performer] if performer else None,
        source_reference=paper,
        policy_rule={"text": row["wording_text"] or row["wording"] or row["scope"]},
        provision=clean(
            type="deny" if row["status"] in {"rejected", "withdrawn"} else "permit",
            period=period,
            actor=[
                {"role": concept(*RECIPIENT), "reference": {"identifier": {"system": AUDIENCE, "value": each}}}
                for each in json.loads(row["audience"])
            ],
            code=[{"text": each} for each in json.loads(row["covers"])],
        ),
    )


def _worded(record: Consent, rule: str | None) -> str:
    """The words of a consent: its rule, what it is called where no code says it, and what it is given for."""
    plain = tuple(each for each in record.category if not each.coding)
    kind = titles(plain) if _is_vague(record.scope.coding) else None
    what = titles(record.provision.code) if record.provision else None
    return "; ".join(dict.fromkeys(each for each in (rule, kind, what) if each))


def _is_vague(codings: tuple[Coding, ...]) -> bool:
    """Whether a scope says no more than that it is a consent, so that its category must say what it is."""
    return all(each.system == SCOPE and each.code == "patient-privacy" for each in codings)


def _scope(record: Consent) -> str:
    codings: tuple[Coding, ...] = record.scope.coding
    if _is_vague(codings):
        named = [(each.text or "").strip().lower() for each in record.category if not each.coding]
        if not codings:
            named += [each.code or "" for one in record.category for each in one.coding]
        return next((_NEAREST.get(each, each) for each in named if each in _NEAREST or each in BY_KEY), "disclosure")
    ours = next((each.code for each in codings if each.system == OURS and each.code), None)
    if ours in BY_KEY:
        return str(ours)
    return next((_NEAREST[each.code] for each in codings if each.code in _NEAREST), "disclosure")
