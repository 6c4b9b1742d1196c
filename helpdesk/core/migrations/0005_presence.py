from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0004_mail_out")]

    operations = [
        migrations.AddField("user", "seen_at", models.DateTimeField(blank=True, editable=False, null=True)),
        migrations.AddField(
            "user", "is_away", models.BooleanField(db_default=False, default=False, verbose_name="away")
        ),
    ]
