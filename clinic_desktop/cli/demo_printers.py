"""The demo clinic's printer of labels: a folder beside its records, so that anybody can print without one."""

from functools import partial
from pathlib import Path

from clinic_desktop.cli.demo_weeks import Weeks
from clinic_desktop.domain.printing import Target
from clinic_desktop.labelling.jobs import Job, carry_out, prepare
from clinic_desktop.labelling.paper import Paper
from clinic_desktop.reports import label_papers
from clinic_desktop.reports.label_sheets import LabelSheets
from clinic_desktop.services import printing
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.patients import patient_banner

DOCUMENTS = ("patient-card", "wristband", "shelf-label")
CARDS = 3


def print_cards(weeks: Weeks, folder: Path) -> None:
    """Set the printer up and print the cards of a few patients on it."""
    folder.mkdir(mode=0o700, exist_ok=True)
    target = Target("Demo labels", "label", "folder", str(folder.absolute()), documents=DOCUMENTS)
    printing.add_printer(weeks.desk("administrator"), target)
    desk = weeks.desk("frontdesk")
    for patient_id, _story in weeks.known[:CARDS]:
        mrn = patient_banner(desk, patient_id).mrn
        job = prepare(desk, Paper("patient-card", patient_id, mrn, partial(_card, desk, patient_id)))
        if isinstance(job, Job):
            carry_out(job)


def _card(desk: Desk, patient_id: str, _roll_mm: int) -> LabelSheets:
    return label_papers.patient_card(desk, patient_id)
