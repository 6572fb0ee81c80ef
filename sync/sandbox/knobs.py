"""Where a document is silent or contradicts itself, a knob says which way this system goes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal, get_args, get_origin, get_type_hints

# "replace" refuses a body that lacks what a new record needs; "replace-quietly" takes it, and empties the rest.
Put = Literal["merge-top", "merge-deep", "replace", "replace-quietly"]
Undocumented = Literal["", "enveloped", "bare", "echo"]
Signature = Literal["raw", "data", "empty"]


@dataclass(frozen=True, slots=True)
class Knobs:
    """The choices of one system; what a system does not have is ignored by it."""

    limits: bool = True
    sliding: bool | None = None  # nothing: as the document says, else fixed windows
    over_limit: Literal["clamp", "refuse"] = "clamp"  # what happens to a page size above the maximum
    put: Put = "merge-top"
    puts: Mapping[str, Put] = field(default_factory=dict)  # and where some kinds go another way, by table
    undocumented: Undocumented = ""  # the shape of answers that the document does not show; nothing: as the shown ones
    prefix: str = "/api/v1"  # HMS: /v1, /api/v1 or /v1/api/v1
    delete_body: bool = True  # False: a proxy drops the body of a DELETE on the way
    signature: Signature = "raw"  # what AROCORD signs
    optional: bool = False  # whether addresses that are only linked, mentioned or in an example answer
    results_after: float | None = None  # HMS: seconds after which its laboratory reports; nothing: only when told to
    fhir: bool = False  # Practice Studio: whether /fhir/r4/metadata is there
    sunset: str = ""  # a date: the system announces its end in headers
    token_seconds: float | None = None  # nothing: as documented
    masked: bool = True  # Healthcare Records: whether PHI is masked in answers
    consent_needed: bool = False  # Healthcare Records: whether a chart without an active consent is refused
    justification: Literal["none", "query", "body"] = "none"  # Healthcare Records: where a DELETE must carry its reason
    tier: Literal["standard", "premium"] = "standard"
    has_more: bool = False  # Healify: whether lists carry has_more
    stamped: bool = False  # Practice Studio: whether the instant is part of what is signed
    minute_too: bool = False  # Healthcare Records: whether 60 a minute and 10 a second hold beside the hours
    webhook_url: str = ""  # where systems without a subscription call send their events

    def put_of(self, table: str) -> Put:
        """What an update does to the members that it does not name, for a kind."""
        return self.puts.get(table, self.put)


def knobs_of(given: Mapping[str, Any]) -> Knobs:
    """Make knobs from read JSON. Raises ValueError naming the knob that is not there or cannot be turned so."""
    hints = get_type_hints(Knobs)
    for name, value in given.items():
        if name not in hints:
            raise ValueError(f"no knob is called {name}; there are {', '.join(one.name for one in fields(Knobs))}")
        hint = hints[name]
        if name == "puts":
            good = isinstance(value, dict) and all(one in get_args(Put) for one in value.values())
        elif get_origin(hint) is Literal:
            good = value in get_args(hint)
        else:
            kinds = get_args(hint) or (hint,)
            good = type(value) in kinds or (float in kinds and type(value) is int)
        if not good:
            raise ValueError(f"{name} cannot be {value!r}")
    return Knobs(**given)
