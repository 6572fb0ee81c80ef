"""A laboratory report: values with their flags and ranges; corrections stay in sight."""

from dataclasses import dataclass
from datetime import datetime

from clinic_desktop.i18n import _
from clinic_desktop.reports.flow import BODY, STRONG, Style
from clinic_desktop.reports.page import A4, ClinicHead, Paper, PatientIdentity, Printed
from clinic_desktop.reports.reported import put_reported
from clinic_desktop.reports.result_line import LaboratoryReportTest, name_columns, put_result, result_columns
from clinic_desktop.reports.wording import moment
from clinic_desktop.services.outside_results import Elsewhere


@dataclass(frozen=True, repr=False)
class LaboratoryReportPaper:
    """Everything that stands on a laboratory report."""

    clinic: ClinicHead
    patient: PatientIdentity
    printed: Printed
    number: str
    ordered_by: str
    ordered_at: datetime
    tests: tuple[LaboratoryReportTest, ...]
    collected_at: datetime | None = None
    specimen: str = ""
    verified_by: str = ""
    verified_at: datetime | None = None
    note: str = ""
    clinical_information: str = ""
    conclusion: str = ""
    elsewhere: tuple[Elsewhere, ...] = ()  # beneath everything that this laboratory answers for


def laboratory_report(data: LaboratoryReportPaper) -> bytes:
    """The laboratory report as PDF."""
    paper = Paper(A4, data.clinic, data.printed, _("Laboratory report"), number=data.number, patient=data.patient)
    ordered = f"{data.ordered_by}, {moment(data.ordered_at)}"
    paper.labelled(_("Ordered by"), ordered)
    if data.collected_at or data.specimen:
        taken = ", ".join(filter(None, (data.specimen, moment(data.collected_at) if data.collected_at else "")))
        paper.labelled(_("Specimen"), taken)
    if data.clinical_information:
        paper.labelled(_("For"), data.clinical_information)
    paper.space(8)
    columns = result_columns(paper)
    name_columns(paper, columns)
    panel = ""
    for test in data.tests:
        if test.panel != panel:
            panel = test.panel
            if panel:
                paper.need(40)
                paper.space(4)
                paper.say(panel, Style(BODY, bold=True))
        put_result(paper, columns, test)
    paper.rule()
    if data.note:
        paper.labelled(_("Note"), data.note)
    if data.conclusion:
        paper.labelled(_("Conclusion"), data.conclusion)
    if data.verified_by:
        when = f", {moment(data.verified_at)}" if data.verified_at else ""
        paper.labelled(_("Verified by"), f"{data.verified_by}{when}", STRONG)
    else:
        paper.say(_("Not yet verified: do not act on it without asking the laboratory."), STRONG)
    put_reported(paper, data.elsewhere)
    return paper.finish()
