"""From a patient's consents and shares to the papers of them."""

import hashlib
from datetime import date

from clinic_desktop.clock import new_id
from clinic_desktop.domain import signatures, vitals
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.domain.units import written
from clinic_desktop.i18n import N_, _
from clinic_desktop.reports import consent_form as form
from clinic_desktop.reports import health_summary as summary
from clinic_desktop.reports.consent_words import CHANNEL_WORDS, STATE_WORDS
from clinic_desktop.reports.printed import head_of, identity_of, printed_by
from clinic_desktop.reports.reported import SHORT, reported_state, reported_when
from clinic_desktop.reports.result_line import flag_words
from clinic_desktop.reports.sealed import Seal
from clinic_desktop.reports.wording import PRESET_WORDS, day
from clinic_desktop.services import consents, sharing
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.consent_rows import Consent
from clinic_desktop.services.sharing import HealthSummary, SealedCopy, new_password


def consent_number(consent: Consent) -> str:
    """What a consent is called on paper: it has no number of its own."""
    return consent.id[-8:]


def consent_form(desk: Desk, patient_id: str, consent_id: str) -> bytes:
    """The consent form as PDF."""
    found = [one for one in consents.consents_of(desk, patient_id).consents if one.id == consent_id]
    if not found:
        raise Refusal(N_("This consent is not here."), record=consent_id)
    one = found[0]
    return form.consent_form(
        form.ConsentPaper(
            head_of(desk),
            identity_of(desk, patient_id, one.granted_on),
            printed_by(desk),
            one.wording,
            one.wording_text,
            one.wording_version or "–",
            _(STATE_WORDS[one.state]),
            one.grantor_name,
            one.grantor_relation or (_("the patient") if one.grantor == "patient" else one.grantor),
            one.granted_on,
            one.valid_from,
            one.valid_until,
            covers=", ".join(_(CHANNEL_WORDS.get(each, each)) for each in one.covers),
            witness=one.witness,
            note=one.note,
            signature=signatures.read(one.signature) if one.signature else None,
            signed_at=None if one.signed_at is None else one.signed_at.astimezone(),
            void=_void(one),
            refused=one.state == "rejected",
        )
    )


def _void(one: Consent) -> str:
    if one.state == "withdrawn" and one.withdrawn_at is not None:
        words = _("Withdrawn on {day}: {reason}")
        return words.format(day=day(one.withdrawn_at.astimezone().date()), reason=one.withdrawal_reason)
    return _(STATE_WORDS[one.state]) if one.state in {"expired", "rejected", "entered_in_error"} else ""


def health_summary(desk: Desk, patient_id: str) -> bytes:
    """The whole health summary as PDF."""
    return summary.health_summary(filled(desk, patient_id, sharing.health_summary_facts(desk, patient_id)))


def sealed_copy(desk: Desk, share_id: str) -> SealedCopy:
    """One more copy of a share: noted first, then made, then sealed with a password of its own."""
    allowed = sharing.make_copy(desk.once(new_id()), share_id)
    facts = sharing.health_summary_facts(desk, allowed.patient_id, allowed.sections)
    password = new_password()
    seal = Seal(password, may_print="print" in allowed.permissions, may_copy="keep" in allowed.permissions)
    shared = summary.SharedWith(allowed.recipient, allowed.purpose, allowed.expires_on)
    paper = filled(desk, allowed.patient_id, facts, sections=allowed.sections, number=allowed.number, shared=shared)
    pdf = summary.health_summary(paper, seal=seal)
    sharing.copy_made(desk.once(new_id()), allowed.copy_id, hashlib.sha256(pdf).hexdigest(), len(pdf))
    return SealedCopy(allowed.number, pdf, password)


def filled(
    desk: Desk,
    patient_id: str,
    facts: HealthSummary,
    *,
    sections: tuple[str, ...] | None = None,
    number: str = "",
    shared: summary.SharedWith | None = None,
) -> summary.HealthSummaryPaper:
    """What stands on a summary, in words."""

    def part(section: str, rows: summary.Rows) -> summary.Rows | None:
        return rows if sections is None or section in sections else None

    has_allergies = sections is None or "allergies" in sections
    return summary.HealthSummaryPaper(
        head_of(desk),
        identity_of(desk, patient_id),
        printed_by(desk),
        number,
        _allergies(facts) if has_allergies else None,
        bool(facts.allergies),
        part("problems", tuple((one.title, one.code or "", day(one.onset_on) if one.onset_on else "")
                               for one in facts.problems)),
        part("medicines", tuple((one.name, one.dose or "", day(one.started_on) if one.started_on else "")
                                for one in facts.medicines)),
        part("vitals", _vitals(facts)),
        part("results", _results(facts)),
        part("visits", tuple((day(one.started_at.astimezone().date()), one.practitioner,
                              one.summary or _(PRESET_WORDS.get(one.preset, one.preset))) for one in facts.visits)),
        part("contact", tuple((_(by), words) for by, words in facts.contact)),
        part("immunizations", tuple((one.vaccine, one.lot, _when(one.on, one.precision)) for one in facts.doses)),
        part("procedures", tuple((one.title, one.code, day(one.on) if one.on else one.told)
                                 for one in facts.procedures)),
        shared,
        part("results", _elsewhere(facts)) or None,
    )  # fmt: skip


def _vitals(facts: HealthSummary) -> summary.Rows:
    return tuple(
        (
            _(vitals.BY_CODE[one.code].name),
            f"{vitals.plain(one.value)} {vitals.BY_CODE[one.code].shown_unit}",
            flag_words(one.flag),
            day(one.taken_at.astimezone().date()),
        )
        for one in facts.vitals
        if one.code in vitals.BY_CODE
    )


def _results(facts: HealthSummary) -> summary.Rows:
    return tuple(
        (
            one.name,
            " ".join(filter(None, (one.value, one.unit))),
            flag_words(one.flag),
            one.range_text or "",
            day(one.released_at.astimezone().date()) if one.released_at else "",
        )
        for one in facts.results
    )


def _elsewhere(facts: HealthSummary) -> summary.Rows:
    """Results of others as they were reported, by whom and when; a sentence stands by its name."""
    rows = []
    for one in facts.elsewhere:
        value = " ".join(filter(None, (one.value, written(one.unit))))
        is_short = len(value) <= SHORT
        state = "; ".join(filter(None, (flag_words(one.flag), reported_state(one))))
        by = ", ".join(filter(None, (one.source, reported_when(one))))
        name = one.title if is_short else f"{one.title}: {value}"
        rows.append((name, value if is_short else "", state, one.range_text or "", by))
    return tuple(rows)


def _when(on: date | None, precision: str) -> str:
    if on is None or precision == "unknown":
        return _("date not known")
    return f"{on.year}" if precision == "year" else day(on)[3:] if precision == "month" else day(on)


def _allergies(facts: HealthSummary) -> str:
    if facts.allergies:
        return "; ".join(
            ", ".join(filter(None, (one.substance, one.reaction, "" if one.severity == "unknown" else one.severity)))
            for one in facts.allergies
        )
    if facts.patient.allergy_state != "none_known":
        return _("Allergies have not been asked about")
    on = facts.patient.allergy_state_on
    return _("No known allergies, confirmed on {date}").format(date=day(on)) if on else _("No known allergies")
