"""What people are told, where, and which keys they use."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("core", "0005_presence")]

    operations = [
        migrations.AddField(
            "user", "keys", models.JSONField(blank=True, db_default={}, default=dict, editable=False)
        ),
        migrations.AddField(
            "organisation",
            "push_key",
            models.TextField(blank=True, db_default="", default="", editable=False),
        ),
        migrations.CreateModel(
            "Notice",
            [
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("news", models.CharField(max_length=12)),
                ("about", models.CharField(blank=True, default="", max_length=40)),
                ("key", models.CharField(blank=True, default="", max_length=80)),
                ("who", models.CharField(blank=True, default="", max_length=200)),
                ("detail", models.CharField(blank=True, default="", max_length=20)),
                ("title", models.CharField(blank=True, default="", max_length=200)),
                ("url", models.CharField(blank=True, default="", max_length=200)),
                ("text", models.CharField(blank=True, default="", max_length=300)),
                ("in_bell", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField()),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                ("mail_due_at", models.DateTimeField(blank=True, null=True)),
                ("push_due_at", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "notice",
                "verbose_name_plural": "notices",
                "indexes": [
                    models.Index(fields=["user", "-id"], condition=Q(in_bell=True), name="notice_bell"),
                    models.Index(
                        fields=["user"], condition=Q(in_bell=True, read_at__isnull=True), name="notice_unread"
                    ),
                    models.Index(
                        fields=["mail_due_at"], condition=Q(mail_due_at__isnull=False), name="notice_mail"
                    ),
                    models.Index(
                        fields=["user"], condition=Q(push_due_at__isnull=False), name="notice_push"
                    ),
                    models.Index(fields=["created_at"], name="notice_age"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["user", "key"], condition=~Q(key=""), name="notice_told_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            "NoticeChoice",
            [
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="notice_choice",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("channels", models.JSONField(blank=True, default=dict)),
                ("quiet_since", models.TimeField(blank=True, null=True)),
                ("quiet_until", models.TimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            "PushDevice",
            [
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("endpoint", models.CharField(max_length=1000, unique=True)),
                ("p256dh", models.CharField(max_length=100)),
                ("auth", models.CharField(max_length=40)),
                ("name", models.CharField(blank=True, default="", max_length=100)),
                ("created_at", models.DateTimeField()),
                ("told_at", models.DateTimeField(blank=True, null=True)),
                ("failures", models.PositiveSmallIntegerField(default=0)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="push_devices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
    ]
