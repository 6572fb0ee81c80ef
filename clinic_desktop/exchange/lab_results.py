"""Results of an order as a system brings them: each stands once, as it is now, with what it said before beside it.

A result is known by what was measured, never by its place in a list. What is corrected there is corrected here, and
keeps in its note what stood before; what is withdrawn there is withdrawn here; what is not said any more stays. The
journal holds every value there ever was.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.exchange import alarms, gathering, observations
from clinic_desktop.exchange.gathering import Held
from clinic_desktop.exchange.keys import Frame
from clinic_desktop.exchange.told import written
from clinic_desktop.i18n import N_
from clinic_desktop.services import heard, heard_results
from clinic_desktop.services.acts import Act
from clinic_desktop.services.arrival_keys import Key
from clinic_desktop.services.heard_results import GONE, Placed
from sync.records.elements import Resource
from sync.records.exact import Json, digest
from sync.records.observation import Observation

Row = Mapping[str, Any]
_ORDERS = "ServiceRequest/"


@dataclass(frozen=True)
class Place:
    """Where results come from: the system's title, whose ids they are, the record's own id and how others begin."""

    title: str
    source: str
    own: str
    under: str


@dataclass
class _Part:
    """One result as it came, and the row that it stands in already."""

    one: Observation
    values: Row
    row: Row | None = None
    key: str = ""

    @property
    def line(self) -> str:
        """What became of it, in words; empty where it says what it said."""
        return _line(self.values, self.row)


def take(act: Act, order_id: str | None, records: Sequence[Resource], place: Place, now: datetime) -> str | None:
    """Take in the results of an order; the id here of the first. Raises Refusal where they are another patient's."""
    came = [one for one in records if isinstance(one, Observation)]
    if not came:
        return None
    order_id = order_id or _order_said(came)
    order = heard_results.placed(act, order_id) if order_id is not None else None
    patient = _whose(act, order, came)
    came = [_of(one, patient) for one in came]
    before = heard_results.brought(act, place.source, place.own, place.under)
    parts = _matched(came, before, place)
    frame = Frame(place.source)
    held = [_held(each, place) for each in parts]
    told = alarms.standing(before, frozenset(str(row["key"]) for row in before))
    ids = heard.take_in(act, gathering.arrivals(held, frame, {}))
    if order is not None:
        heard_results.stand_in(act, order, ids.values())
    critical = [each.finding for each in alarms.news(alarms.brought(came), told, now, ever=order is not None)]
    if patient is not None:
        _tell(act, order, patient, place.title, parts, critical)
    return heard.stands_as(act, Key("Observation", place.source, place.own))


def _order_said(came: Iterable[Observation]) -> str | None:
    """The order of this clinic that results say they are of."""
    for one in came:
        for each in (one.model_extra or {}).get("basedOn") or ():
            text = each.get("reference") if isinstance(each, dict) else None
            if isinstance(text, str) and text.startswith(_ORDERS):
                return text.removeprefix(_ORDERS)
    return None


def _whose(act: Act, order: Placed | None, came: Sequence[Observation]) -> str | None:
    """Whom they are about: the patient of the order, where nothing else is said."""
    said = next((one.subject for one in came if one.subject is not None), None)
    named = (said.reference or "").rpartition("/")[2] if said is not None else ""
    if order is None:
        return named or None
    unknown = said is not None and not named and said.identifier is not None
    if unknown or (named and not heard_results.same_patient(act, order.patient_id, named)):
        raise Refusal(N_("These results name another patient than the order does."), field="patient")
    return order.patient_id


def _of(one: Observation, patient: str | None) -> Observation:
    """A result with its patient by our id, and without the order, which is kept beside it."""
    said = {name: value for name, value in written(one).items() if name not in {"basedOn", "id"}}
    if patient is not None:
        said["subject"] = {"reference": f"Patient/{patient}"}
    return Observation.model_validate(said)


def _matched(came: Sequence[Observation], before: Sequence[Row], place: Place) -> list[_Part]:
    """Which row each result stands in: the one that says the same, else of the same time, else the last of its kind."""
    parts = [_Part(one, observations.read(one).values) for one in came]
    left = list(before)
    for same in (_says, _measured, _what):
        for part in reversed(parts):
            if part.row is None:
                part.row = next((row for row in reversed(left) if same(row) == same(part.values)), None)
                left = [row for row in left if row is not part.row]
    keys = {str(row["key"]) for row in before}
    for part in parts:
        part.key = str(part.row["key"]) if part.row is not None else _new_key(part, keys, place)
        keys.add(part.key)
    return parts


