"""The mailboxes, and which one a mail and a ticket came to."""

import uuid

import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

class Migration(migrations.Migration):
    dependencies = [("tickets", "0003_mail"), ("core", "0004_mail_out")]

    operations = [
        migrations.CreateModel(
            name='Mailbox',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('address', models.EmailField(max_length=254, unique=True, verbose_name='address')),
                ('name', models.CharField(blank=True, default='', max_length=150, verbose_name='sender name')),
                ('is_active', models.BooleanField(default=True)),
                ('kind', models.CharField(choices=[('smtp', 'Received here'), ('imap', 'Fetched by IMAP')], default='smtp', max_length=4)),
                ('host', models.CharField(blank=True, default='', max_length=253)),
                ('port', models.PositiveIntegerField(default=993)),
                ('security', models.CharField(choices=[('tls', 'TLS'), ('starttls', 'STARTTLS'), ('none', 'None')], default='tls', max_length=8)),
                ('user', models.CharField(blank=True, default='', max_length=254)),
                ('auth', models.CharField(choices=[('password', 'Password'), ('oauth-client', "OAuth2, the application's own access"), ('oauth-refresh', 'OAuth2, refresh token')], default='password', max_length=13)),
                ('token_url', models.CharField(blank=True, default='', max_length=500)),
                ('client_id', models.CharField(blank=True, default='', max_length=200)),
                ('scope', models.CharField(blank=True, default='', max_length=500)),
                ('secret_sealed', models.TextField(blank=True, default='', editable=False)),
                ('folder', models.CharField(default='INBOX', max_length=200)),
                ('uid_validity', models.BigIntegerField(blank=True, editable=False, null=True)),
                ('last_uid', models.BigIntegerField(default=0, editable=False)),
                ('state', models.CharField(choices=[('never', 'not yet'), ('live', 'live'), ('polling', 'ok'), ('refused', 'refused'), ('unreachable', 'unreachable'), ('full', 'disk full'), ('off', 'off')], default='never', editable=False, max_length=11)),
                ('state_words', models.CharField(blank=True, default='', editable=False, max_length=500)),
                ('state_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('signature', models.TextField(blank=True, default='')),
                ('creates_contacts', models.BooleanField(default=True)),
                ('answers_automatic', models.BooleanField(default=True, help_text='Confirmations may go out from this address; never to machines.')),
                ('trusted_authserv_id', models.CharField(blank=True, default='', max_length=253)),
                ('created_at', models.DateTimeField()),
                ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='core.team')),
            ],
            options={
                'verbose_name': 'mailbox',
                'verbose_name_plural': 'mailboxes',
                'ordering': ('id',),
            },
        ),
        migrations.AddField(
            model_name='mailin',
            name='mailbox',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='mails_in', to='tickets.mailbox'),
        ),
        migrations.AddField(
            model_name='ticket',
            name='mailbox',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='tickets.mailbox'),
        ),
        migrations.AddIndex(
            model_name='mailin',
            index=models.Index(fields=['mailbox', 'received_at'], name='mail_in_mailbox'),
        ),
        migrations.AddConstraint(
            model_name='mailbox',
            constraint=models.CheckConstraint(condition=models.Q(('address', django.db.models.functions.text.Lower('address'))), name='mailbox_is_lower_case'),
        ),
        migrations.AddConstraint(
            model_name='mailbox',
            constraint=models.CheckConstraint(condition=models.Q(('kind', 'smtp'), models.Q(('host', ''), _negated=True), _connector='OR'), name='mailbox_imap_has_host'),
        ),
        migrations.AddConstraint(
            model_name='mailbox',
            constraint=models.CheckConstraint(condition=models.Q(('auth__in', ['password', 'oauth-client', 'oauth-refresh']), ('kind__in', ['smtp', 'imap']), ('security__in', ['tls', 'starttls', 'none']), ('state__in', ['never', 'live', 'polling', 'refused', 'unreachable', 'full', 'off'])), name='mailbox_words_known'),
        ),
    ]
