"""Words about consents, on paper and on the screen; light, so that a screen may have them before the first paper."""

from clinic_desktop.i18n import N_

STATE_WORDS = {
    "draft": N_("Draft, not signed"),
    "waiting": N_("Signed, not yet in force"),
    "active": N_("In force"),
    "expired": N_("Expired"),
    "withdrawn": N_("Withdrawn"),
    "rejected": N_("Refused by the patient"),
    "entered_in_error": N_("Entered in error"),
}
CHANNEL_WORDS = {
    "phone": N_("Telephone"), "sms": N_("Text message"), "email": N_("E-mail"), "post": N_("Post"), "app": N_("App"),
}  # fmt: skip
