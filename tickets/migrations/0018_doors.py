"""What exports and deletions of a person's data need."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("tickets", "0017_work")]

    operations = [
        migrations.AddIndex(
            "ticket",
            models.Index(
                fields=["contact_email"],
                name="tickets_of_address",
                condition=Q(contact__isnull=True) & ~Q(contact_email=""),
            ),
        ),
        migrations.AddIndex("participant", models.Index(fields=["email"], name="participants_by_address")),
    ]
