import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models

from helpdesk.core.migrations._together import CreateModels


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('core', '0001_initial'),
        ('core', '__first__'),
    ]

    operations = [
        CreateModels([
        migrations.CreateModel(
            name='Client',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('name', models.CharField(max_length=100, unique=True, verbose_name='name')),
                ('mail_domains', models.JSONField(blank=True, default=list, verbose_name='mail domains')),
                ('phone', models.CharField(blank=True, max_length=40, verbose_name='phone')),
                ('notes', models.TextField(blank=True, max_length=10000, verbose_name='notes')),
                ('every_profile', models.BooleanField(default=False, verbose_name='enable the agent for every profile on every device, also later ones')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'ordering': ['name'],
                'constraints': [models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='client_has_a_name')],
            },
        ),
        migrations.CreateModel(
            name='ActivationRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('client', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='runs', to='agents.client')),
                ('action', models.CharField(choices=[('enable', 'Enable'), ('disable', 'Disable')], max_length=8)),
                ('scope', models.CharField(choices=[('every_profile', 'Every profile, also later ones'), ('signed_in', 'The profile that is signed in now')], default='every_profile', max_length=14)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField()),
                ('undo_until', models.DateTimeField()),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['-at', '-id'],
                'indexes': [models.Index(fields=['client', '-at'], name='run_by_client')],
                'constraints': [models.CheckConstraint(condition=models.Q(('action__in', ['enable', 'disable'])), name='run_action_is_known'), models.CheckConstraint(condition=models.Q(('scope__in', ['every_profile', 'signed_in'])), name='run_scope_is_known')],
            },
        ),
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('client', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='contacts', to='agents.client')),
                ('full_name', models.CharField(max_length=100, verbose_name='full name')),
                ('email', models.EmailField(max_length=254, unique=True, verbose_name='e-mail')),
                ('phone', models.CharField(blank=True, max_length=40, verbose_name='phone')),
                ('language', models.CharField(blank=True, max_length=10, verbose_name='language')),
                ('is_active', models.BooleanField(default=True)),
                ('ignores_mail', models.BooleanField(default=False, help_text='Mail of this person makes no tickets.', verbose_name='ignore mail')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'ordering': ['full_name', 'id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('email', django.db.models.functions.text.Lower('email'))), name='contact_email_is_lower_case')],
            },
        ),
        migrations.CreateModel(
            name='ContactAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('contact', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='addresses', to='agents.contact')),
                ('email', models.EmailField(max_length=254, unique=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('email', django.db.models.functions.text.Lower('email'))), name='address_is_lower_case')],
            },
        ),
        migrations.CreateModel(
            name='CustomField',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('belongs_to', models.CharField(choices=[('ticket', 'Tickets'), ('contact', 'Contacts'), ('device', 'Devices')], max_length=8)),
                ('key', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('type', models.CharField(choices=[('text', 'Text'), ('number', 'Number'), ('choice', 'Choice'), ('date', 'Date'), ('yes-no', 'Yes or no')], max_length=8, verbose_name='type')),
                ('choices', models.JSONField(blank=True, default=list)),
                ('is_required', models.BooleanField(default=False, verbose_name='needed before a ticket is closed')),
                ('place', models.PositiveIntegerField(default=0)),
                ('deleted_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ('belongs_to', 'place', 'id'),
                'constraints': [models.UniqueConstraint(models.F('belongs_to'), django.db.models.functions.text.Lower('key'), name='agents_field_key_once'), models.CheckConstraint(condition=models.Q(('belongs_to__in', ['ticket', 'contact', 'device'])), name='agents_field_of_known'), models.CheckConstraint(condition=models.Q(('type__in', ['text', 'number', 'choice', 'date', 'yes-no'])), name='agents_field_type_known')],
            },
        ),
        migrations.CreateModel(
            name='ContactValue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('contact', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='field_values', to='agents.contact')),
                ('field', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agents.customfield')),
                ('value', models.CharField(max_length=400)),
            ],
            options={
                'indexes': [models.Index(fields=['field', 'value', 'contact'], name='agents_contact_values')],
                'constraints': [models.UniqueConstraint(fields=('contact', 'field'), name='agents_contact_value_once')],
            },
        ),
        migrations.CreateModel(
            name='EnrolmentKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('client', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='keys', to='agents.client')),
                ('label', models.CharField(max_length=80, verbose_name='label')),
                ('prefix', models.CharField(max_length=12)),
                ('key_hash', models.CharField(max_length=64, unique=True)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('last_used_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['-created_at', '-id'],
                'constraints': [models.CheckConstraint(condition=django.db.models.lookups.Exact(django.db.models.functions.text.Length('key_hash'), 64), name='key_is_hashed')],
            },
        ),
        migrations.CreateModel(
            name='Device',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('client', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='devices', to='agents.client')),
                ('machine_id', models.CharField(max_length=100)),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('os_name', models.CharField(blank=True, max_length=60)),
                ('os_version', models.CharField(blank=True, max_length=60)),
                ('kind', models.CharField(choices=[('workstation', 'Workstation'), ('server', 'Server'), ('other', 'Other')], default='workstation', max_length=12)),
                ('agent_version', models.CharField(blank=True, max_length=30)),
                ('address', models.CharField(blank=True, max_length=45)),
                ('every_profile', models.BooleanField(default=False)),
                ('enrolled_with', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='agents.enrolmentkey')),
                ('last_seen_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'ordering': ['name', 'id'],
                'indexes': [models.Index(fields=['client', 'name'], name='device_by_client'), models.Index(fields=['last_seen_at'], name='device_by_presence')],
                'constraints': [models.UniqueConstraint(fields=('client', 'machine_id'), name='device_once_per_client'), models.CheckConstraint(condition=models.Q(('kind__in', ['workstation', 'server', 'other'])), name='device_kind_is_known')],
            },
        ),
        migrations.CreateModel(
            name='ActivationResult',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='results', to='agents.activationrun')),
                ('device', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='results', to='agents.device')),
                ('outcome', models.CharField(choices=[('now', 'Done'), ('when_back', 'When it is back online'), ('skipped', 'Skipped')], max_length=10)),
                ('reason', models.CharField(blank=True, choices=[('', ''), ('not_a_workstation', 'not a Windows workstation'), ('already_enabled', 'already enabled'), ('already_disabled', 'already disabled'), ('no_profile', 'nobody has signed in on it yet'), ('changed_meanwhile', 'somebody changed it meanwhile')], max_length=20)),
                ('before', models.JSONField(default=dict)),
                ('is_restored', models.BooleanField(default=False)),
                ('delivered_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['id'],
                'indexes': [models.Index(condition=models.Q(('delivered_at__isnull', True), models.Q(('outcome', 'skipped'), _negated=True)), fields=['device'], name='result_to_deliver')],
                'constraints': [models.UniqueConstraint(fields=('run', 'device'), name='one_result_per_device'), models.CheckConstraint(condition=models.Q(('outcome__in', ['now', 'when_back', 'skipped'])), name='outcome_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'skipped'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='a_skip_has_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='DeviceValue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('device', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='field_values', to='agents.device')),
                ('field', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agents.customfield')),
                ('value', models.CharField(max_length=400)),
            ],
            options={
                'indexes': [models.Index(fields=['field', 'value', 'device'], name='agents_device_values')],
                'constraints': [models.UniqueConstraint(fields=('device', 'field'), name='agents_device_value_once')],
            },
        ),
        migrations.CreateModel(
            name='Profile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('device', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='profiles', to='agents.device')),
                ('sid', models.CharField(max_length=184)),
                ('user_name', models.CharField(max_length=104)),
                ('display_name', models.CharField(blank=True, max_length=200)),
                ('state', models.CharField(choices=[('off', 'Off'), ('enabled', 'Enabled'), ('waiting_for_token', 'Waiting for token'), ('waiting_for_approval', 'Waiting for approval'), ('verified', 'Verified'), ('disabled', 'Disabled')], default='off', max_length=20)),
                ('state_changed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('credential_hash', models.CharField(blank=True, max_length=64, null=True, unique=True)),
                ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='profiles', to='agents.contact')),
                ('full_name', models.CharField(blank=True, max_length=100)),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('verified_at', models.DateTimeField(blank=True, null=True)),
                ('last_seen_at', models.DateTimeField(blank=True, null=True)),
                ('signed_out_at', models.DateTimeField(blank=True, null=True)),
                ('reregister_asked_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'ordering': ['user_name', 'id'],
                'indexes': [models.Index(condition=models.Q(('state', 'waiting_for_approval')), fields=['state_changed_at'], name='profile_for_approval'), models.Index(fields=['device', 'state'], name='profile_by_device')],
                'constraints': [models.UniqueConstraint(fields=('device', 'sid'), name='profile_once_per_device'), models.CheckConstraint(condition=models.Q(('state__in', ['off', 'enabled', 'waiting_for_token', 'waiting_for_approval', 'verified', 'disabled'])), name='profile_state_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'verified'), _negated=True), models.Q(('contact__isnull', False), ('verified_at__isnull', False)), _connector='OR'), name='verified_profile_has_a_contact'), models.CheckConstraint(condition=django.db.models.lookups.Exact(django.db.models.functions.text.Length('credential_hash'), 64), name='credential_is_hashed')],
            },
        ),
        migrations.CreateModel(
            name='RoleScope',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='scopes', to='core.role')),
                ('client', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='scopes', to='agents.client')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('role', 'client'), name='role_scope_once')],
            },
        ),
        migrations.CreateModel(
            name='VerificationToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('profile', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tokens', to='agents.profile')),
                ('email', models.EmailField(max_length=254)),
                ('full_name', models.CharField(max_length=100)),
                ('token_hash', models.CharField(max_length=64)),
                ('sent_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('attempts_left', models.PositiveSmallIntegerField()),
                ('used_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['-sent_at', '-id'],
                'indexes': [models.Index(fields=['profile', '-sent_at'], name='token_by_profile'), models.Index(fields=['email', '-sent_at'], name='token_by_address')],
                'constraints': [models.CheckConstraint(condition=models.Q(('attempts_left__gte', 0)), name='token_attempts_not_negative'), models.CheckConstraint(condition=models.Q(('email', django.db.models.functions.text.Lower('email'))), name='token_email_is_lower_case'), models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('sent_at'))), name='token_expires_after_sending')],
            },
        ),
        ]),
    ]
