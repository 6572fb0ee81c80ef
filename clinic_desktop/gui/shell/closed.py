"""A record that is closed to this person: where they are led instead of to a page that would look empty."""

from collections.abc import Mapping

from clinic_desktop.domain.consents import ConsentRefusal

PAGE = "consents"


def closed_patient(error: Exception, screen: str, arguments: Mapping[str, str]) -> str | None:
    """The patient whose record refused to be opened by the screen that is open; None for any other error."""
    if not isinstance(error, ConsentRefusal) or error.scope != "treatment" or screen == PAGE:
        return None
    return error.patient if arguments.get("patient_id") == error.patient else None
