"""A mail server of its own for a mailbox; deleting it; its own brake."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tickets", "0009_surveys")]

    operations = [
        migrations.AddField(
            model_name='mailbox',
            name='automatic_stopped_at',
            field=models.DateTimeField(blank=True, editable=False, help_text='It alone sent too much automatic mail.', null=True),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='deleted_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='send_failures',
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='send_host',
            field=models.CharField(blank=True, default='', max_length=253),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='send_port',
            field=models.PositiveIntegerField(default=587),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='send_rests_until',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='send_secret_sealed',
            field=models.TextField(blank=True, default='', editable=False),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='send_security',
            field=models.CharField(choices=[('tls', 'TLS'), ('starttls', 'STARTTLS'), ('none', 'None')], default='starttls', max_length=8),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='send_state',
            field=models.CharField(choices=[('never', 'not yet'), ('ok', 'ok'), ('refused', 'refused'), ('unreachable', 'unreachable')], default='never', editable=False, max_length=11),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='send_state_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='send_user',
            field=models.CharField(blank=True, default='', max_length=254),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='send_words',
            field=models.CharField(blank=True, default='', editable=False, max_length=500),
        ),
        migrations.AddField(
            model_name='mailbox',
            name='sends_itself',
            field=models.BooleanField(default=False, help_text='Else through the server of the house.'),
        ),
        migrations.AlterField(
            model_name='mailbox',
            name='address',
            field=models.EmailField(max_length=254, verbose_name='address'),
        ),
        migrations.AddConstraint(
            model_name='mailbox',
            constraint=models.UniqueConstraint(condition=models.Q(('deleted_at', None)), fields=('address',), name='mailbox_address_once'),
        ),
        migrations.AddConstraint(
            model_name='mailbox',
            constraint=models.CheckConstraint(condition=models.Q(('deleted_at', None), ('is_active', False), _connector='OR'), name='mailbox_deleted_is_off'),
        ),
        migrations.AddConstraint(
            model_name='mailbox',
            constraint=models.CheckConstraint(condition=models.Q(('sends_itself', False), models.Q(('send_host', ''), _negated=True), _connector='OR'), name='mailbox_sender_has_host'),
        ),
        migrations.AddConstraint(
            model_name='mailbox',
            constraint=models.CheckConstraint(condition=models.Q(('send_security__in', ['tls', 'starttls', 'none']), ('send_state__in', ['never', 'ok', 'refused', 'unreachable'])), name='mailbox_sending_known'),
        ),
    ]
