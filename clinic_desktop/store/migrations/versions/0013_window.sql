ALTER TABLE vital_signs ADD COLUMN posture TEXT
-- next
ALTER TABLE products ADD COLUMN vaccine_code TEXT
-- next
CREATE INDEX ix_products_vaccine_code ON products (vaccine_code)
-- next
ALTER TABLE claims ADD COLUMN moved INTEGER
-- next
ALTER TABLE claims ADD COLUMN primary_claim_id TEXT REFERENCES claims (id)
