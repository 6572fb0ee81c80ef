CREATE TABLE attachments (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    sha256 TEXT NOT NULL,
    size INTEGER NOT NULL,
    media_type TEXT NOT NULL,
    pages INTEGER,
    CONSTRAINT pk_attachments PRIMARY KEY (rowid_),
    CONSTRAINT uq_attachments_id UNIQUE (id),
    CONSTRAINT uq_attachments_sha256 UNIQUE (sha256)
)
-- next
CREATE TABLE attachment_parts (
    rowid_ INTEGER NOT NULL,
    attachment_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    content BLOB NOT NULL,
    CONSTRAINT pk_attachment_parts PRIMARY KEY (rowid_),
    CONSTRAINT uq_attachment_parts_attachment_id_number UNIQUE (attachment_id, number),
    CONSTRAINT fk_attachment_parts_attachment_id FOREIGN KEY(attachment_id) REFERENCES attachments (id)
)
-- next
CREATE TABLE documents (
    rowid_ INTEGER NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER DEFAULT '1' NOT NULL,
    patient_id TEXT NOT NULL,
    encounter_id TEXT,
    kind TEXT NOT NULL,
    code TEXT,
    title TEXT NOT NULL,
    status TEXT NOT NULL,
    source TEXT NOT NULL,
    confidentiality TEXT DEFAULT 'N' NOT NULL,
    author_id TEXT,
    author_name TEXT,
    author_organization TEXT,
    written_at TEXT,
    received_at TEXT NOT NULL,
    received_by TEXT,
    signed_at TEXT,
    signed_by TEXT,
    supersedes TEXT,
    version INTEGER DEFAULT '1' NOT NULL,
    attachment_id TEXT,
    declared_type TEXT,
    file_name TEXT,
    language TEXT,
    description TEXT,
    addressed_to TEXT,
    from_on TEXT,
    until_on TEXT,
    body TEXT,
    department TEXT,
    visit_on TEXT,
    outside_id TEXT,
    error_reason TEXT,
    CONSTRAINT pk_documents PRIMARY KEY (rowid_),
    CONSTRAINT ck_documents_status CHECK (status IN ('draft', 'current', 'superseded', 'entered_in_error')),
    CONSTRAINT ck_documents_source CHECK (source IN ('scanned', 'photographed', 'imported', 'written')),
    CONSTRAINT ck_documents_confidentiality CHECK (confidentiality IN ('N', 'R', 'V')),
    CONSTRAINT uq_documents_id UNIQUE (id),
    CONSTRAINT fk_documents_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id),
    CONSTRAINT fk_documents_encounter_id FOREIGN KEY(encounter_id) REFERENCES encounters (id),
    CONSTRAINT fk_documents_author_id FOREIGN KEY(author_id) REFERENCES staff (id),
    CONSTRAINT fk_documents_received_by FOREIGN KEY(received_by) REFERENCES staff (id),
    CONSTRAINT fk_documents_signed_by FOREIGN KEY(signed_by) REFERENCES staff (id),
    CONSTRAINT fk_documents_supersedes FOREIGN KEY(supersedes) REFERENCES documents (id),
    CONSTRAINT fk_documents_attachment_id FOREIGN KEY(attachment_id) REFERENCES attachments (id)
)
-- next
CREATE INDEX ix_documents_attachment_id ON documents (attachment_id)
-- next
CREATE INDEX ix_documents_encounter_id ON documents (encounter_id)
-- next
CREATE INDEX ix_documents_outside_id ON documents (outside_id)
-- next
CREATE INDEX ix_documents_patient_id ON documents (patient_id, received_at)
-- next
CREATE INDEX ix_documents_supersedes ON documents (supersedes)
-- next
CREATE TABLE document_search (
    document_rowid INTEGER NOT NULL,
    words TEXT NOT NULL,
    CONSTRAINT pk_document_search PRIMARY KEY (document_rowid)
)
-- next
CREATE VIRTUAL TABLE document_fts USING fts5(words, content = 'document_search', content_rowid = 'document_rowid', tokenize = 'ascii', prefix = '3', detail = none)
-- next
INSERT INTO document_fts (document_fts, rank) VALUES ('secure-delete', 1)
-- next
CREATE TRIGGER document_search_insert AFTER INSERT ON document_search BEGIN INSERT INTO document_fts (rowid, words) VALUES (new.document_rowid, new.words); END
-- next
CREATE TRIGGER document_search_delete AFTER DELETE ON document_search BEGIN INSERT INTO document_fts (document_fts, rowid, words) VALUES ('delete', old.document_rowid, old.words); END
-- next
CREATE TRIGGER document_search_words AFTER UPDATE OF words ON document_search BEGIN INSERT INTO document_fts (document_fts, rowid, words) VALUES ('delete', old.document_rowid, old.words); INSERT INTO document_fts (rowid, words) VALUES (new.document_rowid, new.words); END
