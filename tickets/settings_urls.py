"""The pages under Settings that belong to tickets: mail, rules, hours, targets."""

from django.urls import URLPattern, path

from tickets.views import automatic_mail, mail_journal, mailboxes

app_name = "desk"
urlpatterns: list[URLPattern] = [
    path("settings/mailboxes/", mailboxes.mailboxes, name="mailboxes"),
    path("settings/mailboxes/new/", mailboxes.new_mailbox, name="new-mailbox"),
    path("settings/mailboxes/automatic/", automatic_mail.resume, name="resume-automatic-mail"),
    path("settings/mailboxes/<int:mailbox>/", mailboxes.mailbox, name="mailbox"),
    path("settings/mailboxes/<int:mailbox>/do/", mailboxes.do, name="mailbox-do"),
    path("settings/mail/", mail_journal.mails, name="mails"),
    path("settings/mail/<int:incoming>/", mail_journal.mail, name="mail"),
    path("settings/mail/<int:incoming>/raw/", mail_journal.raw, name="mail-raw"),
    path("settings/mail/<int:incoming>/again/", mail_journal.again, name="mail-again"),
]
