"""One weighted model to start with, so that a new installation can score at once."""

from decimal import Decimal

from django.db import migrations

CRITERIA = [
    # key, English, Swedish, weight, counts against, decides alone
    ("value", "Value to users", "Nytta för användarna", "3", False, False),
    ("urgency", "Urgency", "Brådska", "2", False, False),
    ("risk", "Risk of leaving it", "Risk med att låta bli", "2", False, False),
    ("difficulty", "Difficulty", "Svårighet", "1", True, False),
    ("law", "Required by law or contract", "Krävs enligt lag eller avtal", "0", False, True),
]


def create(apps, schema_editor):
    model = apps.get_model("improvements", "ScoringModel").objects.create(
        name="Weighted", is_default=True
    )
    apps.get_model("improvements", "ScoringCriterion").objects.bulk_create(
        [
            apps.get_model("improvements", "ScoringCriterion")(
                model=model,
                key=key,
                label_en=english,
                label_sv=swedish,
                weight=Decimal(weight),
                is_inverted=inverted,
                is_mandatory=mandatory,
                order=order,
            )
            for order, (key, english, swedish, weight, inverted, mandatory) in enumerate(
                CRITERIA, start=1
            )
        ]
    )


class Migration(migrations.Migration):
    dependencies = [("improvements", "0001_improvements_tables")]

    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
