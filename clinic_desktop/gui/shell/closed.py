"""A record that is closed to this person: where they are led instead of to a page that would look empty."""

from collections.abc import Container, Mapping
from typing import Protocol

from clinic_desktop.domain.consents import ConsentRefusal
from clinic_desktop.domain.packs import PackRefusal

PAGE = "consents"
SCAN = "scan"  # a refusal that the next scan puts away


class Go(Protocol):
    """Opens a screen."""

    def __call__(self, screen: str, **arguments: str) -> None:
        """Open it with arguments."""
        ...


def closed_patient(error: Exception, screen: str, arguments: Mapping[str, str]) -> str | None:
    """The patient whose record refused to be opened by the screen that is open; None for any other error."""
    if not isinstance(error, ConsentRefusal) or error.scope != "treatment" or screen == PAGE:
        return None
    return error.patient if arguments.get("patient_id") == error.patient else None


def refused_patient(error: Exception) -> str:
    """What a refusal is about, after which it is over: a patient's closed record, or a pack; empty for any other."""
    if isinstance(error, PackRefusal):
        return SCAN
    return error.patient if isinstance(error, ConsentRefusal) else ""


def turn_away(error: Exception, history: list[tuple[str, dict[str, str]]], screens: Container[str], go: Go) -> None:
    """Lead to where a closed record may be opened: an empty page would say that nothing is known."""
    patient = closed_patient(error, *history[-1]) if history else None
    if patient is not None and PAGE in screens:
        history.pop()
        go(PAGE, patient_id=patient)
