"""Finding diagnoses by words or by code."""

from clinic_desktop.services.acts import Read, query
from clinic_desktop.store import terminology
from clinic_desktop.store.terminology import Diagnosis

__all__ = ["Diagnosis", "diagnosis", "find_diagnoses", "prepare"]

IN_ACT = ("prepare",)

SHOWN = 30


@query
def find_diagnoses(read: Read, text: str, limit: int = SHOWN) -> tuple[Diagnosis, ...]:  # noqa: ARG001 - public data
    """The ICD-10-CM codes that begin so, or whose titles hold all the words; shortest titles first."""
    return terminology.search_icd(text, limit)


@query
def diagnosis(read: Read, code: str) -> Diagnosis | None:  # noqa: ARG001 - public data
    """One code with its title."""
    return terminology.diagnosis(code)


def prepare() -> None:
    """Make the search table ahead of the first search (a few seconds, once for each release)."""
    terminology.build()
