"""Time, snoozing, links, checklists, fields of tickets."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("tickets", "0016_followers")]

    operations = []
