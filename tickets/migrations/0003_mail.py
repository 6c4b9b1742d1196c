import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("tickets", "0002_search"),
        ("core", "0004_mail_out"),
        ("agents", "0002_mail"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='attachment',
            name='content_id',
            field=models.CharField(blank=True, default='', max_length=250),
        ),
        migrations.AddField(
            model_name='attachment',
            name='is_inline',
            field=models.BooleanField(default=False, help_text='Part of the text of a mail.'),
        ),
        migrations.AddField(
            model_name='message',
            name='author_email',
            field=models.EmailField(blank=True, default='', max_length=254),
        ),
        migrations.AddField(
            model_name='message',
            name='folded',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='message',
            name='html',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='message',
            name='is_automatic',
            field=models.BooleanField(default=False, help_text='Written by a machine.'),
        ),
        migrations.AddField(
            model_name='message',
            name='is_held',
            field=models.BooleanField(default=False, help_text='Of a stranger: shown to technicians only.'),
        ),
        migrations.AddField(
            model_name='message',
            name='is_opening',
            field=models.BooleanField(default=False, help_text="HTML and history of the ticket's description; `body` is empty."),
        ),
        migrations.CreateModel(
            name='MailIn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(editable=False, max_length=120, unique=True)),
                ('sha256', models.CharField(max_length=64)),
                ('size', models.PositiveBigIntegerField()),
                ('source', models.CharField(choices=[('smtp', 'SMTP'), ('imap', 'IMAP'), ('pipe', 'Command')], max_length=4)),
                ('envelope_from', models.CharField(blank=True, default='', max_length=320)),
                ('envelope_to', models.JSONField(blank=True, default=list)),
                ('received_at', models.DateTimeField()),
                ('status', models.CharField(choices=[('new', 'Waiting'), ('working', 'Being read'), ('done', 'Done'), ('failed', 'Failed')], default='new', max_length=8)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('next_try_at', models.DateTimeField()),
                ('claim', models.UUIDField(blank=True, null=True)),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('last_error', models.TextField(blank=True, default='')),
                ('sender', models.CharField(blank=True, default='', max_length=254)),
                ('subject', models.CharField(blank=True, default='', max_length=300)),
                ('message_id', models.CharField(blank=True, default='', max_length=300)),
                ('outcome', models.CharField(blank=True, choices=[('', ''), ('ticket', 'New ticket'), ('joined', 'Joined its ticket'), ('held', 'Held on the ticket'), ('answer', "Technician's answer"), ('note', 'Note'), ('bounce', 'Delivery failure'), ('complaint', 'Complaint'), ('receipt', 'Receipt'), ('dropped', 'Left out'), ('unparsed', 'Unreadable, kept as a ticket')], default='', max_length=10)),
                ('reasons', models.JSONField(blank=True, default=list)),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('raw', models.BinaryField(blank=True, null=True)),
                ('blob', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.blob')),
                ('entry', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='tickets.message')),
                ('ticket', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='mails_in', to='tickets.ticket')),
            ],
            options={
                'verbose_name': 'incoming mail',
                'verbose_name_plural': 'incoming mails',
                'ordering': ('-id',),
            },
        ),
        migrations.AddField(
            model_name='message',
            name='mail_in',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='tickets.mailin'),
        ),
        migrations.CreateModel(
            name='Participant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254)),
                ('name', models.CharField(blank=True, default='', max_length=200)),
                ('is_blocked', models.BooleanField(default=False)),
                ('added_at', models.DateTimeField()),
                ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='agents.contact')),
                ('ticket', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='participants', to='tickets.ticket')),
            ],
            options={
                'ordering': ('id',),
            },
        ),
        migrations.CreateModel(
            name='BlockedSender',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('pattern', models.CharField(max_length=254, unique=True)),
                ('reason', models.CharField(blank=True, default='', max_length=200)),
                ('created_at', models.DateTimeField()),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('pattern',),
                'constraints': [models.CheckConstraint(condition=models.Q(('pattern', django.db.models.functions.text.Lower('pattern'))), name='blocked_is_lower_case')],
            },
        ),
        migrations.AddIndex(
            model_name='mailin',
            index=models.Index(condition=models.Q(('status', 'new')), fields=['next_try_at'], name='mail_in_new'),
        ),
        migrations.AddIndex(
            model_name='mailin',
            index=models.Index(condition=models.Q(('status', 'working')), fields=['lease_until'], name='mail_in_working'),
        ),
        migrations.AddIndex(
            model_name='mailin',
            index=models.Index(fields=['message_id'], name='mail_in_message_id'),
        ),
        migrations.AddIndex(
            model_name='mailin',
            index=models.Index(fields=['sender', '-id'], name='mail_in_sender'),
        ),
        migrations.AddConstraint(
            model_name='mailin',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['new', 'working', 'done', 'failed'])), name='mail_in_status_known'),
        ),
        migrations.AddConstraint(
            model_name='mailin',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('blob__isnull', True), ('raw__isnull', False)), models.Q(('blob__isnull', False), ('raw__isnull', True)), _connector='OR'), name='mail_in_bytes_once'),
        ),
        migrations.AddConstraint(
            model_name='participant',
            constraint=models.UniqueConstraint(fields=('ticket', 'email'), name='participant_once_per_ticket'),
        ),
        migrations.AddConstraint(
            model_name='participant',
            constraint=models.CheckConstraint(condition=models.Q(('email', django.db.models.functions.text.Lower('email'))), name='participant_is_lower_case'),
        ),
        migrations.CreateModel(
            name='StoppedAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254, unique=True)),
                ('reason', models.CharField(blank=True, default='', max_length=200)),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'ordering': ('email',),
                'constraints': [models.CheckConstraint(condition=models.Q(('email', django.db.models.functions.text.Lower('email'))), name='stopped_is_lower_case')],
            },
        ),
    ]
