"""Let the database itself refuse to alter an audit event."""

from typing import Any

from django.db import migrations

POSTGRES = """
CREATE OR REPLACE FUNCTION common_audit_is_append_only() RETURNS trigger AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only';
END $$ LANGUAGE plpgsql;
CREATE TRIGGER common_audit_no_change BEFORE UPDATE OR DELETE ON common_auditevent
FOR EACH ROW EXECUTE FUNCTION common_audit_is_append_only();
"""
SQLITE = """
CREATE TRIGGER common_audit_no_change BEFORE UPDATE ON common_auditevent
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
"""


def create(apps: Any, schema_editor: Any) -> None:
    # SQLite guards against altering only: emptying the whole file is anybody's who holds it.
    schema_editor.execute(POSTGRES if schema_editor.connection.vendor == "postgresql" else SQLITE)


def drop(apps: Any, schema_editor: Any) -> None:
    table = " ON common_auditevent" if schema_editor.connection.vendor == "postgresql" else ""
    schema_editor.execute(f"DROP TRIGGER common_audit_no_change{table}")


class Migration(migrations.Migration):
    dependencies = [("common", "0002_kernel_tables")]
    operations = [migrations.RunPython(create, drop)]
