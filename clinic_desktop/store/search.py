"""The two search indexes over patients."""

# Made after the tables by the schema; the statements that FTS5 needs and SQLAlchemy has no words for.
DDL: tuple[str, ...] = ()
