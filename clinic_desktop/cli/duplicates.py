"""`clinic-desktop duplicates`: registrations that are likely one person."""

from clinic_desktop.cli.terminal import DONE, Terminal, parser
from clinic_desktop.domain.identity import LIKELY
from clinic_desktop.services.identity import duplicates


def run(terminal: Terminal, arguments: list[str]) -> int:
    """Print the pairs, the likeliest first, each with its evidence."""
    words = parser("duplicates", "Pairs of patients who are likely the same person.")
    words.add_argument("--min-score", type=float, default=LIKELY, help=f"0 to 1 ({LIKELY})")
    chosen = words.parse_args(arguments)
    if not 0 <= chosen.min_score <= 1:
        words.error("--min-score is between 0 and 1")
    with terminal.signed_in() as here:
        pairs = duplicates(here.desk, chosen.min_score)
    found = [
        {
            "a": pair.a_mrn,
            "b": pair.b_mrn,
            **{name: value for name, value in (("a_id", pair.a_outside), ("b_id", pair.b_outside)) if value},
            "score": pair.score,
            "evidence": {one.field: {"finding": one.finding, "weight": one.weight} for one in pair.evidence},
        }
        for pair in pairs
    ]
    lines = [
        f"{pair.score:.3f}  {pair.a_mrn}  {pair.b_mrn}  "
        + "; ".join(f"{one.field} {one.finding} {one.weight:+}" for one in pair.evidence)
        for pair in pairs
    ]
    terminal.answer(found, lines or ["No pair is that alike."])
    return DONE
