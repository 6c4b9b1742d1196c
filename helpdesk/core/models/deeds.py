"""What the audit log tells: the verb of a row stays as it was written, here are its words."""

import re
from functools import cache
from typing import Final

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DEEDS: Final[dict[str, Promise | str]] = {
    "accepted invitation": _("accepted invitation"),
    "added field": _("added a field"),
    "added authenticator": _("added an authenticator app"),
    "added days off": _("added days off"),
    "added passkey": _("added a passkey"),
    "address.resumed": _("resumed mail to an address"),
    "agent.enable": _("enabled helpdesk agents"),
    "agent.disable": _("disabled helpdesk agents"),
    "agent.undo": _("undid an activation"),
    "brought back canned reply": _("brought back a canned reply"),
    "brought back rule": _("brought back a rule"),
    "brought back view": _("brought back a view"),
    "brought back team": _("brought back a team"),
    "brought back role": _("brought back a role"),
    "brought back report": _("brought back a report"),
    "changed a target": _("changed a service target"),
    "changed active": _("let in or shut out"),
    "changed canned reply": _("changed a canned reply"),
    "changed clients of role": _("changed the clients of a role"),
    "changed field": _("changed a field"),
    "changed hours": _("changed hours"),
    "changed logo": _("changed the logo"),
    "changed mail text": _("changed a mail text"),
    "changed name": _("changed a name"),
    "changed password": _("changed a password"),
    "changed roles": _("changed roles"),
    "changed rule": _("changed a rule"),
    "changed settings": _("changed settings"),
    "changed tag": _("changed a tag"),
    "changed team": _("changed a team"),
    "changed teams": _("changed teams"),
    "client.changed": _("changed a client"),
    "client.created": _("added a client"),
    "contact.approved": _("approved a person"),
    "contact.changed": _("changed a person"),
    "contact.created": _("added a person"),
    "contact.erased": _("erased a person"),
    "contact.exported": _("exported the data of a person"),
    "contact.mail-ignored": _("ignores the mail of a person"),
    "contact.mail-welcome": _("takes the mail of a person again"),
    "contact.refused": _("refused a person"),
    "created": _("made an account"),
    "deleted a target": _("deleted a service target"),
    "deleted canned reply": _("deleted a canned reply"),
    "deleted example": _("deleted an example"),
    "deleted field": _("deleted a field"),
    "deleted hours": _("deleted hours"),
    "deleted provider": _("deleted a sign-in provider"),
    "deleted report": _("deleted a report"),
    "deleted role": _("deleted a role"),
    "deleted rule": _("deleted a rule"),
    "deleted tag": _("deleted a tag"),
    "deleted team": _("deleted a team"),
    "deleted view": _("deleted a view"),
    "device.changed": _("changed a device"),
    "device.created": _("added a device"),
    "device.policy": _("changed the policy of a device"),
    "device.moved": _("moved a device"),
    "exported audit log": _("saved the audit log as a file"),
    "exported tickets": _("saved tickets as a file"),
    "filled in fields": _("filled in fields"),
    "handed over tickets": _("handed over tickets"),
    "import.done": _("finished an import"),
    "import.undone": _("undid an import"),
    "invited again": _("invited again"),
    "kept example": _("kept an example"),
    "key.created": _("made an enrolment key"),
    "key.revoked": _("revoked an enrolment key"),
    "linked provider": _("linked a sign-in provider"),
    "made canned reply": _("made a canned reply"),
    "made recovery codes": _("made recovery codes"),
    "made rule": _("made a rule"),
    "made team": _("made a team"),
    "mailbox.added": _("added a mailbox"),
    "mailbox.changed": _("changed a mailbox"),
    "mailbox.deleted": _("deleted a mailbox"),
    "mailbox.restored": _("brought back a mailbox"),
    "mailbox.turned_on": _("turned a mailbox on"),
    "mailbox.turned_off": _("turned a mailbox off"),
    "merged tag": _("merged a tag"),
    "moved rule": _("moved a rule"),
    "profile.disabled": _("disabled a profile"),
    "profile.off": _("switched a profile off"),
    "profile.enabled": _("enabled a profile"),
    "profile.registered": _("registered a profile"),
    "profile.registered-anew": _("registered a profile anew"),
    "profile.registration-refused": _("refused to register a profile"),
    "profile.reset": _("reset a profile"),
    "profile.token-sent": _("sent a token"),
    "profile.waiting_for_token": _("made a profile wait for a token"),
    "profile.waiting_for_approval": _("made a profile wait for an approval"),
    "profile.undo": _("undid the change of a profile"),
    "profile.verified": _("confirmed a profile"),
    "recalculated targets": _("recalculated service targets"),
    "removed a day off": _("removed a day off"),
    "removed authenticator": _("removed the authenticator app"),
    "removed logo": _("removed the logo"),
    "removed passkey": _("removed a passkey"),
    "reset password": _("set a new password"),
    "reset second factor": _("reset a second factor"),
    "restored field": _("brought back a field"),
    "restored mail text": _("restored a mail text"),
    "restored provider": _("brought back a sign-in provider"),
    "restored tag": _("brought back a tag"),
    "resumed automatic mail": _("resumed automatic mail"),
    "saved provider": _("saved a sign-in provider"),
    "saved role": _("saved a role"),
    "saved view": _("saved a view"),
    "scheduled report": _("scheduled a report"),
    "sender.blocked": _("blocked a sender"),
    "sender.unblocked": _("unblocked a sender"),
    "signed out elsewhere": _("signed out elsewhere"),
    "started report": _("started a report"),
    "stopped report": _("stopped a report"),
    "switched off provider": _("switched a sign-in provider off"),
    "switched on provider": _("switched a sign-in provider on"),
    "switched rule off": _("switched a rule off"),
    "switched rule on": _("switched a rule on"),
    "token.created": _("made an API token"),
    "token.revoked": _("revoked an API token"),
    "unlinked provider": _("unlinked a sign-in provider"),
    "used recovery code": _("used a recovery code"),
    "webhook.called-again": _("called a webhook again"),
    "webhook.changed": _("changed a webhook"),
    "webhook.created": _("added a webhook"),
    "webhook.deleted": _("deleted a webhook"),
    "webhook.restored": _("brought back a webhook"),
    "webhook.secret-renewed": _("renewed the secret of a webhook"),
    "webhook.switched-off": _("switched a webhook off"),
    "webhook.switched-on": _("switched a webhook on"),
    "withdrew invitation": _("withdrew an invitation"),
}


