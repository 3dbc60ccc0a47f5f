"""The priority an incident had during a status, so that its clock can be told anew."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('services', '0002_index_pieces_of_titles'),
    ]

    operations = [
        migrations.AddField(
            model_name='statusspan',
            name='priority',
            field=models.PositiveSmallIntegerField(blank=True, choices=[(1, '1'), (2, '2'), (3, '3'), (4, '4'), (5, '5')], null=True, verbose_name='priority'),
        ),
        migrations.AlterField(
            model_name='agreement',
            name='change_mode',
            field=models.CharField(choices=[('keep', 'count anew from the start by what holds now'), ('restart', 'begin a new clock at the change'), ('freeze', 'keep what was counted, go on by what holds now')], default='keep', max_length=7),
        ),
    ]
