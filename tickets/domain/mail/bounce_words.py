"""How mail servers say that a mail did not arrive: senders, subjects and sentences of many programs."""

import re

from tickets.domain.mail.phrases import any_of

MAILER = any_of(
    r"""
    mailer[-_.]?daemon
    mail[-_.]?daemon
    mdaemon
    post[-_.]?master
    mail[-_.]?(?:delivery|system|srv).*
    microsoftexchange.*
    bounces?(?:[-+_=].*)?
    undeliver\w*
    delivery[-_.]?(?:failure|status|notification)s?
    mms[-_.]?system
    imailsrv
    """,
    before="^",
    after="$",
)
MAILER_NAME = any_of(
    r"""
    mail(?:er)?[- ]?daemon
    (?:mail|message|e-?mail) deliver
    delivery (?:sub)?system
    internet mail
    mail (?:sub)?system
    post ?master
    courier mail
    interscan
    mailmarshal
    """
)
#: People have these names too: the mail that came back must be there.
PERHAPS_MAILER = any_of(
    r"""
    mailer
    mail[-_.]?(?:admin|master).*
    (?:system )?admin(?:istrator)?
    sysadmin
    smtp(?:d|32)?
    amavis\w*
    nobody
    (?:no|do[-_.]?not)[-_.]?reply.*
    .+-admin
    """,
    before="^",
    after="$",
)
PERHAPS_MAILER_NAME = any_of(
    r"""
    (?:mail|system|e-?mail) ?administrator
    mail (?:service|server|router|transport|transfer)
    microsoft (?:outlook|exchange)
    mailservice
    scanmail
    zustell
    """
)
COMPLAINT = re.compile(r"complaint about message from\b", re.IGNORECASE)
NOTIFICATION = re.compile(r"notificationType\W{1,6}(?:Bounce|Complaint)\b")
PERSONAL_PREFIX = re.compile(
    r"\s*(?:re|aw|sv|antw|r|odp|fwd?|wg|tr|i|rv|vs|enc|doorst)\s*(?:\[\d+\])?\s*:", re.IGNORECASE
)
SUBJECT = any_of(
    r"""
    undeliver
    non-?deliver
    not (?:yet )?(?:been )?deliver
    unable to (?:deliver|send)
    deliver(?:y|ing|ed)?\b.{0,30}\b(?:fail|error|problem|report|status|delay|notif|impossible|unsuccess)
    deliver(?:y|ing|ed)?\b.{0,30}\b(?:temporar|suspen|warning|postpone)
    (?:fail(?:ed|ure)?|problem|errors?)\b.{0,24}\bdeliver
    failure notice
    failed (?:mail|message)
    mail(?: system)? (?:fail|error)
    returned? (?:mail|message|e-?mail|to sender)
    return(?:ed|ing)\b.{0,30}\bto (?:the )?sender
    (?:mail|message)\b.{0,60}\b(?:could|can|did|was|were)(?:n.t|not| not)\b.{0,12}\b(?:deliver|sent|reach)
    could ?n[o']t (?:be )?(?:send|sent|deliver)
    message (?:frozen|status|undeliver)
    (?:mail|message|delivery).{0,20}\bdelay
    (?:delayed|bounced?) (?:mail|message|e-?mail)
    ^\s*\[bounce\]
    error (?:sending|delivering)
    reject(?:ed|ion)?\b.{0,12}\b(?:mail|post|message)
    (?:mail|message|post)\b.{0,20}\breject
    user unknown
    (?:unknown|no such|invalid) (?:user|recipient|address)
    mailbox (?:full|unavailable|not found)
    (?:over|exceeded) quota
    quota exceed
    (?:address|recipient) (?:unknown|rejected|not found|invalid)
    see transcript
    (?:mail )?loop (?:alert|back)
    mail loop
    not member
    (?:forwarding or|or) filtering
    (?:mail|message)\b.{0,12}\bblocked

    unzustellbar
    nicht (?:zugestellt|zustellbar)
    zustell\w*(?:fehl|hinweis|benachrichtig|problem|bericht)
    zustellung.{0,30}(?:fehl|verz|nicht)
    fehler bei der (?:zu|ü)
    rückläufer

    non[_ ](?:remis|distribu|délivr|livr)
    [ée]chec (?:de |d')(?:la )?(?:remise|distribution|livraison|envoi)
    notification d.état de remise
    impossible de (?:remettre|distribuer)
    non recapitabile
    mancato recapito
    (?:recapito|consegna).{0,20}(?:non riuscit|fallit)
    impossibile recapitare
    no (?:se )?(?:puede|pudo|ha podido) (?:entregar|enviar)
    (?:error|fallo) (?:de|en la) entrega
    estado de (?:la )?entrega
    (?:mensaje|correo) devuelto
    no entreg
    falha (?:na|de|ao) entreg
    não (?:foi )?(?:é poss|entreg)
    onbestelbaar
    niet (?:bezorgd|afgeleverd)
    bezorging.{0,20}mislukt
    (?:kan|kunne) (?:inte|ikke) lever
    olever
    toimittamat
    nedoruč
    nie ?(?:zostać |została |udało się )?dostarcz
    teslim edileme
    kézbesít
    nelivr
    не ?достав
    ошибка дост
    невозможно дост
    配信(?:に失敗|でき|不能|エラー|失敗|不可)
    返送
    送信(?:でき|エラー)
    未達
    退信
    退回
    無法投遞
    无法投递
    投递失败
    無法傳遞
    배달
    반송
    """
)
BODY = any_of(
    r"""
    (?:could|can|did|was|will)(?:n.t|not|\s+not)\s+(?:yet )?(?:be )?(?:deliver|reach|sen[dt]\b|forward|relay)
    (?:could|can|has|is|would)(?:n.t|not|\s+not)\s+(?:yet )?(?:be(?:en)? )?(?:accept|deliver|found)
    unable to (?:be )?(?:deliver|send|relay|reach|establish)
    wasn.t able to
    un-?deliver(?:able|ed)
    not (?:be )?deliver(?:able|ed)
    fail(?:ed|ure)\b.{0,40}\bdeliver
    deliver\w*\b.{0,60}\b(?:fail|error|problem|delayed|postponed|impossible|reject)
    permanent(?:ly)? (?:fatal )?(?:error|fail)
    fatal error
    failed (?:recipient|address)
    returned (?:mail|message|to sender)
    user (?:is )?unknown
    (?:unknown|no such) (?:user|recipient|address|mailbox|person|domain)
    (?:mailbox|account|inbox)\b.{0,30}\b(?:full|unavailable|disabled|not found|does ?n.t exist|does not exist)
    (?:mailbox|account|inbox)\b.{0,30}\b(?:inactive|quota|exceed)
    over quota
    exceed\w*.{0,30}quota
    quota.{0,20}exceed
    user(?:name)? not found
    recipient\b.{0,40}\b(?:reject|not found|unknown|invalid|refused)
    host (?:or domain name )?(?:unknown|not found)
    (?:rejected|refused)\b.{0,30}\b(?:message|mail|your|by)
    not (?:listed|a (?:known|valid)|known|recognized|exactly match)
    is(?:n.t| not) (?:a |currently )?(?:valid|available|accept)
    (?:message|mail)\b.{0,40}\b(?:bounced|returned|rejected|refused|blocked|delayed|queued|expired)
    transcript of session
    errors? (?:occurred|while|sending|in delivery|message)
    trouble (?:deliver|send)
    giving up
    no valid recipient
    not (?:a )?member
    from (?:a )?(?:non-?member|spammer)
    mail loop

    nicht (?:zugestellt|zustellbar|erreicht|übermittelt|ausgeliefert|angenommen)
    unzustellbar
    unbekannter empf
    n.a (?:pas )?(?:pu|été).{0,40}(?:remis|livr|distribu|achemin|d[ée]livr)
    n.a pas (?:pu [êe]tre|été)
    impossible de (?:remettre|livrer|distribuer)
    non (?:è stato|ha raggiunto|può essere) (?:possibile |recapitat|consegnat)
    impossibile recapitare
    no (?:se )?(?:pudo|ha podido|puede|fue posible|ha sido posible) (?:ser )?(?:entreg|envia)
    não (?:foi poss|pôde|foi entreg|existe)
    kon niet worden
    niet (?:bezorgd|afgeleverd)
    kunne ikke lever
    (?:kunde|gick) inte (?:att )?lever
    nie (?:może|mogła|udało się|została) .{0,20}dostarcz
    не (?:достав|удалось|может|существ)
    配信
    送信でき
    存在し
    届け
    宛先
    无法
    無法
    退信
    不存在
    배달
    반송
    """
)
REPLY_CODE = any_of(
    r"""
    (?<![\d.-])[45]\d\d[ -]?#?(?:\(?#?[45]\.\d{1,3}\.\d{1,3}|[A-Z<"'])
    smtp;\s*[45]\d\d
    (?<![\d.])[45]\.[0-7]\.\d{1,2}(?![\d.])
    (?:said|error|code|reply|response)\W{1,4}[45]\d\d\b
    """
)
FIELD_FAILED = re.compile(r"^(?:action:\s*(?:failed|delayed)|status:\s*[45]\.)", re.IGNORECASE | re.MULTILINE)
ORIGINAL = any_of(
    r"""
    (?:[\w,: -]{0,60}\b)?(?:copy|content|contents|headers?|lines|text) of [^\n]{0,30}(?:message|mail)
    (?:[\w,: -]{0,40}\b)?(?:original|returned|old|unsent|undeliver\w*)\b[^\n]{0,20}(?:message|mail|header)
    (?:message headers?|body of message|message (?:text|contents?)) ?(?:follow|below|is|generated|:|-)
    (?:(?<=--)|(?<=-- ))(?:message|header|original|returned|unsent|below|the header)
    """,
    before=r"^[^\w\n]{0,80}",
    flags=re.MULTILINE,
)
HEADER_BLOCK = re.compile(
    r"^[ \t>]*(?:received: (?:from|by|\(qmail)|return-path: ?<|message-id: ?<|mime-version: ?1)",
    re.IGNORECASE | re.MULTILINE,
)
DELAYED = any_of(
    r"""
    delay(?:ed)?\b
    postponed
    warning(?: message)?: (?:message|could not)
    will (?:continue|keep|be retried|try again)
    still (?:being )?(?:retr|try|in the queue)
    not yet been delivered
    do(?:n.t| not) need to (?:resend|send)
    verzögert
    différé
    """
)
