"""Search over messages, names and files."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("tickets", "0012_views")]

    operations = []
