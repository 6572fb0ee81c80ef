"""Results of an order as a system brings them: each stands once, as it is now, with what it said before beside it.

A result is known by what was measured, never by its place in a list. What is corrected there is corrected here, and
keeps in its note what stood before; what is withdrawn there is withdrawn here; what is not said any more stays. The
journal holds every value there ever was.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.exchange import alarms, brought, gathering, observations, remote_ids
from clinic_desktop.exchange.gathering import Held
from clinic_desktop.exchange.keys import Frame
from clinic_desktop.exchange.told import written
from clinic_desktop.i18n import N_
from clinic_desktop.services import heard, heard_parts, heard_results
from clinic_desktop.services.acts import Act
from clinic_desktop.services.arrival_keys import Key
from clinic_desktop.services.heard_results import GONE, Placed
from sync.records.elements import Resource
from sync.records.exact import Json, digest
from sync.records.observation import Observation

Row = Mapping[str, Any]
_ORDERS = "ServiceRequest/"


@dataclass(frozen=True)
class Came:
    """Where results come from: the system's title, the record there, and which one here a link says that it is."""

    title: str
    place: remote_ids.Place
    local_id: str | None = None


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


def take(act: Act, order_id: str | None, records: Sequence[Resource], of: Came, now: datetime) -> str | None:
    """Take in the results of an order; the id here of the first. Raises Refusal where they are another patient's."""
    said = [one for one in records if isinstance(one, Observation)]
    if not said:
        return None
    order_id = order_id or _order_said(said)
    order = heard_results.placed(act, order_id) if order_id is not None else None
    patient, source = _whose(act, order, said), of.place.source
    own = _own(act, of, patient)
    before = [
        row
        for row in heard_results.brought(act, source, own.value, remote_ids.under(own.value))
        if remote_ids.is_part(str(row["key"]), own.value)
    ]
    if patient is not None and any(not heard_results.same_patient(act, row["patient_id"], patient) for row in before):
        raise Refusal(N_("These results stand in the chart of another patient here."), field="patient")
    if patient is None and before:
        patient = str(before[0]["patient_id"])
    # Where none is left there, a record comes that says nothing.
    came = [_of(one, patient) for one in said if not brought.says_nothing(one)]
    parts = _matched(came, before, own)
    frame = Frame(source)
    held = [_held(each, source) for each in parts]
    told = alarms.standing(before, frozenset(str(row["key"]) for row in before))
    ids = heard.take_in(act, gathering.arrivals(held, frame, {}))
    if order is not None:
        heard_results.stand_in(act, order, ids.values())
    found = alarms.brought(came)
    critical = [each.finding for each in alarms.news(found, told, now, ever=order is not None)]
    critical += _once_more(parts, critical)
    if patient is not None:
        _tell(act, order, patient, of.title, parts, critical, {each.finding: each.words for each in found})
        _ask_about_gone(act, order, patient, of.title, own, {each.key for each in parts})
    return heard.stands_as(act, own)


def _own(act: Act, of: Came, patient: str | None) -> Key:
    """The id of the record: where a number was given to somebody else, each of them has their own."""
    kind, place = "Observation", of.place
    if of.local_id is not None:
        known = remote_ids.stands_as(act, place.source, kind, place.remote_id, of.local_id)
        if known is not None:
            return known
    return remote_ids.anchor(act, place, kind, "", patient)


def _ask_about_gone(act: Act, order: Placed | None, patient: str, system: str, own: Key, said: set[str]) -> None:
    """Somebody is asked, once, about each result that is shown no more; it stands. Shown again, it is over."""
    record = heard.stands_as(act, own)
    if record is None:
        return
    found = [
        one
        for one in heard_parts.stands_under(act, own.system, own.value, remote_ids.under(own.value))
        if one.key.kind == "Observation" and remote_ids.is_part(one.key.value, own.value)
        and one.key.value not in said and one.row["status"] not in GONE
    ]  # fmt: skip
    gone = [one for one in found if one.said]
    heard_parts.mark_unsaid(act, gone)
    if gone:
        heard_results.ask_about_gone(act, order, patient, system, record, [brought.called(one.row) for one in gone])
    elif not found:
        heard_results.is_said_again(act, record)


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


