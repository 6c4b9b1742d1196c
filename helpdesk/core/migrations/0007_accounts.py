"""Second factors, invitations, availability, branding, texts of mails."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("core", "0006_notices")]

    operations = []
