"""What a password must be, and the words that say how to make a better one."""

import unicodedata

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_

LEAST = 10
MOST = 256
LEAST_SCORE = 2
# zxcvbn takes time that grows with the square of the length and refuses more than this.
_LOOKED_AT = 72


def canonical_username(username: str) -> str:
    """The form in which usernames are compared."""
    return unicodedata.normalize("NFC", username).strip().casefold()


def canonical_password(password: str) -> bytes:
    """The bytes of a password: the same whichever way a keyboard composes its accents."""
    return unicodedata.normalize("NFC", password).encode(errors="surrogatepass")


def check_password(password: str, username: str) -> None:
    """Refuse a password that is short, guessable or contains the username; the refusal says what to do."""
    if len(password) < LEAST:
        raise Refusal(
            N_("Use at least {least} characters; four unrelated words are easy to keep in mind."),
            field="password",
            least=LEAST,
        )
    if len(password) > MOST:
        raise Refusal(N_("Use at most {most} characters."), field="password", most=MOST)
    name = canonical_username(username)
    if name and name in canonical_username(password):
        raise Refusal(N_("Leave the username out of the password."), field="password")
    from zxcvbn import zxcvbn

    if zxcvbn(password[:_LOOKED_AT], user_inputs=[name, "clinic"])["score"] < LEAST_SCORE:
        raise Refusal(
            N_("This password is easy to guess. Add another unrelated word or two."),
            field="password",
        )