def _new_key(part: _Part, keys: set[str], place: Place) -> str:
    if place.own not in keys:
        return place.own
    made = (f"{place.under}{digest([_what(part.values), n])[:24]}" for n in range(len(keys) + 1))
    return next(key for key in made if key not in keys)


def _what(values: Row) -> Any:
    return values["code"] or values["title"]


def _measured(values: Row) -> Any:
    return _what(values), values.get("effective_text")


def _says(values: Row) -> Any:
    stands = values["status"] not in GONE
    return (*_measured(values), values["interpretation"], stands, *(values.get(name) for name in _VALUE))


_VALUE = ("value_kind", "value", "comparator", "unit", "value_code")


def _held(part: _Part, place: Place) -> Held:
    """A result ready to be taken in, with what it said before in its note; the digest is of what came."""
    resource = written(part.one)
    said = digest(resource)
    key = Key("Observation", place.source, part.key)
    notes = [each["text"] for each in resource.get("note", ()) if each.get("text")]
    old = str(part.row["note"] or "") if part.row is not None else ""
    history = [line for line in old.split("\n") if line and line not in notes]
    line = part.line if part.row is not None else ""
    texts = [*notes, *history, *([line] if line else [])]
    changed: Json = {"note": [{"text": text} for text in texts]} if texts else {}
    if line and resource["status"] in {"final", "unknown"} and part.row is not None and part.row["status"] not in GONE:
        changed["status"] = "corrected"
    return Held(key, said, part.key, None, resource | changed | {"id": part.key})


def _line(values: Row, row: Row | None) -> str:
    """How a result differs from what it was, as a person says it; empty where it says the same."""
    gone, was_gone = values["status"] in GONE, row is not None and row["status"] in GONE
    now, was = _words(values), "" if row is None else _words(row)
    if row is None:
        return f"withdrawn: {now}" if gone else now
    if gone or was_gone:
        if gone and was_gone:
            return ""
        return f"withdrawn: {was}" if gone else f"stands again: {now}"
    if _flagged(now, values) == _flagged(was, row):
        return "" if row["status"] != "preliminary" or values["status"] == "preliminary" else f"now final: {now}"
    if now == was:
        return f"flag corrected: {row['interpretation'] or 'none'} -> {values['interpretation'] or 'none'} ({now})"
    unit = values["unit"] or ""
    if unit and unit == row["unit"]:
        was = was.removesuffix(f" {unit}")
    return f"corrected: {was} -> {_flagged(now, values)}"


def _words(values: Row) -> str:
    amount = f"{values.get('comparator') or ''}{values.get('value') or ''}"
    return " ".join(filter(None, (amount, values.get("unit")))) or "no value"


def _flagged(words: str, values: Row) -> str:
    return f"{words} ({values['interpretation']})" if values["interpretation"] else words


def _tell(
    act: Act,
    order: Placed | None,
    patient: str,
    system: str,
    parts: Sequence[_Part],
    critical: Sequence[alarms.Finding],
) -> None:
    """Say what came, was corrected and was withdrawn; of nobody's order only what is or was critical."""
    left = list(critical)
    said = []
    for part in parts:
        finding = alarms.finding(part.values)
        name = str(part.values["title"])
        line = part.line
        if finding in left:
            left.remove(finding)
            said.append(("", _named(name, line or _words(part.values), part)))
        elif line and (order is not None or _was_critical(part.row)):
            said.append((_title(part), _named(name, line, part)))
    # What is critical in a part of a result is told in the words of the part.
    said += [
        ("", f"{each.what}: {each.value[2] or ''}{each.value[1]} {each.value[3] or ''} ({each.flag})") for each in left
    ]
    heard_results.tell(act, order, patient, system, said)


def _named(name: str, line: str, part: _Part) -> str:
    first = part.row is None and part.values["status"] not in GONE
    return f"{name}: {_flagged(line, part.values)}" if first else f"{name}, {line}"


def _title(part: _Part) -> str:
    grave = _was_critical(part.row)
    if part.values["status"] in GONE:
        return heard_results.CRITICAL_WITHDRAWN if grave else heard_results.WITHDRAWN
    if part.row is None or part.line.startswith("now final"):
        return heard_results.CAME
    return heard_results.CRITICAL_CORRECTED if grave else heard_results.CORRECTED


def _was_critical(row: Row | None) -> bool:
    return row is not None and row["interpretation"] in alarms.CRITICAL
