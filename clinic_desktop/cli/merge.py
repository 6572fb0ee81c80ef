"""`clinic-desktop merge`: two registrations of one person are read as one chart from now on."""

from clinic_desktop.cli.terminal import DONE, Terminal, parser
from clinic_desktop.domain.merging import BOTH, GROUPS, KEPT, OTHER
from clinic_desktop.services import merging
from clinic_desktop.services.numbers import patient_by_mrn

REASON = "said to be one person on the command line"


def run(terminal: Terminal, arguments: list[str]) -> int:
    """Merge, and print the id by which it is undone and every kind of row that is read with the kept one now."""
    words = parser("merge", "Merge a second registration of one person into the one that is kept.")
    words.add_argument("keep", metavar="MRN_KEEP")
    words.add_argument("other", metavar="MRN_OTHER")
    words.add_argument("--reason", default=REASON, help="how it is known that they are one person")
    words.add_argument(
        "--take", action="append", default=[], choices=sorted(GROUPS), metavar="FACT",
        help=f"take this fact from the other where they differ: {', '.join(sorted(GROUPS))}",
    )  # fmt: skip
    chosen = words.parse_args(arguments)
    with terminal.signed_in() as here:
        kept = merging.registration(here.desk, patient_by_mrn(here.desk, chosen.keep))
        other = merging.registration(here.desk, patient_by_mrn(here.desk, chosen.other))
        differing = kept.differs(other)
        # Whoever names which one is kept has chosen its sex, birth and blood type, unless they say otherwise.
        choices = {one.field: OTHER if one.field in chosen.take else KEPT for one in differing if one.must_choose}
        choices |= {one.field: OTHER for one in differing if one.field in chosen.take}
        done = merging.merge(
            here.desk, kept.patient_id, other.patient_id, chosen=choices, reason=chosen.reason,
            expect_kept=kept.revision, expect_other=other.revision,
        )  # fmt: skip
    numbers = {KEPT: done.kept_mrn, OTHER: done.other_mrn}
    said = {one.field: choices.get(one.field, one.proposed) for one in differing}
    terminal.answer(
        {
            "id": done.merge_id, "kept": done.kept_mrn, "other": done.other_mrn, "moved": dict(done.moved),
            "differing": said,
        },
        [
            f"{done.other_mrn} is read with {done.kept_mrn} from now on. Undo with: unmerge {done.merge_id}",
            *(f"  {title}: {count}" for title, count in done.moved),
            *(f"  {field} differed: {'both stand' if how == BOTH else f'that of {numbers[how]} stands'}"
              for field, how in said.items()),
        ],
    )  # fmt: skip
    return DONE
