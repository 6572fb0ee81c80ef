"""A consent on paper: what was agreed to, by whom, until when, and the signature as large as it was drawn."""

from dataclasses import dataclass
from datetime import date, datetime

from clinic_desktop.domain.signatures import Signature
from clinic_desktop.i18n import _
from clinic_desktop.reports.flow import BODY, STRONG, Style
from clinic_desktop.reports.page import A4, ClinicHead, Paper, PatientIdentity, Printed
from clinic_desktop.reports.sheet import CRITICAL, INK, MM
from clinic_desktop.reports.wording import day, moment

HUNDREDTHS = MM / 100


@dataclass(frozen=True, repr=False)
class ConsentPaper:
    """Everything that stands on a consent form; a draft has no signature and leaves a line for one."""

    clinic: ClinicHead
    patient: PatientIdentity
    printed: Printed
    title: str
    text: str
    version: str
    state: str
    grantor: str
    grantor_is: str
    granted_on: date | None
    valid_from: date
    valid_until: date | None
    covers: str = ""
    audience: str = ""
    witness: str = ""
    note: str = ""
    signature: Signature | None = None
    signed_at: datetime | None = None
    void: str = ""  # withdrawn, expired, rejected: in words
    refused: bool = False  # then nothing was given and nothing was ever in force


def consent_form(data: ConsentPaper) -> bytes:
    """The consent form as PDF."""
    paper = Paper(A4, data.clinic, data.printed, _("Consent"), patient=data.patient)
    if data.void:
        paper.say(data.void, Style(BODY, bold=True, colour=CRITICAL), gap=6)
    paper.section(data.title)
    paper.say(data.text, gap=8)
    paper.labelled(_("Refused by") if data.refused else _("Given by"), f"{data.grantor} ({data.grantor_is})", STRONG)
    for title, words in ((_("By way of"), data.covers), (_("For"), data.audience), (_("Note"), data.note)):
        if words:
            paper.labelled(title, words)
    if not data.refused:
        paper.labelled(_("In force"), _in_force(data))
    paper.labelled(_("State"), data.state)
    paper.labelled(_("Wording"), _("version {version}").format(version=data.version))
    _signature(paper, data)
    if data.witness:
        paper.signature(_("Witness"), data.witness)
    return paper.finish()


def _in_force(data: ConsentPaper) -> str:
    if data.valid_until is None:
        return _("from {day} until it is withdrawn").format(day=day(data.valid_from))
    return _("from {day} to {until}").format(day=day(data.valid_from), until=day(data.valid_until))


def _signature(paper: Paper, data: ConsentPaper) -> None:
    """The strokes at their true size on the line, or a line to sign on."""
    on = _("Signed {moment}").format(moment=moment(data.signed_at)) if data.signed_at else ""
    if not on and data.granted_on:
        on = (_("Refused {day}") if data.refused else _("Given {day}")).format(day=day(data.granted_on))
    if data.signature is None:
        paper.signature(on or _("Signature and date"), data.grantor)
        return
    wide, high = (side * HUNDREDTHS for side in data.signature.pad)
    paper.need(high + 22 * MM)
    paper.space(4 * MM)
    left, top = paper.left + paper.width - wide, paper.y
    for stroke in data.signature.strokes:
        paper.sheets.line([(left + x * HUNDREDTHS, top + y * HUNDREDTHS) for x, y in stroke], weight=1.2)
    paper.y = top + high
    paper.sheets.rule(left, paper.y, wide, weight=0.7, colour=INK)
    paper.space(3)
    paper.say(data.grantor, STRONG, indent=paper.width - wide)
    paper.say(on, indent=paper.width - wide)
