"""Index titles by the three-letter pieces they are made of, where the database can.

Only PostgreSQL, and only where its `pg_trgm` is installed: without it a search reads every title.
"""

from django.db import migrations


def _has_trigrams(schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return False
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_trgm'")
        return bool(cursor.fetchone()[0])


def index(apps, schema_editor):
    if _has_trigrams(schema_editor):
        schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        schema_editor.execute(
            "CREATE INDEX improvement_title_pieces ON improvements_improvement USING gin (upper(title::text) gin_trgm_ops)"
        )


class Migration(migrations.Migration):
    dependencies = [("improvements", "0003_decision_role")]

    operations = [migrations.RunPython(index, migrations.RunPython.noop, elidable=False)]
