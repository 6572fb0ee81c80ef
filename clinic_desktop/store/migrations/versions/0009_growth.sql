ALTER TABLE patients ADD COLUMN gestation_days INTEGER
