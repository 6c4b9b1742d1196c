from helpdesk.core.models.account import AccountKey, Authenticator, Passkey, RecoveryCode, SignIn
from helpdesk.core.models.audit import AuditEntry
from helpdesk.core.models.blob import Blob
from helpdesk.core.models.doors import ApiToken, ImportRun, KeptAnswer, Webhook, WebhookCall
from helpdesk.core.models.identity import Identity, IdentityProvider
from helpdesk.core.models.job import Job
from helpdesk.core.models.mail import MailFile, OutgoingMail
from helpdesk.core.models.mail_text import MailText
from helpdesk.core.models.notice import Notice, NoticeChoice, PushDevice
from helpdesk.core.models.organisation import Organisation
from helpdesk.core.models.role import Role, Team
from helpdesk.core.models.user import User

__all__ = [
    "AccountKey",
    "ApiToken",
    "AuditEntry",
    "Authenticator",
    "Blob",
    "Identity",
    "IdentityProvider",
    "ImportRun",
    "Job",
    "KeptAnswer",
    "MailFile",
    "MailText",
    "Notice",
    "NoticeChoice",
    "Organisation",
    "OutgoingMail",
    "Passkey",
    "PushDevice",
    "RecoveryCode",
    "Role",
    "SignIn",
    "Team",
    "User",
    "Webhook",
    "WebhookCall",
]
