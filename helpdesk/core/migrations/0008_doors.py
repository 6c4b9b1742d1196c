"""Tokens of the API, webhooks, imports."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("core", "0007_accounts")]

    operations = []
