"""`clinic-desktop check`: the safety check of a prescription."""

from clinic_desktop.cli.terminal import DONE, DONE_WITH_PROBLEMS, Terminal, parser
from clinic_desktop.i18n import _
from clinic_desktop.services.numbers import patient_by_mrn
from clinic_desktop.services.prescribing import ShownAlert, check_current, check_medicine


def run(terminal: Terminal, arguments: list[str]) -> int:
    """Check one medicine for a patient, or everything the patient takes."""
    words = parser("check", "The safety check, and by which pack.")
    which = words.add_subparsers(dest="which", required=True, metavar="WHAT")
    prescription = which.add_parser("prescription", help="a medicine that would be given, or all that are taken")
    prescription.add_argument("--patient", required=True, metavar="MRN")
    what = prescription.add_mutually_exclusive_group(required=True)
    what.add_argument("--drug", metavar="NAME", help="a generic or brand name")
    what.add_argument("--current", action="store_true", help="everything the patient takes now")
    prescription.add_argument("--dose", metavar="TEXT", default="", help="such as “500 mg oral tds 7 d”")
    chosen = words.parse_args(arguments)
    if chosen.dose and chosen.current:
        prescription.error("--dose belongs to --drug")
    with terminal.signed_in() as here:
        patient = patient_by_mrn(here.desk, chosen.patient)
        if chosen.current:
            checked = check_current(here.desk, patient)
        else:
            checked = check_medicine(here.desk, patient, chosen.drug, chosen.dose)
    lines = [
        f"{row.tier:<6}{_(row.template).format(**dict(row.facts))}{f'  [{row.source}]' if row.source else ''}"
        for row in checked.alerts
    ]
    terminal.answer([_row(row) for row in checked.alerts], lines or [f"Nothing is said against it by {checked.pack}."])
    return DONE_WITH_PROBLEMS if any(row.tier == "stop" for row in checked.alerts) else DONE


def _row(alert: ShownAlert) -> dict[str, str]:
    return {
        "tier": alert.tier,
        "kind": alert.kind.replace("_", " "),
        "drug": alert.drug,
        "with": alert.with_,
        "source": alert.source,
        "pack": alert.pack,
    }
