"""Which specimen and container a result of a message is of: each message structure keeps them in another place.

Source: HL7 2.5.1, chapters 7.4 (SPM), 13.3 (OUL) and 13.4.3 (SAC).
"""

from clinic_desktop.devices.hl7.protocol import Message, Segment

# SPM-11 (table 0369): a control specimen, a calibrator, a blank.
_CONTROLS = frozenset({"Q", "C", "B"})


class Layout:
    """Where a message keeps its specimens (SPM) and containers (SAC): before their orders or behind each.

    OUL^R22 and R23 name the specimen first, then its containers, then the orders; R21 has a container before each
    order; R24 and ORU name the specimen behind the results, and its container behind that.
    """

    def __init__(self, message: Message) -> None:
        self._message = message
        kind, event = message.type
        names = [one.name for one in message.segments]
        first = next((one for one in names if one in {"SPM", "OBR"}), "")
        self.ahead = kind == "OUL" and first == "SPM"
        self._before_each = kind == "OUL" and event == "R21"
        # In all OUL but R21 the ORC stands behind its OBR.
        leads = next((one for one in names if one in {"ORC", "OBR"}), "")
        self.orc_behind = self.ahead or (kind == "OUL" and not self._before_each and leads == "OBR")
        self._specimen: list[Segment] = []
        self._tubes: list[Segment] = []

    def pass_by(self, at: int) -> None:
        """A specimen or a container begins: from here on everything is of it, where they stand before the orders."""
        segment, last = self._message.segments[at], self._last(at)
        if segment.name == "SPM":
            self._specimen, self._tubes = [segment], []
        else:
            # One behind another (R22) hold the same specimen; behind results (R23) another tube begins.
            self._tubes = [*(self._tubes if last == "SAC" else ()), segment]

    def beside(self, at: int) -> list[Segment]:
        """The specimens and containers of the order whose OBR is at this place."""
        if self.ahead:
            return [*self._specimen, *self._tubes]
        found = self._tubes if self._before_each else []
        self._tubes = []
        seen = False
        for one in self._group(at):
            seen = seen or one.name == "SPM"
            if one.name == "SPM" or (one.name == "SAC" and seen):
                found = [*found, one]
        return found

    def _group(self, at: int) -> list[Segment]:
        """The segments of one order, to the next OBR or ORC."""
        after = self._message.segments[at + 1 :]
        ends = {"OBR", "PID"} if self.orc_behind else {"OBR", "ORC", "PID"}
        end = next((place for place, one in enumerate(after) if one.name in ends), len(after))
        return list(after[:end])

    def _last(self, at: int) -> str:
        """The segment before, past what only says more of a container."""
        before = (one.name for one in reversed(self._message.segments[:at]))
        return next((name for name in before if name not in {"INV", "SID", "NTE"}), "")


def is_control(beside: list[Segment]) -> bool:
    """Whether what was measured is a control, a calibrator or a blank, and nobody's specimen."""
    return any(one.name == "SPM" and one.get(11).upper() in _CONTROLS for one in beside)


def numbers_of(beside: list[Segment]) -> list[str]:
    """The numbers of specimens and containers: what the label says stands in one of them.

    SPM-2 the specimen as who ordered calls it, SPM-30 its accession; SAC-3 the tube itself, SAC-4 the tube that an
    aliquot was poured from.
    """
    found: list[str] = []
    for one in beside:
        if one.name == "SPM":
            found += [one.get(2).split(one.marks.part)[0], *(parts[0] for parts in one.parts(30))]
        else:
            found += [one.get(place).split(one.marks.part)[0] for place in (3, 4)]
    return list(dict.fromkeys(one.strip() for one in found if one.strip()))
