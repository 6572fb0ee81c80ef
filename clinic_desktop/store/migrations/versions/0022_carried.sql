ALTER TABLE device_messages ADD COLUMN carried TEXT
