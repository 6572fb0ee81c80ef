CREATE TABLE product_packs (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    product_id TEXT NOT NULL,
    gtin TEXT NOT NULL,
    active INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_product_packs PRIMARY KEY (rowid_),
    CONSTRAINT uq_product_packs_id UNIQUE (id),
    CONSTRAINT fk_product_packs_product_id FOREIGN KEY(product_id) REFERENCES products (id)
)
-- next
CREATE INDEX ix_product_packs_gtin ON product_packs (gtin, active)
