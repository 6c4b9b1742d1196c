"""Fields that a desk adds to contacts and devices."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("agents", "0002_mail")]

    operations = []
