"""The settings of the clinic: what each may be, and what is said where it is not."""

import re

SETTINGS = {
    "clinic_name": re.compile(r"(?s).*\S.*"),
    "clinic_address": re.compile(r"(?s).*"),
    "clinic_phone": re.compile(r"[^\n]*"),
    "clinic_registration": re.compile(r"[^\n]{0,120}"),
    # Further lines at the head of papers: an address on the web, opening hours.
    "clinic_letterhead": re.compile(r"[^\n]{0,120}(?:\n[^\n]{0,120}){0,2}"),
    "currency": re.compile(r"[A-Z]{3}"),
    "idle_lock_minutes": re.compile(r"[1-9]|[1-5]\d|60"),
    "break_glass_minutes": re.compile(r"[5-9]|[1-5]\d|60"),
    # What the public call screen shows of a name beside the ticket (services.device_views.SHOWS).
    "call_screen_shows": re.compile(r"ticket|initials|name"),
    "consent_age": re.compile(r"1[0-9]|2[01]"),
    "confidential_age": re.compile(r"1[0-9]|2[01]"),
    # The largest file that becomes a document, in MB (domain.contents.HIGHEST_LIMIT_MB).
    "attachment_limit_mb": re.compile(r"[1-9]|[1-9]\d|1[0-4]\d|150"),
    # Where the background process puts its papers; empty is nowhere.
    "downtime_folder": re.compile(r"|/.+|[A-Za-z]:[\\/].+|\\\\.+"),
    "reports_folder": re.compile(r"|/.+|[A-Za-z]:[\\/].+|\\\\.+"),
    "monthly_reports": re.compile(r"[a-z0-9 -]*"),
    "immunization_schedule": re.compile(r"[a-z0-9][a-z0-9_.+>:-]{0,119}"),
}

SETTING_WORDS = {
    "downtime_folder": "The whole path of a folder, or nothing.",
    "reports_folder": "The whole path of a folder, or nothing.",
    "monthly_reports": "Names of reports with blanks between them.",
    "currency": "Three capital letters, such as USD or KES.",
    "idle_lock_minutes": "Between 1 and 60 minutes.",
    "clinic_phone": "One line only.",
    "clinic_registration": "One line of 120 characters at most.",
    "clinic_letterhead": "Three lines of 120 characters at most.",
    "break_glass_minutes": "Between 5 and 60 minutes.",
    "consent_age": "Between 10 and 21 years.",
    "confidential_age": "Between 10 and 21 years.",
}
