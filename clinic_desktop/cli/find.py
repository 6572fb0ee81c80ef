"""`clinic-desktop find`: patients as reception would see them."""

from clinic_desktop.cli.terminal import DONE, Terminal, parser
from clinic_desktop.services.access import note_search_closed, note_search_opened
from clinic_desktop.services.patients import find_patients


def run(terminal: Terminal, arguments: list[str]) -> int:
    """Print who is found, best first."""
    words = parser("find", "Find patients by name in any order, misspelt or former, by number, phone or birth.")
    words.add_argument("text", nargs="+", help="as it would be typed into the search box")
    words.add_argument("--limit", type=int, default=50, help="how many at most (50)")
    chosen = words.parse_args(arguments)
    with terminal.signed_in() as here:
        # One use of the search, noted before its first answer is read; nobody is chosen from here.
        use = note_search_opened(here.desk)
        hits = find_patients(here.desk, " ".join(chosen.text), chosen.limit)
        note_search_closed(here.desk, use, None)
    found = [
        {"mrn": hit.mrn, "name": hit.name, "born_on": hit.born_on, "sex": hit.sex, "score": hit.score} for hit in hits
    ]
    lines = [f"{hit.mrn:<18}{hit.name}  {hit.born_on or '?'}  {hit.sex}  {hit.score:.2f}" for hit in hits]
    terminal.answer(found, lines or ["Nobody is found."])
    return DONE
