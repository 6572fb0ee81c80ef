"""One more copy of a share as records: the parts that were agreed on as a Bundle, sealed with a password of its own."""

import hashlib

from clinic_desktop.clock import new_id
from clinic_desktop.exchange.envelope import seal
from clinic_desktop.exchange.outgoing import bundle_of_record
from clinic_desktop.services import sharing
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.departures import record_to_share
from clinic_desktop.services.sharing import SealedCopy, new_password
from sync.records.exact import Json, dumps

SHARE = "urn:x-clinic-desktop:share"
VISIT = ("encounter", "context")


def sealed_records(desk: Desk, share_id: str) -> SealedCopy:
    """Note the copy first, then make it, then seal it; which file came of it is noted last."""
    allowed = sharing.make_copy(desk.once(new_id()), share_id)
    record = record_to_share(desk, allowed.patient_id, allowed.sections)
    bundle = without_others(bundle_of_record(desk, record))
    bundle = {"resourceType": "Bundle", "identifier": {"system": SHARE, "value": allowed.number}} | bundle
    password = new_password()
    content = seal(dumps(bundle).encode(), password, allowed.expires_on)
    sharing.copy_made(desk.once(new_id()), allowed.copy_id, hashlib.sha256(content).hexdigest(), len(content))
    return SealedCopy(allowed.number, content, password)


def without_others(bundle: Json) -> Json:
    """The bundle without what leads to visits that are not in it, and without the patient's relatives."""
    visits = {
        text
        for entry in bundle["entry"]
        if entry["resource"]["resourceType"] == "Encounter"
        for text in (entry.get("fullUrl"), f"Encounter/{entry['resource'].get('id')}")
    }
    return bundle | {"entry": [entry | {"resource": _plain(entry["resource"], visits)} for entry in bundle["entry"]]}


def _plain(resource: Json, visits: set[str | None]) -> Json:
    if resource["resourceType"] == "Patient":
        return {name: value for name, value in resource.items() if name != "contact"}
    return {
        name: value
        for name, value in resource.items()
        if name not in VISIT or not isinstance(value, dict) or value.get("reference") in visits
    }
