import importlib

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone

from tickets.domain.rule_presets import PRESETS

search = importlib.import_module("tickets.migrations.0002_search")


def make_rules(apps, schema_editor):
    Rule = apps.get_model("tickets", "Rule")
    now = timezone.now()
    rules = [Rule.objects.create(**preset, created_at=now, updated_at=now) for preset in PRESETS]
    apps.get_model("tickets", "RuleBook").objects.create(pk=1, default_rule=rules[-1])


def mend_search(apps, schema_editor):
    """SQLite made the table of tickets anew and lost its triggers."""
    if schema_editor.connection.vendor == "sqlite":
        search.install_search(apps, schema_editor)


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0004_mail_out"),
        ("tickets", "0004_mailboxes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='ticket',
            name='type',
            field=models.CharField(blank=True, choices=[('incident', 'Incident'), ('problem', 'Problem'), ('request', 'Request'), ('change', 'Change')], default='', max_length=8),
        ),
        migrations.CreateModel(
            name='Rule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField()),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('description', models.CharField(blank=True, default='', max_length=300, verbose_name='what it is for')),
                ('is_active', models.BooleanField(default=True, verbose_name='on')),
                ('trigger', models.CharField(max_length=20, verbose_name='when')),
                ('conditions', models.JSONField(blank=True, default=dict)),
                ('actions', models.JSONField(blank=True, default=list)),
                ('stops_here', models.BooleanField(default=False, verbose_name='stop here')),
                ('is_default', models.BooleanField(default=False)),
                ('preset', models.CharField(blank=True, default='', max_length=20)),
                ('version', models.PositiveIntegerField(default=1)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
                ('off_since', models.DateTimeField(blank=True, null=True)),
                ('deleted_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ('position', 'id'),
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('is_default',), name='rules_one_default'), models.CheckConstraint(condition=models.Q(models.Q(('is_default', False), ('position__lt', 1000000)), models.Q(('deleted_at__isnull', True), ('is_active', True), ('is_default', True), ('position', 1000000), ('stops_here', False)), _connector='OR'), name='rules_default_is_last'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='rules_have_a_name')],
            },
        ),
        migrations.CreateModel(
            name='RuleExample',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('trigger', models.CharField(max_length=20)),
                ('facts', models.JSONField()),
                ('effects', models.JSONField(default=list)),
                ('created_at', models.DateTimeField()),
                ('rule', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='examples', to='tickets.rule')),
                ('ticket', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='tickets.ticket')),
            ],
            options={
                'ordering': ('-id',),
            },
        ),
        migrations.CreateModel(
            name='RuleTurn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('team', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='core.team')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='RuleBook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveBigIntegerField(default=1)),
                ('default_rule', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tickets.rule')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='rules_book_is_one')],
            },
        ),
        migrations.CreateModel(
            name='RuleHit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('mark', models.CharField(blank=True, default='', max_length=80)),
                ('rule', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='hits', to='tickets.rule')),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tickets.ticket')),
            ],
            options={
                'indexes': [models.Index(fields=['rule', '-at'], name='rule_hits_by_time')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('mark', ''), _negated=True), fields=('rule', 'ticket', 'mark'), name='rule_hits_once_per_mark')],
            },
        ),
        migrations.CreateModel(
            name='RuleTrace',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('trigger', models.CharField(max_length=20)),
                ('lines', models.JSONField(default=list)),
                ('ticket', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='rule_traces', to='tickets.ticket')),
            ],
            options={
                'indexes': [models.Index(fields=['ticket', '-at', '-id'], name='rule_traces_of_ticket')],
            },
        ),
        migrations.RunPython(make_rules, migrations.RunPython.noop),
        migrations.RunPython(mend_search, migrations.RunPython.noop),
    ]
