"""Saved views and bulk actions."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("tickets", "0011_held")]

    operations = []
