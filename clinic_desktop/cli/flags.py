"""`clinic-desktop flags`: a patient's values with their flags."""

from clinic_desktop.cli.terminal import DONE, Terminal, parser
from clinic_desktop.domain.units import written
from clinic_desktop.services.flags import Flagged, flags
from clinic_desktop.services.numbers import patient_by_mrn


def run(terminal: Terminal, arguments: list[str]) -> int:
    """Print every released result and vital sign that stands."""
    words = parser("flags", "Released results and vital signs with their flags: N, L, H, LL, HH, A (a word) or none.")
    words.add_argument("--patient", required=True, metavar="MRN")
    chosen = words.parse_args(arguments)
    with terminal.signed_in() as here:
        rows = flags(here.desk, patient_by_mrn(here.desk, chosen.patient))
    found = [_row(row) for row in rows]
    lines = [f"{row.loinc or '-':<10}{row.flag:<6}{row.value} {written(row.unit)}".rstrip() for row in rows]
    terminal.answer(found, lines or ["Nothing was measured."])
    return DONE


def _row(row: Flagged) -> dict[str, object]:
    facts: dict[str, object] = {"loinc": row.loinc, "value": row.value, "unit": row.unit, "flag": row.flag}
    # A word that is abnormal ("positive") lies in no range: `flag` speaks of ranges alone.
    return facts | {"flag": "none", "abnormal": True} if row.flag == "A" else facts