#: What models are called whose own name is a word of the code.
THINGS: Final[dict[str, Promise | str]] = {
    "client": _("client"),
    "enrolmentkey": _("enrolment key"),
    "contact": _("person"),
    "device": _("device"),
    "profile": _("Windows profile"),
    "activationrun": _("activation"),
    "customfield": _("field"),
    "tag": _("tag"),
    "ticket": _("ticket"),
    "macro": _("canned reply"),
    "blockedsender": _("blocked sender"),
    "stoppedaddress": _("stopped address"),
    "rule": _("rule"),
    "ruleexample": _("example of a rule"),
    "calendar": _("business hours"),
    "dayoff": _("day off"),
    "servicetarget": _("service target"),
    "savedview": _("view"),
}


def thing_words(model_name: str) -> str:
    """What it was done to, in the reader's language."""
    return str(THINGS.get(model_name) or _verbose_names().get(model_name, model_name))


@cache
def _verbose_names() -> dict[str, object]:
    return {model._meta.model_name or "": model._meta.verbose_name for model in apps.get_models()}


def deed_words(verb: str) -> str:
    """In the reader's language; a verb of another version is read as it stands."""
    return str(DEEDS.get(verb, "")) or re.sub(r"[._-]", " ", verb)


def deeds_like(words: str) -> list[str]:
    """The verbs whose words hold these, in the reader's language."""
    sought = words.casefold()
    return [verb for verb, told in DEEDS.items() if sought in str(told).casefold()]
