"""Breaking the glass: for what, for how long, and how it is judged afterwards."""

from clinic_desktop.domain.refusals import Refusal

# Bounded, reasoned and reviewed, as the emergency access procedure of 45 CFR 164.312(a)(2)(ii) wants it.
USUAL_MINUTES = 30
LONGEST_MINUTES = 60
FEWEST_LETTERS = 10
LONGEST = 2000

REASONS = ("life_in_danger", "cannot_consent", "public_health", "other")
OUTCOMES = ("justified", "unclear", "not_justified")


def require_sound(reason: str, words: str) -> None:
    """Refuse to break the glass without a reason, chosen and in words."""
    if reason not in REASONS:
        raise Refusal("Choose why.", field="glass_reason")
    if len(words.strip()) < FEWEST_LETTERS:
        raise Refusal("Say in your own words what has happened (at least {n} letters).", field="glass_words",
                      n=FEWEST_LETTERS)  # fmt: skip
    if len(words) > LONGEST:
        raise Refusal("This is too long.", field="glass_words")


def require_outcome(outcome: str, note: str) -> None:
    """Refuse a review that says nothing, and a judgement against somebody without a word about it."""
    if outcome not in OUTCOMES:
        raise Refusal("Choose what came of it.", field="outcome")
    if outcome != "justified" and not note.strip():
        raise Refusal("Say what is wrong or still open.", field="note")
    if len(note) > LONGEST:
        raise Refusal("This is too long.", field="note")
