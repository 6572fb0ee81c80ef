ALTER TABLE sync_work ADD COLUMN left_out TEXT
