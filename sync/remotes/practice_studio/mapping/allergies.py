"""The allergies that Practice Studio shows of a patient: read, and never told."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError

from sync.port import Links, Story
from sync.records.allergy import AllergyIntolerance, Reaction
from sync.telling.allergies import names_one, say_none_known
from sync.telling.folding import fold
from sync.telling.lenses import add, among, of, spelled
from sync.telling.words import words

_VERIFICATION = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification"
# How grave a reaction is: none is said, or one of FHIR's words.
_GRAVE: Mapping[str | None, int] = {None: 0, "mild": 1, "moderate": 2, "severe": 3}
_SEVERITIES = ("mild", "moderate", "severe")
_OVER = frozenset({"inactive", "resolved", "refuted", "entered-in-error"})
_MEMBERS = frozenset({"allergen", "reaction", "severity", "noted"})


class _Row(NamedTuple):
    """One line there: how somebody reacted to something, how gravely, and since when that is known."""

    name: str
    reaction: str | None
    severity: str | None
    noted: str | None


def put(story: Story, value: Any, _links: Links) -> Story:
    """Add what the chart does not say of them, unconfirmed; none is ever taken away, nor changed.

    Of what the chart names already, what they know of more is added beside it: a reaction, or that it was graver. What
    somebody here has ruled out stays so.
    """
    by_name: dict[str, list[_Row]] = {}
    named = list(_rows(value))
    stated = [row for row in named if not (row.reaction or row.severity or names_one(row.name))]
    for row in named:
        if row in stated:
            continue
        by_name.setdefault(_key(row.name), []).append(row)
    for name, rows in by_name.items():
        here = [each for each in of(story, AllergyIntolerance) if _key(words(each.code)) == name]
        if here and all(map(_is_over, here)):
            continue
        said = _said(here)
        more = [row for row in dict.fromkeys(rows) if row.reaction and not _stands(row.reaction, row.severity, said)]
        if more or not here:
            story = add(story, _made(rows[0].name, more, rows, story.first.id))
    return say_none_known(story, [row.name for row in stated], _about(story.first.id))


def _rows(value: Any) -> Iterator[_Row]:
    known = spelled(_SEVERITIES)
    for each in value if isinstance(value, list) else []:
        name = each.get("allergen") if isinstance(each, dict) else None
        if isinstance(name, str) and fold(name):
            grave = known(each.get("severity"))
            reaction, noted = (each[part] if isinstance(each.get(part), str) else "" for part in ("reaction", "noted"))
            yield _Row(name, reaction.strip() or None, grave if grave in _SEVERITIES else None, noted.strip() or None)


def _key(text: object) -> str:
    return str(fold(text)).casefold()


def _is_over(one: AllergyIntolerance) -> bool:
    states = (one.clinical_status, one.verification_status)
    return any(coding.code in _OVER for each in states if each for coding in each.coding)


def _said(here: list[AllergyIntolerance]) -> dict[str, int]:
    """The reactions that the chart names, alone or several in one text, and how grave each was."""
    found: dict[str, int] = {}
    for one in here:
        for reaction in one.reaction:
            for text in _texts(reaction):
                for part in (text, *text.replace(";", ",").split(",")):
                    found[_key(part)] = max(found.get(_key(part), 0), _GRAVE[reaction.severity])
    return found


def _texts(reaction: Reaction) -> Iterator[str]:
    yield from filter(None, (reaction.description, *map(words, reaction.manifestation)))


def _stands(reaction: str, severity: str | None, said: Mapping[str, int]) -> bool:
    parts = [each for each in reaction.replace(";", ",").split(",") if fold(each)]
    grave = _GRAVE[severity]
    return said.get(_key(reaction), -1) >= grave or all(said.get(_key(each), -1) >= grave for each in parts)


def _about(patient: str | None) -> dict[str, str]:
    return {"reference": f"Patient/{patient}"} if patient else {"display": "patient"}


def _made(name: str, told: list[_Row], rows: list[_Row], patient: str | None) -> AllergyIntolerance:
    made: dict[str, Any] = {
        "resourceType": "AllergyIntolerance",
        "verificationStatus": {"coding": [{"system": _VERIFICATION, "code": "unconfirmed"}]},
        "code": {"text": name},
        "patient": _about(patient),
    }
    if told:
        made["reaction"] = [
            {"manifestation": [{"text": row.reaction}]} | ({"severity": row.severity} if row.severity else {})
            for row in told
        ]
    noted = next((row.noted for row in told or rows if row.noted), None)
    if noted is None:
        return AllergyIntolerance.model_validate(made)
    try:
        return AllergyIntolerance.model_validate(made | {"recordedDate": noted})
    except ValidationError:
        # A day in a form of their own loses nobody the allergy.
        return AllergyIntolerance.model_validate(made | {"note": [{"text": f"Noted: {noted}"}]})


def reads(value: Any) -> bool:
    """Whether each has a name, a reaction in words, a severity that is known, and nothing that is not known."""
    grave = among(_SEVERITIES)
    return isinstance(value, list) and all(
        isinstance(each, dict)
        and all(each.get(part) is None or isinstance(each[part], str) for part in ("allergen", "reaction"))
        and fold(each.get("allergen")) is not None
        and (fold(each.get("severity")) is None or grave(each["severity"]))
        and (fold(each.get("severity")) is None or fold(each.get("reaction")) is not None)
        and all(name in _MEMBERS or fold(said) is None for name, said in each.items())
        for each in value
    )
