"""Documents: their kinds, who may read and keep each, how a name from outside is kept, and what a letter must say."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from clinic_desktop.domain.refusals import Refusal

CLINICAL, ADMINISTRATIVE = "clinical", "administrative"
SCANNED, PHOTOGRAPHED, IMPORTED, WRITTEN = SOURCES = ("scanned", "photographed", "imported", "written")
PHOTOGRAPH = "photo"  # the kind that needs the patient's consent to be photographed
DRAFT, CURRENT, SUPERSEDED, IN_ERROR = STATUSES = ("draft", "current", "superseded", "entered_in_error")
# FHIR's confidentiality: normal, restricted, very restricted.
NORMAL, RESTRICTED, VERY_RESTRICTED = CONFIDENTIALITIES = ("N", "R", "V")

LONGEST_NAME, LONGEST_TITLE, LONGEST_BODY, LONGEST_WORDS = 255, 200, 20_000, 2_000
# A certificate of a longer absence needs another visit; a slip of the year is caught by it.
LONGEST_ABSENCE_DAYS = 366

_CARE = frozenset({"doctor", "nurse"})
_DESK = frozenset({"doctor", "nurse", "front_desk", "administrator"})
_LABORATORY = _CARE | {"laboratory"}
_PHARMACY = _CARE | {"pharmacist"}


@dataclass(frozen=True)
class Kind:
    """A kind of document: its word, its LOINC code, whether it is clinical, who reads it and who may add one."""

    key: str
    title: str
    code: str | None
    category: str
    readers: frozenset[str]
    keepers: frozenset[str]
    written_here: bool = False


def _clinical(key: str, title: str, code: str | None, readers: frozenset[str] = _CARE) -> Kind:
    # The front desk scans whatever comes by post; what it may not read it cannot open again.
    return Kind(key, title, code, CLINICAL, readers, _DESK | readers)


def _administrative(key: str, title: str, code: str | None, readers: frozenset[str] = _DESK) -> Kind:
    return Kind(key, title, code, ADMINISTRATIVE, readers, readers)


def _written(key: str, title: str, code: str, keepers: frozenset[str]) -> Kind:
    return Kind(key, title, code, CLINICAL, _CARE, keepers, written_here=True)


# Codes: LOINC, as the FHIR R4 value set c80-doc-typecodes lists them; 104531-9 is "Temporary incapacity certificate",
# 34109-9 "Note". Where LOINC has no word for it, none is said.
KINDS: tuple[Kind, ...] = (
    _written("referral_letter", "Referral letter", "57133-1", frozenset({"doctor"})),
    _written("sick_note", "Sick note", "104531-9", frozenset({"doctor"})),
    _written("certificate", "Medical certificate", "51852-2", frozenset({"doctor"})),
    _written("note", "Note", "34109-9", _CARE),
    _clinical("letter", "Letter", "51852-2"),
    _clinical("discharge_summary", "Discharge summary", "18842-5"),
    _clinical("consultation_report", "Consultation report", "11488-4"),
    _clinical("laboratory_report", "Laboratory report", "11502-2", _LABORATORY),
    _clinical("imaging_report", "Imaging report", "18748-4"),
    _clinical("pathology_report", "Pathology report", "11526-1"),
    _clinical("operation_report", "Operation report", "11504-8"),
    _clinical("ecg", "ECG", "11524-6"),
    _clinical("outside_prescription", "Prescription from elsewhere", "57833-6", _PHARMACY),
    _clinical("immunization_record", "Immunization record", "11369-6"),
    _clinical(PHOTOGRAPH, "Clinical photograph", "72170-4"),
    _clinical("patient_summary", "Patient summary", "60591-5"),
    _clinical("other_clinical", "Other clinical document", None),
    _administrative("insurance_card", "Insurance card", "64290-0", _DESK | {"cashier"}),
    _administrative("insurance_form", "Insurance form", "64291-8", _DESK | {"cashier"}),
    _administrative("insurer_letter", "Letter from an insurer", "52034-6", _DESK | {"cashier"}),
    _administrative("identity_card", "Identity card", None),
    _administrative("consent_form", "Consent form", "59284-0"),
    _administrative("other_administrative", "Other administrative document", None),
)
BY_KEY: Mapping[str, Kind] = {kind.key: kind for kind in KINDS}


def may_read(role: str, kind: str, confidentiality: str = NORMAL) -> bool:
    """Whether a role may open a document; what is restricted is a doctor's."""
    readers = BY_KEY[kind].readers if kind in BY_KEY else _CARE
    return role in readers and (confidentiality == NORMAL or role == "doctor")


def is_clinical(kind: str) -> bool:
    """Whether a document of this kind is about care; a kind that is not known is taken for one."""
    return kind not in BY_KEY or BY_KEY[kind].category == CLINICAL


def may_keep(role: str, kind: str) -> bool:
    """Whether a role may add a document of a kind."""
    return kind in BY_KEY and role in BY_KEY[kind].keepers


def readable_kinds(role: str) -> tuple[str, ...]:
    """The kinds that a role may read."""
    return tuple(kind.key for kind in KINDS if role in kind.readers)


def kept_name(name: str) -> str:
    """What somebody else called a file, as it is kept: its last part, with nothing in it that hides or commands.

    It is shown and nothing else: no path is ever made of it.
    """
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    # Controls (NUL, line breaks), what reorders or hides letters (RTL override), and half characters.
    visible = "".join(
        " " if unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Zl", "Zp"} else letter for letter in last
    )
    words = " ".join(visible.split())
    if words.strip(". ") == "":
        return ""
    return words if len(words) <= LONGEST_NAME else f"{words[: LONGEST_NAME - 13].rstrip()} … {words[-10:]}"


def require_title(title: str) -> str:
    """The title as it is kept. Raises Refusal."""
    words = " ".join(title.split())
    if not words:
        raise Refusal("Give the document a title.", field="title")
    if len(words) > LONGEST_TITLE:
        raise Refusal("The title is too long: {longest} characters at most.", field="title", longest=LONGEST_TITLE)
    return words


@dataclass(frozen=True)
class Letter:
    """What is written here: a text, and for some kinds to whom it goes and for which days."""

    body: str
    addressed_to: str = ""
    from_on: date | None = None
    until_on: date | None = None


def require_letter(kind: str, letter: Letter, *, finished: bool) -> None:
    """Refuse a text that cannot be kept; `finished` also asks for all that its kind must say. Raises Refusal."""
    if len(letter.body) > LONGEST_BODY:
        raise Refusal("The text is too long: {longest} characters at most.", field="body", longest=LONGEST_BODY)
    if len(letter.addressed_to) > LONGEST_TITLE:
        raise Refusal("This is too long: {longest} characters at most.", field="addressed_to", longest=LONGEST_TITLE)
    if letter.from_on and letter.until_on:
        if letter.until_on < letter.from_on:
            raise Refusal("The last day is before the first.", field="until_on")
        if (letter.until_on - letter.from_on).days > LONGEST_ABSENCE_DAYS:
            raise Refusal("This is more than a year. Check the dates.", field="until_on")
    if not finished:
        return
    if not letter.body.strip() and kind != "sick_note":
        raise Refusal("Write the text.", field="body")
    if kind == "referral_letter" and not letter.addressed_to.strip():
        raise Refusal("Say to whom the letter goes.", field="addressed_to")
    if kind == "sick_note":
        if letter.from_on is None:
            raise Refusal("Say from which day.", field="from_on")
        if letter.until_on is None:
            raise Refusal("Say until which day.", field="until_on")
