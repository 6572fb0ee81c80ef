"""What a system knows of allergies, laid over those of a chart: unconfirmed, and none is ever taken away or changed.

Of what the chart names already, what they know of more is added beside it: a reaction, or that it was graver. What
somebody here has ruled out stays so.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import ValidationError

from sync.port import Story
from sync.records.allergy import AllergyIntolerance, Reaction
from sync.telling.folding import fold
from sync.telling.lenses import add, of
from sync.telling.words import words

_VERIFICATION = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification"
# How grave a reaction is: none is said, or one of FHIR's words.
_GRAVE: Mapping[str | None, int] = {None: 0, "mild": 1, "moderate": 2, "severe": 3}
SEVERITIES = ("mild", "moderate", "severe")
CRITICALITIES = ("low", "high", "unable-to-assess")
# FHIR has no severity without a reaction: that it was severe is not lost because nobody said what it was.
NOT_STATED = "reaction not stated"
_OVER = frozenset({"inactive", "resolved", "refuted", "entered-in-error"})


class Row(NamedTuple):
    """One allergy as they have it: how somebody reacted, how gravely, since when that is known; `notes` in words."""

    name: str
    reaction: str | None = None
    severity: str | None = None
    noted: str | None = None
    criticality: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def reacted(self) -> bool:
        """Whether it says that somebody reacted, whatever it names."""
        return bool(self.reaction or self.severity or self.criticality)

    @property
    def how(self) -> str | None:
        """How somebody reacted; where only how gravely is said, that it is not stated."""
        return self.reaction or (NOT_STATED if self.severity else None)


Known = Callable[[Story, str], list[AllergyIntolerance]]


def named(story: Story, name: str) -> list[AllergyIntolerance]:
    """The allergies of a chart that bear a name."""
    return [each for each in of(story, AllergyIntolerance) if _key(words(each.code)) == _key(name)]


def lay(story: Story, said: Sequence[Row], about: Any, known: Known = named) -> Story:
    """The story with what it does not say of these allergies yet; `about` is the patient."""
    by_name: dict[str, list[Row]] = {}
    for row in said:
        by_name.setdefault(_key(row.name), []).append(row)
    for rows in by_name.values():
        here = known(story, rows[0].name)
        if here and all(map(_is_over, here)):
            continue
        stands = _said(here)
        more = [row for row in dict.fromkeys(rows) if row.how and not _stands(row, stands)]
        graver = any(row.criticality == "high" for row in rows) and max(stands.values(), default=0) < _GRAVE["severe"]
        if more or graver or not here:
            story = add(story, _made(more, rows, about))
    return story


def _key(text: object) -> str:
    return str(fold(text)).casefold()


def _is_over(one: AllergyIntolerance) -> bool:
    states = (one.clinical_status, one.verification_status)
    return any(coding.code in _OVER for each in states if each for coding in each.coding)


def _said(here: list[AllergyIntolerance]) -> dict[str, int]:
    """The reactions that the chart names, alone or several in one text, and how grave each was.

    By no text: how grave one is that is critical.
    """
    found: dict[str, int] = {}
    for one in here:
        if one.criticality == "high":
            found[""] = _GRAVE["severe"]
        for reaction in one.reaction:
            for text in _texts(reaction):
                for part in (text, *text.replace(";", ",").split(",")):
                    found[_key(part)] = max(found.get(_key(part), 0), _GRAVE[reaction.severity])
    return found


def _texts(reaction: Reaction) -> Iterator[str]:
    yield from filter(None, (reaction.description, *map(words, reaction.manifestation)))


def _stands(row: Row, said: Mapping[str, int]) -> bool:
    grave = _GRAVE[row.severity]
    if row.reaction is None:
        return max(said.values(), default=-1) >= grave
    parts = [each for each in row.reaction.replace(";", ",").split(",") if fold(each)]
    return said.get(_key(row.reaction), -1) >= grave or all(said.get(_key(each), -1) >= grave for each in parts)


def _made(told: list[Row], rows: list[Row], about: Any) -> AllergyIntolerance:
    made: dict[str, Any] = {
        "resourceType": "AllergyIntolerance",
        "verificationStatus": {"coding": [{"system": _VERIFICATION, "code": "unconfirmed"}]},
        "code": {"text": rows[0].name},
        "patient": about,
    }
    if told:
        made["reaction"] = [
            {"manifestation": [{"text": row.how}]} | ({"severity": row.severity} if row.severity else {})
            for row in told
        ]
    critical = [row.criticality for row in rows if row.criticality]
    if critical:
        made["criticality"] = "high" if "high" in critical else critical[0]
    notes = list(dict.fromkeys(note for row in rows for note in row.notes))
    noted = next((row.noted for row in told or rows if row.noted), None)
    try:
        return AllergyIntolerance.model_validate(made | _further(notes, noted))
    except ValidationError:
        # A day in a form of their own loses nobody the allergy.
        return AllergyIntolerance.model_validate(made | _further([*notes, f"Noted: {noted}"], None))


def _further(notes: list[str], noted: str | None) -> dict[str, Any]:
    found: dict[str, Any] = {"note": [{"text": note} for note in notes]} if notes else {}
    return found | ({"recordedDate": noted} if noted else {})
