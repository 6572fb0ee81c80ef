"""What the engine asks of a remote system, and what a system answers: the two know each other by this file alone.

The engine merges in the system's own shape: a *body* is the JSON that the system would be told of one record (or that
it tells), with the fields that it documents and no others. `Remote.project` makes it from the chart's records,
`Remote.adopt` turns it back. So base (what was last seen there), mine (what the chart says) and theirs (what is there
now) are three bodies of one shape.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, NamedTuple, Protocol

from sync.records.elements import Resource
from sync.transport.outcomes import Call

Body = dict[str, Any]


class Kind(StrEnum):
    """What is told and heard, in the order in which one needs the other."""

    PRACTITIONER = "practitioner"
    LOCATION = "location"
    PATIENT = "patient"
    COVERAGE = "coverage"
    CONSENT = "consent"
    APPOINTMENT = "appointment"
    ENCOUNTER = "encounter"
    DOCUMENT = "document"
    IMMUNIZATION = "immunization"
    PRESCRIPTION = "prescription"
    REFILL = "refill"
    DISPENSE = "dispense"
    LAB_ORDER = "lab_order"
    LAB_RESULT = "lab_result"
    CHARGE = "charge"
    INVOICE = "invoice"
    PAYMENT = "payment"
    CLAIM = "claim"
    SHARE = "share"
    ENROLMENT = "enrolment"
    PROGRAMME = "programme"
    NOTICE = "notice"


class Create(StrEnum):
    """How it is found out whether a create arrived whose answer was lost (each system's document decides)."""

    KEY = "K"  # an id of ours is kept and can be searched for
    MARKER = "M"  # a marker of ours stands in a field that a list or a read gives back
    NATURAL = "N"  # a list finds it by what it says
    WRITE_ONLY = "W"  # nothing shows it: sent once, then a person looks


class Put(StrEnum):
    """What an update does to the fields that it does not name."""

    TOP = "top"  # it keeps them: changed top-level members are sent, nested ones whole
    WHOLE = "whole"  # unknown or replaced: every writable member is sent
    CLEAR = "clear"  # as WHOLE, and what is masked there must be known here in clear, or it is not sent
    NONE = "none"  # there is no update


Way = Literal["scalar", "set", "keyed", "block", "text", "status"]


@dataclass(frozen=True)
class Rule:
    """How two changes of one field meet.

    ``scalar`` one value; ``set`` a list whose order says nothing; ``keyed`` a list of objects known by `key`; ``block``
    an object merged member by member and in conflict as a whole where both changed one; ``text`` grows at its end;
    ``status`` moves forward, `final` ones stay. `removal` needs a person (an allergy does, and a prescription that
    ends), of an object in its list `within`, of a list known by a `key` in the items whose first key says `within`.
    `theirs`: the system alone writes it. `clinical`: never decided in a batch. `identity`: it says who somebody is
    (name, birth date, sex, number); what a system alone changed of that is never taken in without a person.
    """

    way: Way = "scalar"
    key: tuple[str, ...] = ()
    final: frozenset[str] = frozenset()
    removal: bool = False
    within: str = ""
    theirs: bool = False
    clinical: bool = True
    identity: bool = False


@dataclass(frozen=True)
class KindProfile:
    """What a system can do with one kind, and how it must be treated."""

    kind: Kind
    listed: bool = False  # all of them can be listed
    listed_for: Kind | None = None  # or those of one patient (or practitioner)
    searched: bool = False
    readable: bool = False
    create: Create | None = None
    put: Put = Put.NONE
    acts: frozenset[str] = frozenset()  # "cancel", "dispense", "complete", ...
    # By what is done here: the words of their status that say that it is so there. None of it is done there again.
    ends: Mapping[str, frozenset[str]] = field(default_factory=dict)
    rules: Mapping[str, Rule] = field(default_factory=dict)  # by top-level member of the body
    only_in_detail: frozenset[str] = frozenset()
    volatile: frozenset[str] = frozenset()  # never compared
    money: bool = False
    irreversible: bool = False
    needs: tuple[Kind, ...] = ()  # what must be known there first
    rotation_days: int | None = None  # within how many days a silent change of a detail is found
    work_seconds: int | None = None  # within how many a change of what is being worked at here is found
    # A list of what is open there: looked through so often, and what it does not show is done, which is not gone.
    open_seconds: int | None = None
    change_signal: str | None = None  # a member that moves with every change, where there is one
    progress: str | None = None  # a member of theirs that moves while one record is told in several sendings


@dataclass(frozen=True)
class Bucket:
    """A documented limit: so many requests in so many seconds, for the requests that `covers` says.

    `tells` says what is told by these requests alone, as kind and "create", "update" or "act": by it the first of a
    kind is foretold. None where they may tell anything, empty where they tell nothing.
    """

    name: str
    limit: int
    seconds: float
    covers: Callable[[Call], bool]
    tells: frozenset[tuple[Kind, str]] | None = None


@dataclass(frozen=True)
class SystemProfile:
    """What the document of a system says, as far as the engine must know it."""

    system: str
    title: str
    kinds: Mapping[Kind, KindProfile]
    buckets: tuple[Bucket, ...]
    page: int = 100
    unattended: bool = False  # it can be signed in to with no person
    # The (kind, act) pairs that a clinic does and the document has no call for: a person must tell them.
    untold: Mapping[tuple[Kind, str], str] = field(default_factory=dict)


@dataclass(frozen=True)
class Story:
    """One record of the chart with what belongs to its telling, as FHIR records; ids in them are the chart's own.

    ``first`` is what it is about (Patient, Appointment, Encounter, ...); ``rest`` is what a system may want beside it
    (allergies and covers of a patient, vital signs and diagnoses of a visit, the prescriber, the lines, ...).
    `act` is set where something is to be done to it (``cancel``, ``dispense``); `void` where it was entered in error.
    """

    kind: Kind
    local_id: str
    revision: int
    patient_id: str | None
    first: Resource
    rest: tuple[Resource, ...] = ()
    act: str | None = None
    void: bool = False
    signed: bool = True  # a draft never leaves
    marker: str = ""  # short, legible, harmless: "ref CW-7F3K9Q2M"

    def __repr__(self) -> str:
        return f"Story({self.kind}, {self.local_id})"


class Links(Protocol):
    """Which record there stands for which record here."""

    def there(self, kind: Kind, local_id: str) -> str | None:
        """The id there of a record here."""
        ...

    def here(self, kind: Kind, remote_id: str) -> str | None:
        """The id here of a record there."""
        ...


@dataclass(frozen=True)
class Telling:
    """What a system would be told: the body; what it has no home for; what must be known there first."""

    body: Body
    homeless: tuple[str, ...] = ()
    needs: tuple[tuple[Kind, str], ...] = ()
    parts: tuple[Body, ...] = ()  # where one record here is several there (one prescription for each medicine)

    def __repr__(self) -> str:
        return f"Telling({len(self.body)} members)"


@dataclass(frozen=True)
class CannotTell:
    """The system has no call for it, or this cannot be sent safely: `why` in words, for the task of a person."""

    why: str


@dataclass(frozen=True)
class Seen:
    """One record as a system shows it. `whole` is False where a list gives fewer members than a read."""

    kind: Kind
    remote_id: str
    body: Body
    whole: bool = True
    raw: Body = field(default_factory=dict)
    parent: str | None = None  # the remote id of the patient (or practitioner) it was listed for
    part: int = 0

    def __repr__(self) -> str:
        return f"Seen({self.kind}, {self.remote_id})"


@dataclass(frozen=True)
class Page:
    """One page of a list; `next` is None at the end; `total` where the system says it."""

    items: tuple[Seen, ...]
    total: int | None = None
    next: str | None = None
    broken: tuple[str, ...] = ()  # what could not be read, in words: set aside, the sweep goes on
    lost: tuple[tuple[str, Any], ...] = ()  # of each of those its id ("" where it has none) and the item as it came
    cut: bool = False  # whether there may be more that no page shows


class Rough(NamedTuple):
    """One item of a list as it came: the id of its record, a digest of all it says, and the item itself."""

    remote_id: str
    print: str
    item: Any

    def __repr__(self) -> str:
        return f"Rough({self.remote_id})"


class Listed(Page):
    """A page of which only what is asked for is read: what prints as it did when it was last seen has not changed."""

    def __init__(
        self,
        rough: Sequence[Rough],
        read: Callable[[Any], tuple[tuple[Seen, ...], str]],
        total: int | None = None,
        next_: str | None = None,
    ) -> None:
        put = object.__setattr__
        said = {"rough": tuple(rough), "read": read, "total": total, "next": next_, "lost": (), "_all": None}
        for name, value in said.items():
            put(self, name, value)

    rough: tuple[Rough, ...]
    # The records in an item; none, and in words what is wrong with it, where it cannot be read.
    read: Callable[[Any], tuple[tuple[Seen, ...], str]]
    _all: tuple[tuple[Seen, ...], tuple[str, ...]] | None

    def _every(self) -> tuple[tuple[Seen, ...], tuple[str, ...]]:
        if self._all is None:
            came = [self.read(one.item) for one in self.rough]
            seen = tuple(one for found, _ in came for one in found)
            words = tuple(f"item {n}: {why}" for n, (_, why) in enumerate(came, start=1) if why)
            object.__setattr__(self, "_all", (seen, words))
        return self._all or ((), ())

    @property
    def items(self) -> tuple[Seen, ...]:
        """Every record of the page."""
        return self._every()[0]

    @property
    def broken(self) -> tuple[str, ...]:
        """What could not be read."""
        return self._every()[1]


@dataclass(frozen=True)
class Sending:
    """What is sent: a create, an update or an act; `changed` are the top-level members that differ."""

    kind: Kind
    op: Literal["create", "update", "act"]
    body: Body
    remote_id: str | None = None
    act: str | None = None
    changed: frozenset[str] = frozenset()
    key: str = ""  # the intent's id, where a system takes one (a payment's transaction id)
    marker: str = ""
    sent_at: str = ""  # UTC, ISO 8601; of the first attempt
    parent: str | None = None
    part: int = 0

    def __repr__(self) -> str:
        return f"Sending({self.op} {self.kind})"


@dataclass(frozen=True)
class Echo:
    """What the system answered to a sending: the id where it says one, and the record where it gives it back."""

    remote_id: str | None = None
    seen: Seen | None = None


class Remote(Protocol):
    """One system, signed in to or not. Every method but the last seven makes requests, and may raise an `Outcome`."""

    profile: SystemProfile

    def check(self) -> Mapping[str, str]:
        """Look what is there: sign in, find the prefix, the capabilities; what was found, by name."""
        ...

    def page(self, kind: Kind, *, parent: str | None, since: str | None, until: str | None, cursor: str | None) -> Page:
        """One page of a list: of all, of one parent, of a window of days (ISO dates)."""
        ...

    def search(self, story: Story) -> Sequence[Seen]:
        """What is there that may be this patient: asked before one is created."""
        ...

    def read(self, kind: Kind, remote_id: str, *, parent: str | None = None) -> Seen:
        """One record whole, or through the narrowest list. Raises NotThere, Forbidden."""
        ...

    def send(self, sending: Sending) -> Echo:
        """Send it: exactly one request that changes anything."""
        ...

    def probe(self, sending: Sending) -> Sequence[Seen]:
        """What is there that this create may have become, after its answer was lost."""
        ...

    def done(self, sending: Sending, seen: Seen | None) -> bool | None:
        """Whether an act has taken effect by what is seen; None where that cannot be seen."""
        ...

    def project(self, story: Story, links: Links) -> Telling | CannotTell:
        """What the system would be told of a record."""
        ...

    def adopt(self, seen: Seen, story: Story | None, links: Links) -> tuple[Resource, ...]:
        """The records that a body says, laid over what the chart holds: what the system has no home for stays."""
        ...

    def canonical(self, kind: Kind, body: Body) -> Body:
        """The body in a form in which two that say the same are equal (dates, telephone numbers, order of sets)."""
        ...

    def unread(self, seen: Seen, links: Links) -> frozenset[str]:
        """The top-level members that say something in a form of which nothing, or less than all, can be read here."""
        ...

    def met(self, seen: Seen) -> Sequence[Seen]:
        """The people and places that a record names, where the system shows them nowhere else."""
        ...

    def masked(self, body: Body) -> frozenset[str]:
        """The top-level members that the system hides: never shown, merged, written back, or taken as proof."""
        ...
