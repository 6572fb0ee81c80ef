"""Runs the migrations on the connection it is handed; there is no other way to run them."""

from alembic import context

from clinic_desktop.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=False,
)
context.run_migrations()
