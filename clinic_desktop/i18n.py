"""Words in the person's language: gettext, so that reports and the command line have them without Qt."""

import gettext

from clinic_desktop.paths import resources

_catalogue: gettext.NullTranslations = gettext.NullTranslations()


def set_language(language: str) -> None:
    """Choose the language of every word shown from now on; unknown languages fall back to English."""
    global _catalogue  # noqa: PLW0603 - the language is the one choice a whole process shares
    _catalogue = gettext.translation(
        "clinic_desktop", resources() / "translations", languages=[language], fallback=True
    )


def language() -> str:
    """The language that words are shown in."""
    return _catalogue.info().get("language") or "en"


def _(text: str) -> str:
    """Translate."""
    return _catalogue.gettext(text)


def ngettext(one: str, many: str, n: int) -> str:
    """Translate what is said of a number of things, as the language counts them; ``{n}`` in it is the number."""
    return _catalogue.ngettext(one, many, n).format(n=n)


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for it
    """Mark a word for translation where it is shown later."""
    return text
