ALTER TABLE vital_signs ADD COLUMN posture TEXT
