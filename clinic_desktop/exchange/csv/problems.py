"""What is wrong with a file that was brought in: the file, the place in it, and what it is in words."""

from dataclasses import dataclass

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import _


@dataclass(frozen=True)
class Problem:
    """One thing that could not be taken; `where` names the row and the column (``row 7, born``)."""

    file: str
    where: str
    what: str

    def __repr__(self) -> str:
        return f"Problem({self.where})"


def in_words(error: Refusal) -> str:
    """A refusal as people read it."""
    return _(error.message).format(**error.facts)
