"""What people are told, where, and which keys they use."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("core", "0005_presence")]

    operations = []
