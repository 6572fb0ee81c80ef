"""What was found out about a system, said so that somebody who never saw its document knows what it means for them."""

from clinic_desktop.i18n import N_, _
from sync.engine.updating import MERGE, read_mode

LIST, UPDATE = "list of ", "put."
_NOT_UNDERSTOOD = "not understood"
# Whether a list that no document describes gives what is needed to know a record again.
_LISTS = {
    "yes": N_("yes"),
    "empty": N_("not yet: nothing stands in it"),
    "forbidden": N_("no: this account may not see it"),
    "without what is needed": N_("no: it does not show enough of a record to know it again"),
}
_PLAIN = {
    "yes": N_("yes"), "no": N_("no"), "unknown": N_("not said"), "not stated": N_("not said"), "-": N_("not said"),
    "untried": N_("not tried yet"),
}  # fmt: skip
_FHIR = {"no": N_("it has none"), "yes": N_("it has one")}
_UPDATES = {
    "merge": N_("only what is sent is changed there"),
    "replace": N_("the whole record is replaced by what is sent"),
}


def value_words(name: str, value: str) -> str:
    """What was found under a name, in plain words; what there are none for stands as it was said."""
    if name.startswith(LIST):
        if value.startswith(_NOT_UNDERSTOOD):
            said = _("no: it gave no answer that can be used")
            return " ".join(filter(None, (said, value.removeprefix(_NOT_UNDERSTOOD).strip())))
        return _(_LISTS[value]) if value in _LISTS else value
    if name.startswith(UPDATE) and (mode := read_mode(value)) is not None:
        words = _(_UPDATES[MERGE if mode.mode == MERGE else "replace"])
        return _("{words} ({how}, {at})").format(words=words, how=mode.how, at=mode.at)
    if name == "fhir":
        return _(_FHIR[value]) if value in _FHIR else _("version {n}").format(n=value)
    return _(_PLAIN[value]) if value in _PLAIN else value
