"""Whether a patient there is one of ours: without proof they are never taken for one.

The thresholds are those of Fellegi and Sunter's two: above the upper one, and only with equal birth date, a fitting
name, one more strong identifier and nothing against it, it is proof; between the two a person looks; below, they are
two. A false link is worse than a missed one (St. Vincent Hospital, 2016: a healthy kidney removed after two patients
of one name were taken for one).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sync.engine.chart import Likely

PROOF, MARGIN, REVIEW = 0.999, 0.2, 0.8


@dataclass(frozen=True)
class Verdict:
    """Who it is (proof), or who it may be (for a person); neither: somebody else."""

    same: Likely | None = None
    maybe: tuple[Likely, ...] = ()


def judge(likely: Sequence[Likely]) -> Verdict:
    """Judge who it is among those it may be."""
    ranked = sorted(likely, key=lambda one: (-one.score, one.local_id))
    if not ranked:
        return Verdict()
    # Whom something speaks against (a twin's given name) is no rival of whom nothing does.
    best = next((one for one in ranked if not one.against), ranked[0])
    second = max((one.score for one in ranked if one is not best and not one.against), default=0.0)
    if proven(best) and best.score - second >= MARGIN:
        return Verdict(same=best)
    # Of one home but with another given name: twins share everything else, and are two.
    return Verdict(maybe=tuple(one for one in ranked if one.score >= REVIEW and one.name_fits))


def proven(one: Likely) -> bool:
    """Whether nothing is left to doubt about a pair by itself."""
    return one.score >= PROOF and one.birth_equal and one.name_fits and bool(one.strong) and not one.against
