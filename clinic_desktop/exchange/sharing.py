"""One more copy of a share as records: the parts that were agreed on as a Bundle, sealed with a password of its own."""

import hashlib
from collections.abc import Sequence

from clinic_desktop.clock import new_id
from clinic_desktop.exchange.envelope import seal
from clinic_desktop.exchange.outgoing import bundle_of_record
from clinic_desktop.exchange.patients import MRN
from clinic_desktop.services import sharing
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.departures import record_to_share
from clinic_desktop.services.sharing import SealedCopy, new_password
from sync.records.exact import Json, dumps

SHARE = "urn:x-clinic-desktop:share"
VISIT = ("encounter", "context")
# Of the patient what the paper says at its head, whatever else a registration or another system keeps of them.
_HEAD = ("resourceType", "id", "gender", "birthDate", "deceasedBoolean", "deceasedDateTime")
_CONTACT = ("telecom", "address", "communication")
_FORMER = ("old", "maiden", "nickname", "anonymous")


def sealed_records(desk: Desk, share_id: str) -> SealedCopy:
    """Note the copy first, then make it, then seal it; which file came of it is noted last."""
    allowed = sharing.make_copy(desk.once(new_id()), share_id)
    record = record_to_share(desk, allowed.patient_id, allowed.sections)
    bundle = without_others(bundle_of_record(desk, record), allowed.sections)
    bundle = {"resourceType": "Bundle", "identifier": {"system": SHARE, "value": allowed.number}} | bundle
    password = new_password()
    content = seal(dumps(bundle).encode(), password, allowed.expires_on)
    sharing.copy_made(desk.once(new_id()), allowed.copy_id, hashlib.sha256(content).hexdigest(), len(content))
    return SealedCopy(allowed.number, content, password)


def without_others(bundle: Json, sections: Sequence[str]) -> Json:
    """The bundle without what leads to visits that are not in it, and of the patient what those parts tell."""
    visits = {
        text
        for entry in bundle["entry"]
        if entry["resource"]["resourceType"] == "Encounter"
        for text in (entry.get("fullUrl"), f"Encounter/{entry['resource'].get('id')}")
    }
    told = (*_HEAD, *(_CONTACT if "contact" in sections else ()))
    return bundle | {
        "entry": [entry | {"resource": _plain(entry["resource"], visits, told)} for entry in bundle["entry"]]
    }


def _plain(resource: Json, visits: set[str | None], told: Sequence[str]) -> Json:
    if resource["resourceType"] == "Patient":
        plain = {name: value for name, value in resource.items() if name in told}
        names = [each for each in resource.get("name", ()) if each.get("use") not in _FORMER]
        numbers = [each for each in resource.get("identifier", ()) if each.get("system") == MRN]
        return plain | {name: value for name, value in (("name", names), ("identifier", numbers)) if value}
    return {
        name: value
        for name, value in resource.items()
        if name not in VISIT or not isinstance(value, dict) or value.get("reference") in visits
    }
