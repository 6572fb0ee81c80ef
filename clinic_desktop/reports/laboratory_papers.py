"""From a laboratory order to its report."""

from collections.abc import Sequence
from datetime import datetime

from clinic_desktop.domain.units import written
from clinic_desktop.i18n import _
from clinic_desktop.reports.label_sheets import LabelSheets
from clinic_desktop.reports.laboratory_report import LaboratoryReportPaper
from clinic_desktop.reports.laboratory_report import laboratory_report as laboratory_paper
from clinic_desktop.reports.printed import head_of, identity_of, printed_by
from clinic_desktop.reports.result_line import Corrected, LaboratoryReportTest
from clinic_desktop.reports.specimen_label import SpecimenLabelPaper
from clinic_desktop.reports.specimen_label import specimen_sheets as labels_paper
from clinic_desktop.services import laboratory, results, sheets
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.laboratory import CollectedSpecimen
from clinic_desktop.services.outside_results import is_reported
from clinic_desktop.services.result_rows import PatientResult
from clinic_desktop.services.sheets import OrderSheet, SheetTest


def laboratory_report(desk: Desk, patient_id: str, order_id: str) -> bytes:
    """The report of one order as PDF: what is released with what was corrected, and what is still to come."""
    sheet = sheets.order_sheet(desk, patient_id, order_id)
    found = results.order_results(desk, patient_id, order_id)
    panels = {panel.code: panel.name for panel in laboratory.catalogue(desk).panels}
    by_test: dict[str, list[PatientResult]] = {}
    for one in found:
        by_test.setdefault(one.test_code, []).append(one)
    standing = [one for one in found if not one.struck]
    taken = [specimen for specimen in sheet.specimens if specimen.status == "collected"]
    return laboratory_paper(
        LaboratoryReportPaper(
            clinic=head_of(desk),
            patient=identity_of(desk, patient_id, min((one.collected_at for one in taken), default=sheet.ordered_at)),
            printed=printed_by(desk),
            number=sheet.number,
            ordered_by=sheet.ordered_by,
            ordered_at=sheet.ordered_at.astimezone(),
            tests=tuple(
                _test(test, by_test.get(test.test_code, []), panels.get(test.panel or "", ""), sheet)
                for test in sheet.tests
                if test.status != "cancelled"
            ),
            collected_at=min((one.collected_at.astimezone() for one in taken), default=None),
            specimen=", ".join(f"{one.number} {one.kind}" for one in taken),
            verified_by=", ".join(dict.fromkeys(one.released_by for one in standing)),
            verified_at=_last(standing),
            note=_still_to_come(sheet),
            clinical_information=" · ".join(
                part for part in (sheet.details.clinical_information, sheet.details.diagnoses) if part
            ),
            conclusion=sheet.conclusion,
            elsewhere=sheet.elsewhere,
        )
    )


def _test(test: SheetTest, versions: list[PatientResult], panel: str, sheet: OrderSheet) -> LaboratoryReportTest:
    ordered = sorted(versions, key=lambda one: one.released_at)
    if not ordered:
        said = _("Reported from elsewhere: see below.") if _reported(sheet, test) else ""
        return LaboratoryReportTest(test.name, "", written(test.assay.unit), panel=panel, comment=said, pending=True)
    now, olds = ordered[-1], ordered[:-1]
    # Each version says why it replaced the one before: the reason belongs beside the value that went.
    corrected = tuple(
        Corrected(old.value, newer.released_at.astimezone(), newer.entered_by, newer.correction_reason or "")
        for old, newer in zip(olds, ordered[1:], strict=True)
    )
    comment = _("This value is being corrected.") if now.being_corrected else _(now.note) if now.note else ""
    return LaboratoryReportTest(
        now.name,
        now.value,
        written(now.unit),
        now.flag,
        now.range_text or "",
        panel,
        comment,
        corrected,
        now.call or "",
    )


def _reported(sheet: OrderSheet, test: SheetTest) -> bool:
    return is_reported(test.assay.loinc, test.name, sheet.elsewhere)


def _last(standing: list[PatientResult]) -> datetime | None:
    return max((one.released_at.astimezone() for one in standing), default=None)


def _still_to_come(sheet: OrderSheet) -> str:
    waiting = [test.name for test in sheet.tests if test.status not in {"released", "cancelled"}]
    return _("Still to come: {tests}.").format(tests=", ".join(waiting)) if waiting else ""


def specimen_labels(specimens: Sequence[CollectedSpecimen]) -> bytes:
    """The labels of specimens that were just taken, one a page."""
    return specimen_sheets(specimens).pdf()


def specimen_sheets(specimens: Sequence[CollectedSpecimen]) -> LabelSheets:
    """The labels of specimens that were just taken, one each."""
    return labels_paper(
        [
            SpecimenLabelPaper(
                one.number,
                one.patient_name,
                one.mrn,
                one.kind,
                one.collected_at.astimezone(),
                one.order_number,
                one.born_on,
            )
            for one in specimens
        ]
    )
