"""The name of the system in links and identifiers, and what it calls itself towards people."""

SYSTEM = "arocord_hims"
TITLE = "AROCORD-HIMS"
