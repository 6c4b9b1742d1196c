"""What webhooks and exports of tickets need."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("tickets", "0017_work")]

    operations = []
