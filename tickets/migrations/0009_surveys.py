import django.db.models.deletion
from django.db import migrations, models
from django.utils import timezone

from tickets.domain.rule_presets import LOW_RATING, PRESETS, SURVEY


def make_rules(apps, schema_editor):
    """A desk that is older than these presets gets them behind its own rules; they are off."""
    Rule = apps.get_model("tickets", "Rule")
    now = timezone.now()
    for preset in PRESETS:
        if preset["preset"] in (SURVEY, LOW_RATING) and not Rule.objects.filter(preset=preset["preset"]).exists():
            last = Rule.objects.filter(is_default=False).aggregate(last=models.Max("position"))["last"] or 0
            Rule.objects.create(**{**preset, "position": last + 10}, created_at=now, updated_at=now)


class Migration(migrations.Migration):
    dependencies = [("core", "0005_presence"), ("agents", "0002_mail"), ("tickets", "0008_merge")]

    operations = [
        migrations.CreateModel(
            name='Survey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254)),
                ('name', models.CharField(blank=True, default='', max_length=200)),
                ('language', models.CharField(max_length=10)),
                ('key_hash', models.CharField(max_length=64, unique=True)),
                ('solved_at', models.DateTimeField()),
                ('asked_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('rating', models.CharField(blank=True, choices=[('happy', 'Good'), ('neutral', 'It was okay'), ('sad', 'Not good')], default='', max_length=8, verbose_name='rating')),
                ('comment', models.TextField(blank=True, default='', verbose_name='comment')),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('told_at', models.DateTimeField(blank=True, null=True)),
                ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='agents.contact')),
                ('mail', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='core.outgoingmail')),
                ('ticket', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='surveys', to='tickets.ticket')),
            ],
            options={
                'indexes': [models.Index(fields=['email', 'asked_at'], name='surveys_by_person'), models.Index(condition=models.Q(('rating', ''), _negated=True), fields=['rating', 'ticket'], name='surveys_by_rating')],
                'constraints': [models.UniqueConstraint(fields=('ticket', 'solved_at'), name='surveys_once_per_solution'), models.CheckConstraint(condition=models.Q(models.Q(('answered_at', None), ('rating', '')), models.Q(('answered_at__isnull', False), ('rating__in', ['sad', 'neutral', 'happy'])), _connector='OR'), name='surveys_rating_known')],
            },
        ),
        migrations.RunPython(make_rules, migrations.RunPython.noop),
    ]