def _matched(came: Sequence[Observation], before: Sequence[Row], own: Key) -> list[_Part]:
    """Which row each result stands in: the one that says the same, else of the same time, else the last it is for."""
    parts = [_Part(one, observations.read(one).values) for one in came]
    left = list(before)
    for same in (_alike(_says), _alike(_measured), _instead):
        for part in reversed(parts):
            if part.row is None:
                part.row = next((row for row in reversed(left) if same(part.values, row)), None)
                left = [row for row in left if row is not part.row]
    keys = {str(row["key"]) for row in before}
    for part in parts:
        part.key = str(part.row["key"]) if part.row is not None else _new_key(part, keys, own)
        keys.add(part.key)
    return parts


def _new_key(part: _Part, keys: set[str], own: Key) -> str:
    if own.value not in keys:
        return own.value
    under = remote_ids.under(own.value)
    made = (f"{under}{digest([_what(part.values), n])[: remote_ids.DIGITS]}" for n in range(len(keys) + 1))
    return next(key for key in made if key not in keys)


def _alike(what: Callable[[Row], Any]) -> Callable[[Row, Row], bool]:
    return lambda one, other: bool(what(one) == what(other))


def _instead(now: Row, was: Row) -> bool:
    """Whether it stands for a result of another time: else both were measured, and both stand."""
    if _what(now) != _what(was):
        return False
    timed = now.get("effective_text") and was.get("effective_text")
    says_so = now["status"] in brought.INSTEAD or was["status"] in brought.UNFINISHED
    return not timed or says_so or all(now.get(name) == was.get(name) for name in _VALUE)


def _what(values: Row) -> Any:
    return values["code"] or values["title"]


def _measured(values: Row) -> Any:
    return _what(values), values.get("effective_text")


def _says(values: Row) -> Any:
    stands = values["status"] not in GONE
    return (*_measured(values), values["interpretation"], stands, *(values.get(name) for name in _VALUE))


_VALUE = ("value_kind", "value", "comparator", "unit", "value_code")


def _held(part: _Part, source: str) -> Held:
    """A result ready to be taken in, with what it said before in its note; the digest is of what came."""
    resource = written(part.one)
    if part.row is not None and part.row["patient_id"] is not None:
        # Of which registration of a person it is, nobody there says: it stays where it stands.
        resource["subject"] = {"reference": f"Patient/{part.row['patient_id']}"}
    said = digest(resource)
    key = Key("Observation", source, part.key)
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
    unit = values.get("unit") or ""  # a value in words has none
    if unit and unit == row["unit"]:
        was = was.removesuffix(f" {unit}")
    return f"corrected: {was} -> {_flagged(now, values)}"


def _words(values: Row) -> str:
    amount = f"{values.get('comparator') or ''}{values.get('value') or ''}"
    return " ".join(filter(None, (amount, values.get("unit")))) or "no value"


def _flagged(words: str, values: Row) -> str:
    return f"{words} ({values['interpretation']})" if values["interpretation"] else words


def _once_more(parts: Sequence[_Part], told: Sequence[alarms.Finding]) -> list[alarms.Finding]:
    """What turned critical and says what another says that stands already: two bottles of one blood culture."""
    left, found = list(told), []
    for part in parts:
        now, was = alarms.finding(part.values), part.row and alarms.finding(part.row)
        if now in left:
            left.remove(now)
        elif now.stands and now.flag in alarms.CRITICAL and was and was[:4] != now[:4]:
            found.append(now)
    return found


def _tell(
    act: Act,
    order: Placed | None,
    patient: str,
    system: str,
    parts: Sequence[_Part],
    critical: Sequence[alarms.Finding],
    words: Mapping[alarms.Finding, str],
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
    said += [("", words[each]) for each in left]
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
