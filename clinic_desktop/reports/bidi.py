"""The order in which a line of mixed directions is read: Unicode's bidirectional algorithm (UAX #9).

Marks of direction and isolates are honoured; embeddings and overrides are not, since `text` prints them by name.
"""

import unicodedata
from functools import lru_cache

LRI, RLI, FSI, PDI = "\u2066", "\u2067", "\u2068", "\u2069"
_ISOLATES = {LRI: "LRI", RLI: "RLI", FSI: "FSI"}
_NEUTRAL = {"B", "S", "WS", "ON", "LRI", "RLI", "FSI", "PDI"}
_DEEPEST = 125


@lru_cache(maxsize=8192)
def kind(character: str) -> str:
    """The bidirectional class of a character; unassigned ones are taken for left-to-right."""
    return unicodedata.bidirectional(character) or "L"


def has_right_to_left(text: str) -> bool:
    """Whether anything in a text is read from right to left."""
    return any(kind(character) in {"R", "AL", "AN"} for character in text)


def base_level(text: str) -> int:
    """The direction of a paragraph by its first strong character outside isolates (rules P2, P3)."""
    depth = 0
    for character in text:
        if character in _ISOLATES:
            depth += 1
        elif character == PDI:
            depth = max(0, depth - 1)
        elif depth == 0 and (known := kind(character)) in {"L", "R", "AL"}:
            return int(known != "L")
    return 0


def levels(text: str, base: int) -> list[int]:
    """The embedding level of each character of a paragraph; odd levels run right to left."""
    kinds = [kind(character) for character in text]
    if base == 0 and not any(known in {"R", "AL", "AN", "RLI"} for known in kinds):
        return [0] * len(text)
    found, match = _explicit(text, kinds, base)
    for sequence in _sequences(kinds, found, match):
        _resolve(text, kinds, found, sequence, base, match)
    return found


def visual_runs(found: list[int], text: str, base: int) -> list[tuple[int, int, int]]:
    """The stretches of one line from left to right: (from, to, level), by rules L1 and L2."""
    line = list(found)
    for at in range(len(text) - 1, -1, -1):
        if kind(text[at]) not in {"WS", "BN", "LRI", "RLI", "FSI", "PDI"}:
            break
        line[at] = base
    runs: list[tuple[int, int, int]] = []
    for at, level in enumerate(line):
        if runs and runs[-1][2] == level:
            runs[-1] = (runs[-1][0], at + 1, level)
        else:
            runs.append((at, at + 1, level))
    for level in range(max(line, default=0), 0, -1):
        at = 0
        while at < len(runs):
            end = at
            while end < len(runs) and runs[end][2] >= level:
                end += 1
            if end > at:
                runs[at:end] = reversed(runs[at:end])
            at = end + 1
    return runs


def _explicit(text: str, kinds: list[str], base: int) -> tuple[list[int], dict[int, int]]:
    """Levels by isolates alone (rules X1 to X8), and which PDI closes which isolate."""
    found: list[int] = []
    match: dict[int, int] = {}
    stack = [base]
    opened: list[int | None] = []
    for at, character in enumerate(text):
        known = kinds[at]
        if character == PDI and opened:
            start = opened.pop()
            if start is not None:
                match[start] = at
                stack.pop()
        found.append(stack[-1])
        if known in {"LRI", "RLI", "FSI"}:
            right = known == "RLI" or (known == "FSI" and base_level(_inside(text, at)) == 1)
            deeper = (stack[-1] + 1) | 1 if right else (stack[-1] + 2) & ~1
            if deeper <= _DEEPEST:
                stack.append(deeper)
                opened.append(at)
            else:
                opened.append(None)
        elif known == "B":
            stack, opened = [base], []
            found[-1] = base
    return found, match


def _inside(text: str, at: int) -> str:
    """What an isolate holds, up to the PDI that closes it."""
    depth = 1
    for end in range(at + 1, len(text)):
        if text[end] in _ISOLATES:
            depth += 1
        elif text[end] == PDI:
            depth -= 1
            if depth == 0:
                return text[at + 1 : end]
    return text[at + 1 :]


def _sequences(kinds: list[str], found: list[int], match: dict[int, int]) -> list[list[int]]:
    """Isolating run sequences (rule X10); characters of class BN are left out (rule X9)."""
    runs: list[list[int]] = []
    for at, level in enumerate(found):
        if kinds[at] == "BN":
            continue
        if runs and found[runs[-1][-1]] == level and not _breaks(runs[-1][-1], at, kinds, match):
            runs[-1].append(at)
        else:
            runs.append([at])
    by_start = {run[0]: run for run in runs}
    closing = set(match.values())
    sequences = []
    for run in runs:
        if run[0] in closing:
            continue
        whole = list(run)
        while whole[-1] in match and match[whole[-1]] in by_start:
            whole += by_start[match[whole[-1]]]
        sequences.append(whole)
    return sequences


def _breaks(before: int, at: int, kinds: list[str], match: dict[int, int]) -> bool:
    """Whether a run ends between two neighbours of one level: an empty isolate stands between."""
    return kinds[before] in {"LRI", "RLI", "FSI"} and match.get(before) == at


