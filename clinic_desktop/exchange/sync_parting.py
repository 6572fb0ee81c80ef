"""Ending the link of a patient at a system who was taken for one here by mistake."""

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.exchange.post_office import PostOffice
from clinic_desktop.exchange.sync_deciding import NEEDS
from clinic_desktop.i18n import N_
from clinic_desktop.services.acts import Desk, allow
from clinic_desktop.services.remotes import House
from sync.engine.linking import UnknownError


def part(desk: Desk, system: str, remote_id: str) -> None:
    """End the link of a patient there, by their number. Raises Refusal."""
    allow(desk, NEEDS)
    office = PostOffice(House.of(desk), only=system)
    try:
        office.engine.people[system].they_are_two(remote_id, desk.session.staff_id)
    except (UnknownError, KeyError):
        raise Refusal(N_("Nobody here is linked to that number there."), field="number") from None
    finally:
        office.close()
