"""Who signs in to the clinics measured in; by itself, so that the probe loads nothing else to know it."""

USER, PASSWORD = "grace", "violet-lantern-harbour-42"
