"""The search over documents: a full-text index of the words in them, and the writing of it."""

from collections.abc import Iterable

from sqlalchemy import Connection

from clinic_desktop.domain.patients import searchable_words

# As over patients (see store.search): folded words only, none left behind by a word that was taken out. The words of
# a document are not kept in order, so the index cannot be read back into the document.
DDL: tuple[str, ...] = (
    "CREATE VIRTUAL TABLE document_fts USING fts5(words, content = 'document_search', content_rowid = 'document_rowid',"
    " tokenize = 'ascii', prefix = '3', detail = none)",
    "INSERT INTO document_fts (document_fts, rank) VALUES ('secure-delete', 1)",
    "CREATE TRIGGER document_search_insert AFTER INSERT ON document_search BEGIN"
    " INSERT INTO document_fts (rowid, words) VALUES (new.document_rowid, new.words);"
    " END",
    "CREATE TRIGGER document_search_delete AFTER DELETE ON document_search BEGIN"
    " INSERT INTO document_fts (document_fts, rowid, words) VALUES ('delete', old.document_rowid, old.words);"
    " END",
    "CREATE TRIGGER document_search_words AFTER UPDATE OF words ON document_search BEGIN"
    " INSERT INTO document_fts (document_fts, rowid, words) VALUES ('delete', old.document_rowid, old.words);"
    " INSERT INTO document_fts (rowid, words) VALUES (new.document_rowid, new.words);"
    " END",
)


def index_document(connection: Connection, document_id: str, texts: Iterable[str]) -> None:
    """Index a new or changed document, in the transaction of the act; one with no words has no row."""
    words = " ".join(sorted(set(searchable_words(*texts))))
    if words:
        connection.exec_driver_sql(
            "INSERT INTO document_search (document_rowid, words) SELECT rowid_, ? FROM documents WHERE id = ?"
            " ON CONFLICT (document_rowid) DO UPDATE SET words = excluded.words",
            (words, document_id),
        )


def forget_document(connection: Connection, document_id: str) -> None:
    """Take a document's words out of the index."""
    connection.exec_driver_sql(
        "DELETE FROM document_search WHERE document_rowid = (SELECT rowid_ FROM documents WHERE id = ?)", (document_id,)
    )


def check(connection: Connection) -> None:
    """Raise when the index does not say what the search rows say."""
    connection.exec_driver_sql("INSERT INTO document_fts (document_fts, rank) VALUES ('integrity-check', 1)")
