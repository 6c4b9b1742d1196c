"""Who follows a ticket."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("tickets", "0015_figures")]

    operations = []
