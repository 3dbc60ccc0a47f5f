"""Keep half of every page of standings free, where the database can be told so.

A full run writes each standing anew. PostgreSQL keeps the old row until it is swept up; with room
on the same page the new one needs no place in the indexes, and the old one's is used again. Without
it a table of ten thousand projects grew from 13 to 112 MB in eighteen full runs, and with it every
read. Pages that are there already are used as they are.
"""

from django.db import migrations

TABLES = (
    "projects_projectstanding",
    "services_servicestanding",
    "improvements_improvementstanding",
)


def keep_room(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for table in TABLES:
            schema_editor.execute(f"ALTER TABLE {table} SET (fillfactor = 50)")


class Migration(migrations.Migration):
    dependencies = [
        ("portfolio", "0003_index_told_changes"),
        ("projects", "0001_projects_tables"),
        ("services", "0001_services_tables"),
        ("improvements", "0001_improvements_tables"),
    ]

    operations = [migrations.RunPython(keep_room, migrations.RunPython.noop, elidable=False)]
