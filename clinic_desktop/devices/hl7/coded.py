"""Codes, people and instants of HL7 v2 as a chart names them."""

import re
from datetime import datetime, timedelta, timezone

from clinic_desktop.devices.hl7.protocol import Segment
from clinic_desktop.domain.devices import LOINC

# HL7 table 0396 and the OIDs that senders write in its place -> the URI by which a chart names the system.
SYSTEMS = {
    "LN": LOINC, "LOINC": LOINC, "2.16.840.1.113883.6.1": LOINC, "SCT": "http://snomed.info/sct",
    "SNOMED": "http://snomed.info/sct", "2.16.840.1.113883.6.96": "http://snomed.info/sct",
    "UCUM": "http://unitsofmeasure.org", "I10": "http://hl7.org/fhir/sid/icd-10", "I10C":
    "http://hl7.org/fhir/sid/icd-10-cm", "CVX": "http://hl7.org/fhir/sid/cvx", "MDC": "urn:iso:std:iso:11073:10101",
    "C4": "http://www.ama-assn.org/go/cpt", "NDC": "http://hl7.org/fhir/sid/ndc",
    "RXN": "http://www.nlm.nih.gov/research/umls/rxnorm", "RXNORM": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "I9": "http://hl7.org/fhir/sid/icd-9-cm", "I9C": "http://hl7.org/fhir/sid/icd-9-cm",
}  # fmt: skip
# HL7 table 0001.
SEX = {"F": "female", "M": "male", "O": "other", "A": "other"}
# Names of local lists say nothing to anybody else.
LOCAL = {"", "L", "99", "LOCAL", "PLT", "99ZZZ"}


def code_of(segment: Segment, place: int = 3, best: str = LOINC) -> tuple[str, str, str]:
    """A code with its system and what it is called: of the `best` system, else of any standard one there is."""
    parts = (segment.parts(place) or [[]])[0] + [""] * 9
    sides = [
        (parts[0].strip(), parts[1].strip(), parts[2].strip()),
        (parts[3].strip(), parts[4].strip(), parts[5].strip()),
    ]
    named = [(code, system_of(system), title) for code, title, system in sides if code]
    title = next((title for _code, _named, title in named if title), parts[8].strip())
    # Analysers write ^^^WBC^name: the code of a local list.
    chosen = next((one for one in named if one[1] == best), None) or next((one for one in named if one[1]), None)
    code, system, own = chosen or (named[0] if named else ("", "", ""))
    return code, system, own or title or code


def system_of(text: str) -> str:
    """The URI of a coding system; empty for a list of the sender's own."""
    known = text.upper()
    if known in LOCAL:
        return ""
    return SYSTEMS.get(known) or (f"urn:oid:{text}" if re.fullmatch(r"\d+(\.\d+)+", text) else f"urn:hl7:{text}")


def provider(segment: Segment, place: int) -> str:
    """The first person of a field (XCN, or CN as id^family^given) as one name; empty where only a number stands."""
    for parts in segment.parts(place):
        told = parts + [""] * 6
        name = " ".join(one.strip() for one in (told[5], told[2], told[1].split(segment.marks.part)[0]) if one.strip())
        if name:
            return name
    return ""


def instant(text: str) -> str | None:
    """An HL7 time as ISO 8601, as exact as it is; without an offset it is the clinic's own time."""
    found = re.fullmatch(r"(\d{4})(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\d{2})?(?:\.\d+)?([+-]\d{4})?", text.strip())
    if found is None:
        return None
    year, month, day, hour, minute, second, offset = found.groups()
    try:
        if hour is None or (hour, minute or "00", second or "00") == ("00", "00", "00"):
            datetime(int(year), int(month or 1), int(day or 1))  # noqa: DTZ001 - a civil day
            return "-".join(one for one in (year, month, day) if one)
        at = datetime(*(int(one or 0) for one in (year, month, day, hour, minute, second)))  # type: ignore[arg-type]  # noqa: DTZ001
        if offset is None:
            return at.astimezone().isoformat()
        sign = -1 if offset[0] == "-" else 1
        return at.replace(
            tzinfo=timezone(sign * timedelta(hours=int(offset[1:3]), minutes=int(offset[3:])))
        ).isoformat()
    except (ValueError, OverflowError):
        return None
