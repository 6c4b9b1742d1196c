"""Drafts, mentions."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("tickets", "0013_find")]

    operations = []
