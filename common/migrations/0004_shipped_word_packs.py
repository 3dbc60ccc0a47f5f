"""Word packs that ship: an organisation chooses one, or none for the PMI words."""

from typing import Any

from django.db import migrations

PACKS = {
    "prosjektveiviseren": (
        "Prosjektveiviseren",
        {
            "phase.initiating": ("concept", "konsept"),
            "phase.planning": ("planning", "planering"),
            "phase.executing": ("carrying out", "genomförande"),
            "phase.closing": ("closing", "avslutning"),
            "phase.closed": ("realising", "realisering"),
        },
    ),
    "svensk-bp": (
        "Svensk projektmodell (BP)",
        {
            "phase.initiating": ("pre-study", "förstudie"),
            "phase.planning": ("planning", "planering"),
            "phase.executing": ("carrying out", "genomförande"),
            "phase.closing": ("handover", "överlämning"),
            "phase.closed": ("closed", "avslutat"),
        },
    ),
    "tollgate": (
        "Tollgates",
        {
            "phase.initiating": ("feasibility", "förstudie"),
            "phase.planning": ("definition", "definition"),
            "phase.executing": ("execution", "genomförande"),
            "phase.closing": ("introduction", "införande"),
            "phase.closed": ("closed", "avslutat"),
        },
    ),
    "pm3": (
        "pm3",
        {
            "office.services": ("Maintenance office", "Förvaltningskontor"),
            "role.service_owner": ("Object owner", "Objektägare"),
            "role.smo_lead": ("Maintenance office lead", "Förvaltningsstyrning"),
            "role.process_owner": ("Object manager", "Objektledare"),
        },
    ),
}


def create(apps: Any, schema_editor: Any) -> None:
    pack_model, word_model = apps.get_model("common", "WordPack"), apps.get_model("common", "Word")
    for code, (name, words) in PACKS.items():
        pack, _ = pack_model.objects.get_or_create(code=code, defaults={"name": name})
        for key, (en, sv) in words.items():
            word_model.objects.get_or_create(pack=pack, key=key, defaults={"en": en, "sv": sv})


class Migration(migrations.Migration):
    dependencies = [("common", "0003_audit_is_append_only")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
