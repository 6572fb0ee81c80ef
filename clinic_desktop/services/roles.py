"""The roles of a clinic, as the staff table and the table of permissions write them."""

DOCTOR, NURSE, PHARMACIST = "doctor", "nurse", "pharmacist"
LABORATORY, FRONT_DESK, CASHIER, ADMINISTRATOR = "laboratory", "front_desk", "cashier", "administrator"
ROLES = (DOCTOR, NURSE, PHARMACIST, LABORATORY, FRONT_DESK, CASHIER, ADMINISTRATOR)
EVERYONE = frozenset(ROLES)
CLINICAL = frozenset({DOCTOR, NURSE})
