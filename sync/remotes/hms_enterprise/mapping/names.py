"""The name of the system in links and identifiers, and what it calls itself towards people."""

SYSTEM = "hms_enterprise"
TITLE = "HMS Enterprise-Grade"
