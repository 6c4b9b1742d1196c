from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("tickets", "0002_search"), ("core", "0004_mail_out"), ("agents", "0002_mail")]

    operations = []