def _resolve(
    text: str, kinds: list[str], found: list[int], sequence: list[int], base: int, match: dict[int, int]
) -> None:
    level = found[sequence[0]]
    own = "R" if level % 2 else "L"
    before = next((found[at] for at in range(sequence[0] - 1, -1, -1) if kinds[at] != "BN"), base)
    last = sequence[-1]
    after = base
    if not (kinds[last] in {"LRI", "RLI", "FSI"} and last not in match):
        after = next((found[at] for at in range(last + 1, len(found)) if kinds[at] != "BN"), base)
    sos = "R" if max(level, before) % 2 else "L"
    eos = "R" if max(level, after) % 2 else "L"
    now = _weak([kinds[at] for at in sequence], sos)
    _brackets([text[at] for at in sequence], [kinds[at] for at in sequence], now, own, sos)
    _neutral(now, own, sos, eos)
    for at, known in zip(sequence, now, strict=True):
        if level % 2 == 0:
            found[at] = level + {"R": 1, "AN": 2, "EN": 2}.get(known, 0)
        else:
            found[at] = level + (known != "R")


def _weak(now: list[str], sos: str) -> list[str]:
    """Rules W1 to W3, then W4 to W7."""
    before = sos
    for at, known in enumerate(now):
        if known == "NSM":
            now[at] = "ON" if before in {"LRI", "RLI", "FSI", "PDI"} else before
        before = now[at]
    strong = sos
    for at, known in enumerate(now):
        if known in {"L", "R", "AL"}:
            strong = known
        elif known == "EN" and strong == "AL":
            now[at] = "AN"
    return _numbers(["R" if known == "AL" else known for known in now], sos)


def _numbers(now: list[str], sos: str) -> list[str]:
    """Rules W4 to W7."""
    for at in range(1, len(now) - 1):
        around = (now[at - 1], now[at + 1])
        if (now[at] in {"ES", "CS"} and around == ("EN", "EN")) or (now[at] == "CS" and around == ("AN", "AN")):
            now[at] = around[0]
    for at in range(len(now)):
        if now[at] == "ET" and at and now[at - 1] == "EN":
            now[at] = "EN"
    for at in range(len(now) - 2, -1, -1):
        if now[at] == "ET" and now[at + 1] == "EN":
            now[at] = "EN"
    now[:] = ["ON" if known in {"ES", "ET", "CS"} else known for known in now]
    strong = sos
    for at, known in enumerate(now):
        if known in {"L", "R"}:
            strong = known
        elif known == "EN" and strong == "L":
            now[at] = "L"
    return now


@lru_cache(maxsize=1024)
def _bracket(character: str) -> tuple[str, str] | None:
    """("open", its closing partner) or ("close", itself) for a bracket that comes in pairs."""
    if unicodedata.category(character) not in {"Ps", "Pe"} or not unicodedata.mirrored(character):
        return None
    plain = unicodedata.normalize("NFKC" if character in "\u2329\u232a" else "NFC", character)
    if unicodedata.category(plain) == "Pe":
        return ("close", plain)
    name = unicodedata.name(plain).replace("LEFT", "RIGHT")
    try:
        return ("open", unicodedata.lookup(name))
    except KeyError:
        return None


def _brackets(text: list[str], original: list[str], now: list[str], own: str, sos: str) -> None:
    """Rule N0: a pair of brackets takes the direction of what it holds."""
    stack: list[tuple[str, int]] = []
    pairs: list[tuple[int, int]] = []
    for at, character in enumerate(text):
        if now[at] != "ON" or (found := _bracket(character)) is None:
            continue
        way, partner = found
        if way == "open":
            if len(stack) == 63:
                break
            stack.append((partner, at))
            continue
        for depth in range(len(stack) - 1, -1, -1):
            if stack[depth][0] == partner:
                pairs.append((stack[depth][1], at))
                del stack[depth:]
                break
    for start, end in sorted(pairs):
        inside = {_strength(known) for known in now[start + 1 : end]} - {None}
        if not inside:
            continue
        way = own
        if own not in inside:
            context = next((s for known in reversed(now[:start]) if (s := _strength(known))), sos)
            way = context if context in inside else own
        for at in (start, end):
            now[at] = way
            following = at + 1
            while following < len(now) and original[following] == "NSM":
                now[following] = way
                following += 1


def _strength(known: str) -> str | None:
    return {"L": "L", "R": "R", "EN": "R", "AN": "R"}.get(known)


def _neutral(now: list[str], own: str, sos: str, eos: str) -> None:
    """Rules N1 and N2."""
    at = 0
    while at < len(now):
        if now[at] not in _NEUTRAL:
            at += 1
            continue
        end = at
        while end < len(now) and now[end] in _NEUTRAL:
            end += 1
        left = (_strength(now[at - 1]) if at else sos) or sos
        right = (_strength(now[end]) if end < len(now) else eos) or eos
        now[at:end] = [left if left == right else own] * (end - at)
        at = end
