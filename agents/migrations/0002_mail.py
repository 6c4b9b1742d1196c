from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("agents", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name='contact',
            name='ignores_mail',
            field=models.BooleanField(default=False, help_text='Mail of this person makes no tickets.', verbose_name='ignore mail'),
        ),
    ]
