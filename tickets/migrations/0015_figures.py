"""Figures of the dashboard and the reports."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("tickets", "0014_drafts")]

    operations = []
