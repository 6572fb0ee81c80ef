"""What is written here and goes out on paper: a referral letter, a sick note, a certificate, a note."""

from dataclasses import dataclass
from datetime import date, datetime

from clinic_desktop.i18n import _
from clinic_desktop.reports.flow import BODY, QUIET, SECTION, Style
from clinic_desktop.reports.page import A4, ClinicHead, Paper, PatientIdentity, Printed
from clinic_desktop.reports.sheet import CRITICAL
from clinic_desktop.reports.wording import day, moment


@dataclass(frozen=True, repr=False)
class LetterPaper:
    """Everything that stands on a letter; empty parts are left out. `unfit` makes it a sick note."""

    clinic: ClinicHead
    patient: PatientIdentity
    printed: Printed
    number: str
    kind: str
    title: str
    body: str
    author: str
    written_on: date
    addressed_to: str = ""
    unfit: tuple[date, date] | None = None
    version: int = 1
    signed_at: datetime | None = None
    template: str = ""  # name and version of the template it was begun with
    registration: str = ""  # by which whoever signs is entered where doctors are
    no_longer: str = ""  # why it must not be used any more


def letter(data: LetterPaper) -> bytes:
    """The letter as PDF."""
    number = _("Document {number}").format(number=data.number) if data.number else ""
    paper = Paper(A4, data.clinic, data.printed, data.kind, number=number, patient=data.patient)
    alarming = Style(BODY, bold=True, colour=CRITICAL)
    if data.no_longer:
        paper.say(data.no_longer, alarming, gap=8)
    if not data.signed_at:
        paper.say(_("Draft. Not signed."), alarming, gap=8)
    if data.addressed_to:
        paper.labelled(_("To"), data.addressed_to)
    paper.labelled(_("Date"), day(data.written_on))
    if data.version > 1:
        paper.labelled(_("Version"), _("{n}; it takes the place of the one before").format(n=data.version))
    paper.space(10)
    if data.title != data.kind:
        paper.say(data.title, Style(SECTION, bold=True), gap=8)
    if data.unfit:
        first, last = data.unfit
        paper.say(_("The person named above was seen here and is unfit for work or school for medical reasons:"), gap=6)
        days = (last - first).days + 1
        words = (
            _("from {first} until {last}, both days included ({days} days)") if days > 1 else _("on {first} (1 day)")
        )
        paper.say(
            words.format(first=day(first), last=day(last), days=days),
            Style(SECTION, bold=True),
            gap=10,
        )
    for paragraph in data.body.splitlines():
        if paragraph.strip():
            paper.say(paragraph, gap=4)
        else:
            paper.space(6)
    if data.signed_at:
        signed = _("Signed {moment}").format(moment=moment(data.signed_at))
        registration = _("Registration {number}").format(number=data.registration)
        paper.signature("\n".join((*((registration,) if data.registration else ()), signed)), data.author)
    if data.template:
        paper.space(8)
        paper.say(_("Begun with the template {template}").format(template=data.template), QUIET)
    return paper.finish()
