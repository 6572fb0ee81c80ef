"""A patient's past, read page by page: what of it is not shown is said in its place, and is never read as nothing."""

from typing import Any

from sync.remotes.arocord_hims.answers import looks_cut_off
from sync.remotes.arocord_hims.client import LARGEST_PAGE, Client
from sync.remotes.arocord_hims.mapping import past
from sync.telling.looking import MOST_PAGES
from sync.telling.paging import OVERLAP
from sync.transport.outcomes import Forbidden, Garbled, NotThere, Outcome, Refused

# A page with fewer than this is the last one, where nobody says how many there are: no list is given in smaller pages.
FEWEST_OF_A_PAGE = 10
_OPEN = "ask there for this patient's allergies."
NOT_ALL = f"Not all of the medical history was shown: {_OPEN}"
TOO_MUCH = f"There is more of the medical history than can be looked through: {_OPEN}"
NOT_SHOWN = f"The medical history is not shown to us: {_OPEN}"
NOT_READ = f"The medical history came in a form that cannot be read here: {_OPEN}"


def history_of(client: Client, remote_id: str) -> dict[str, Any]:
    """What a patient's past says; where it does not show all of it, one item says so, which no record here holds.

    What is not documented may be refused, or be of another shape: that is no reason not to read the patient. What is
    said no longer shows only where all is shown.
    """
    rows, lacking = _all(client, remote_id)
    found = past.history_of(rows)
    if lacking:
        return {"medical_history": [*found, past.unread_item(lacking)]}
    kinds = {"diagnoses": "diagnosis", "medicines": "medication"}
    return {"medical_history": found} | {name: past.of_type(found, kind) for name, kind in kinds.items()}


def _all(client: Client, remote_id: str) -> tuple[list[Any], str]:
    """Every item, and in words what is not among them: one request, where it says that this is all, or shows it."""
    found: list[Any] = []
    offset = reached = 0
    for _page in range(MOST_PAGES):
        try:
            rows, total = client.medical_history(remote_id, limit=LARGEST_PAGE, offset=offset or None)
        except (Garbled, NotThere, Forbidden, Refused) as error:
            return found, _why(error)
        new = [each for each in rows if each not in found]
        found += new
        reached = offset + len(rows) if new else reached
        stated = total is not None and reached >= total
        if not new or ((stated or (total is None and len(rows) < FEWEST_OF_A_PAGE)) and not looks_cut_off(rows)):
            return found, NOT_ALL if total is not None and reached < total else ""
        # Pages overlap, so that nothing slips between two while others write there.
        offset = max(offset + 1, reached - max(1, int(len(rows) * OVERLAP)))
    return found, TOO_MUCH


def _why(error: Outcome) -> str:
    return NOT_READ if isinstance(error, Garbled) else NOT_SHOWN
