"""From a patient's chart to the immunization card that the family keeps."""

from clinic_desktop.domain.immunization_forecast import DUE, OVERDUE, UNKNOWN, Forecast, in_sight
from clinic_desktop.i18n import _
from clinic_desktop.reports import immunization_card as paper
from clinic_desktop.reports.immunization_words import (
    STATE_ORDER,
    STATE_WORDS,
    counts_words,
    given_words,
    next_words,
    reason_words,
    said_words,
)
from clinic_desktop.reports.printed import head_of, identity_of, printed_by
from clinic_desktop.reports.wording import day
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.immunization_chart import Card, DoseShown, immunization_card

_COMING = frozenset({OVERDUE, DUE, "decision", "held", "later"})


def card(desk: Desk, patient_id: str) -> bytes:
    """The immunization card as PDF."""
    shown = immunization_card(desk, patient_id)
    given = [one for one in reversed(shown.doses) if one.status == "completed"]
    coming = sorted(
        (one for one in shown.forecasts if one.state in _COMING and in_sight(one, shown.today)), key=_urgency
    )
    unsure = next((said_words(one.reason) for one in shown.forecasts if one.state == UNKNOWN), "")
    return paper.immunization_card(
        paper.ImmunizationCard(
            head_of(desk),
            identity_of(desk, patient_id),
            printed_by(desk),
            _(shown.schedule_name),
            tuple(_given(one) for one in given),
            tuple(_due(one) for one in coming),
            tuple(_(one.name) for one in shown.forecasts if one.state == "complete"),
            _declined(shown),
            tuple(_reactions(shown)),
            unsure,
        )
    )


def _urgency(one: Forecast) -> tuple[int, str]:
    on = one.recommended or one.earliest
    return STATE_ORDER.index(one.state), "9999" if on is None else on.isoformat()


def _given(dose: DoseShown) -> paper.GivenLine:
    expiry = "" if dose.expires_on is None else _("expires {day}").format(day=day(dose.expires_on))
    wrong = [f"{_(one.name)}: {said_words(one.reason)}" for one in dose.counted if one.state == "invalid"]
    return paper.GivenLine(
        given_words(dose),
        dose.vaccine_name,
        ", ".join(filter(None, (dose.lot, expiry))),
        ", ".join(filter(None, (dose.performer, dose.location))),
        counts_words(dose),
        _("To be given again. {why}").format(why=" ".join(wrong)) if wrong else "",
        not dose.primary_source,
    )


def _due(one: Forecast) -> paper.DueLine:
    when = said_words(one.reason) if one.state == "held" else next_words(one)
    if one.state == OVERDUE and one.overdue_on is not None:
        when = _("{now}, overdue since {day}").format(now=when, day=day(one.overdue_on))
    number = "" if one.number is None else _("{n} of {of}").format(n=one.number, of=one.of)
    return paper.DueLine(_(one.name), _(STATE_WORDS[one.state]), number, when, one.state in {OVERDUE, DUE})


def _declined(shown: Card) -> tuple[str, ...]:
    return tuple(
        f"{given_words(one)}: {one.vaccine_name}, {reason_words(one)}"
        for one in reversed(shown.doses)
        if one.status == "not_done"
    )


def _reactions(shown: Card) -> list[str]:
    return [
        _("{day}, after {vaccine}: {what} ({severity})").format(
            day=day(reaction.occurred_on) if reaction.occurred_on else given_words(dose),
            vaccine=dose.vaccine_name,
            what=reaction.reaction,
            severity=_(reaction.severity),
        )
        for dose in reversed(shown.doses)
        if dose.status == "completed"
        for reaction in dose.reactions
    ]
