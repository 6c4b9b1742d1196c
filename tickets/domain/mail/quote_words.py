"""The words by which mail programs mark quotes, in the languages they speak. Only `quote.py` reads them."""

import re


def _any(words: str) -> str:
    """One alternative for each `|`-separated phrase, blanks matching any run of blanks."""
    return "|".join(re.escape(word.strip()).replace(r"\ ", r"\s+") for word in words.split("|"))


#: "On Monday, Bob ... wrote:".
VERBS = re.compile(
    r"(?i:\b(?:"
    + _any(
        "wrote|writes|schrieb|geschrieben|schreibt|a écrit|"
        "a ecrit|écrit|écrivait|ha scritto|scritto|scrive|"
        "escribió|escribio|escribi|va escriure|ha escrit|escreveu|"
        "schreef|geschreven|napisał|napisała|napisał(a)|"
        "napisal|pisze|napsal|napsala|napsal(a)|napísal|napísala|napísal(a)|skrev|skrifaði|kirjoitti|"
        "написал|написала|написал(а)|пишет|пише|писал|писала|"
        "написав|írta|ezt írta|a scris|έγραψε|yazdı|"
        "đã viết|menulis|je napisao|je napisala|je napisao/la|napisao|piše|rašė|kirjutas|rakstīja|"
        "Zitat von|Quoting|Citation de|Citando|Citerar|Citat från"
    )
    + r")(?!\w)|写道|寫道|写到|书写|書きました|のメール|작성|썼습니다|เขียนว่า|כתב|كتب)"
)
_FROM = (
    "From|Von|De|Da|Van|Od|Fra|Från|Lähettäjä|Feladó|"
    "От|От кого|Від|Від кого|Από|Kimden|Gönderen|发件人|寄件者|"
    "寄件人|差出人|보낸 사람|보낸사람|מאת|من|De la|"
    "Expéditeur|Absender|Mittente|Remitente|Remetente|Afzender|Nadawca|"
    "Odesílatel|Odosielateľ|Saatja|Frá|Šalje|Dari|Từ|จาก|Reply-To|Message de|Message du"
)
_DATE = (
    "Sent|Date|Gesendet|Gesendet am|Datum|Envoyé|Envoyé le|"
    "Envoyée|Inviato|Inviato il|Data|Enviado|Enviado el|"
    "Enviado em|Enviada em|Enviada|Fecha|Verzonden|Verstuurd|"
    "Wysłano|Wysłane|Skickat|Sendt|Sendt den|Dato|"
    "Lähetetty|Päivämäärä|Päiväys|Odesláno|Odoslané|Elküldve|"
    "Küldve|Dátum|Отправлено|Дата|Надіслано|Στάλθηκε|"
    "Ημερομηνία|Gönderildi|Gönderme Tarihi|Tarih|发送时间|发送日期|日期|"
    "时间|寄件日期|傳送日期|送信日時|日時|日付|"
    "送信|보낸 날짜|날짜|Trimis|נשלח|תאריך|التاريخ|"
    "Poslano|Saadetud|Dikirim|Tanggal|วันที่|Ngày|Date/heure"
)
_TO = (
    "To|An|À|A|Para|Aan|Do|Till|Til|Vastaanottaja|Komu|"
    "Pro|Címzett|Кому|До|Προς|Kime|Alıcı|收件人|收件者|宛先|"
    "받는 사람|받는사람|Către|אל|إلى|Destinataire|Destinatario|"
    "Destinatário|Empfänger|Prima|Kepada|Tới|ถึง|"
    "Cc|CC|Kopie|Copie|Copie à|Copia|Cópia|Kopia|Kopi|Kopio|Копия|抄送|副本|참조"
)
_SUBJECT = (
    "Subject|Betreff|Betr|Objet|Sujet|Oggetto|Asunto|Assunto|Onderwerp|"
    "Temat|Ämne|Emne|Aihe|Otsikko|Předmět|Predmet|Tárgy|Тема|"
    "Θέμα|Konu|主题|主旨|主題|标题|件名|제목|Subiect|"
    "Efni|נושא|الموضوع|Teema|Subjek|Perihal|Tiêu đề|Chủ đề|เรื่อง"
)
#: A header line in a quote; the group that matched says which: sender, date, recipient or subject.
HEADER = re.compile(
    rf"[\s*>_|]*(?:(?P<sender>{_any(_FROM)})|(?P<date>{_any(_DATE)})|(?P<to>{_any(_TO)})"
    rf"|(?P<subject>{_any(_SUBJECT)}))\s?[*_]{{0,2}}\s?[:：][*_]{{0,2}}(?P<value>.*)",
    re.IGNORECASE,
)
#: "-----Original Message-----", also when a program leaves the dashes out on one side.
ORIGINAL = re.compile(
    r"[\s>*]{0,20}[-_=–—‐#]{2,80}\s*(?:"
    + _any(
        "Original Message|Original Mail|Original E-Mail|"
        "Original Email|Original Appointment|Originalmessage|"
        "Reply Message|Quoted Message|Previous Message|Ursprüngliche Nachricht|Ursprüngliche Mail|"
        "Ursprüngliche E-Mail|Originalnachricht|Original-Nachricht|"
        "Original Nachricht|Ursprünglicher Termin|"
        "Message d'origine|Message d’origine|Message original|Message initial|Messaggio originale|"
        "Messaggio Precedente|Mensaje original|Mensagem original|Mensagem Original|Missatge original|"
        "Oorspronkelijk bericht|Origineel bericht|Wiadomość oryginalna|Oryginalna wiadomość|"
        "Wiadomość Oryginalna|Originalmeddelande|Ursprungligt meddelande|Original meddelande|"
        "Oprindelig meddelelse|Oprindelig besked|Original besked|Opprinnelig melding|Original melding|"
        "Alkuperäinen viesti|Původní zpráva|Původní e-mail|Pôvodná správa|Eredeti üzenet|"
        "Исходное сообщение|Оригинальное сообщение|Оригінальне повідомлення|Orijinal Mesaj|Özgün İleti|"
        "Izvorna poruka|Originalna poruka|Mesaj original|"
        "Mesajul original|Αρχικό μήνυμα|Upprunaleg skilaboð|"
        "原始邮件|原邮件|原始郵件|原始信件|元のメッセージ|"
        "元のメール|원본 메시지|원본메시지|Tin nhắn gốc|Pesan Asli"
    )
    + r")[^\n]{0,40}",
    re.IGNORECASE,
)
#: A forwarded mail is what the sender wants to be read: nothing after it is folded.
FORWARDED = re.compile(
    r"[\s>*]{0,20}(?:[-_=–—‐]{2,80}\s*)?(?:"
    + _any(
        "Forwarded message|Forwarded mail|Begin forwarded message|Start of forwarded message|"
        "Weitergeleitete Nachricht|Anfang der weitergeleiteten Nachricht|"
        "Anfang der weitergeleiteten E-Mail|"
        "Message transféré|Message transmis|Début du message transféré|Début du message réexpédié|"
        "Messaggio inoltrato|Inizio messaggio inoltrato|"
        "Inizio messaggio reindirizzato|Mensaje reenviado|"
        "Inicio del mensaje reenviado|Mensagem encaminhada|"
        "Mensagem reencaminhada|Início da mensagem encaminhada|"
        "Doorgestuurd bericht|Begin doorgestuurd bericht|"
        "Wiadomość przekazana dalej|Przekazana wiadomość|"
        "Początek przekazywanej wiadomości|Vidarebefordrat meddelande|Vidarebefordrat brev|"
        "Videresendt meddelelse|Videresendt melding|Videresendt besked|Start på videresendt besked|"
        "Välitetty viesti|Přeposlaná zpráva|Preposlaná správa|"
        "Továbbított üzenet|Пересылаемое сообщение|"
        "Перенаправленное сообщение|Переслане повідомлення|İletilmiş Mesaj|"
        "Yönlendirilen ileti|Proslijeđena poruka|"
        "转发邮件|转发的邮件|轉寄郵件|"
        "転送されたメッセージ|転送メッセージ|전달된 메시지|Mesaj redirecționat"
    )
    + r")\s*:?\s*(?:[-_=–—‐]{2,})?\s*",
    re.IGNORECASE,
)
#: "##- Please type your reply above this line -##".
ABOVE = re.compile(
    r"(?i)[\W_]*(?:please\s+)?(?:(?:type|write|enter|add)\s+your\s+)?(?:reply|respond|answer|response)\s+"
    r"(?:above|ab?ove)\s+(?:this|the)\s+(?:dotted\s+)?line.{0,60}"
    r"|[\W_]*(?:bitte\s+)?(?:antworten?|antwort)\b.{0,30}\b(?:über|oberhalb)\s+dieser\s+(?:linie|zeile).{0,60}"
    r"|[\W_]*(?:veuillez\s+)?(?:répondre|répondez|réponse)\b.{0,30}\bau-dessus\s+de\s+cette\s+ligne.{0,60}"
    r"|[\W_]*(?:rispondi|rispondere|scrivi)\b.{0,30}\bsopra\s+questa\s+(?:linea|riga).{0,60}"
)
#: What such a footer names: a device, a program, "my ...". "Sent by parcel service" is no footer.
DEVICE = re.compile(
    r"(?i)\b(?:my|mein|meinem|meinen|meiner|mon|ma|mi|mio|mia|meu|minha|mijn|min|mitt|moj\w*|mého|mojí|môjho|mojego|"
    r"моего|моей|мого|我的|app|pc|lg|tab|mac|ios|htc|sony|nine|spark)\b|我的|나의|내\s|iphon|ipad|ipod|android|samsung|"
    r"galaxy|huawei|honor|xiaomi|redmi|oneplus|oppo|pixel|nokia|xperia|motorola|blackberry|fairphone|wiko|windows|mail|"
    r"outlook|yahoo|gmx|web\.de|aol|t-online|handy|phone|mobil|tablet|smart|telefon|téléphone|portable|móvil|celular|"
    r"cellulare|telefono|puhelime|телефон|смартфон|手机|手機|sparrow|thunderbird|k-9|macbook|surface|courrier|correo|posta|"
    r"device|gerät|appareil|dispositivo|urządzeni|zařízení"
)
#: Footers that phones and mail programs add by themselves, each a line of its own.
MOBILE = re.compile(
    r"(?i)\W{0,3}(?:"
    r"(?:sent|posted)\s+(?:from|via|with|using|on)\s+(?:(?:my|the|our|a)\s+)?\S.*"
    r"|sent\s+by\s+(?:my\s+)?(?:phone|iphone|android|blackberry|outlook)\b.*"
    r"|get\s+(?:outlook|bluemail|yahoo\s+mail)\s+for\s+.*|download\s+outlook\s+for\s+.*"
    r"|(?:gesendet|versendet|verschickt|geschickt)\s+(?:von|vom|mit|via|über|aus)\s+\S.*"
    r"|(?:von|vom)\s+(?:meinem|mein|unterwegs|samsung|iphone|ipad|handy)\b.{0,60}\b(?:gesendet|geschickt)\b.*"
    r"|diese\s+nachricht\s+wurde\s+(?:von|mit)\s+\S.*\b(?:gesendet|verschickt)\b.*"
    r"|hol(?:en)?\s+(?:sie\s+)?(?:sich\s+)?outlook\s+für\s+.*|outlook\s+für\s+(?:ios|android)\b.*"
    r"|(?:envoyé|envoyée)\s+(?:de|depuis|à\s+partir\s+d|avec|via|par|du)\s*[e'’]?\s*\S.*"
    r"|provenance\s*:\s*\S.*"
    r"|(?:obtenez|télécharger|téléchargez)\s+outlook\s+pour\s+.*"
    r"|inviato\s+(?:da|dal|dall'|dall’|con|tramite)\s*\S.*|scarica\s+outlook\s+per\s+.*|ottieni\s+outlook\s+per\s+.*"
    r"|enviad[oa]\s+(?:desde|do|da|de|a\s+partir|con|com|via|pelo|por)\s+\S.*"
    r"|(?:obtener|obtenga|obter|descargar|baixar)\s+(?:o\s+)?outlook\s+para\s+.*"
    r"|(?:verzonden|verstuurd)\s+(?:vanaf|vanuit|met|via|door)\s+\S.*|outlook\s+voor\s+(?:ios|android)\b.*"
    r"|(?:wysłano|wysłane|wysłana)\s+(?:z|ze|przez|za\s+pomocą)\s+\S.*|pobierz\s+(?:program\s+)?outlook\s+dla\s+.*"
    r"|(?:skickat|skickades)\s+(?:från|via|med)\s+\S.*|hämta\s+outlook\s+för\s+.*"
    r"|sendt\s+(?:fra|med|via)\s+\S.*|(?:hent|få|skaff)\s+outlook\s+(?:for|til)\s+.*"
    r"|lähetetty\s+\S.*(?:sta|stä|lta|ltä|lla|llä)\b.*|hanki\s+outlook\s+.*"
    r"|(?:odesláno|odesláno|odoslané|odoslaný)\s+(?:z|ze|zo|pomocí|prostredníctvom)\s+\S.*"
    r"|získat\s+outlook\s+pro\s+.*"
    r"|(?:отправлено|отправлена)\s+(?:с|со|из|от|через)\s+\S.*|надіслано\s+(?:з|із|через)\s+\S.*"
    r"|elküldve\s+(?:az?\s+)?\S.*|trimis\s+(?:de\s+pe|din|cu)\s+\S.*|εστάλη\s+από\s+.*|στάλθηκε\s+από\s+.*"
    r"|\S.*(?:'?d[ea]n|umdan|ımdan|imden)\s+gönderildi.*|poslano\s+(?:s|sa|z|iz)\s+\S.*"
    r"|发自我的\s*\S.*|從我的\s*\S.*|從我的\s*\S.*傳送|发送自\s*\S.*|寄自我的\s*\S.*|来自我的\s*\S.*|获取\s*\S.*outlook.*"
    r"|\S.{0,30}\s*から送信.*|나의\s*\S.*에서\s*보냄|내\s*\S.*에서\s*보냄|\S.{0,30}에서\s*보냄.*"
    r")"
)
#: "Fwd:" and its like: such a mail is sent for the sake of what it carries.
FORWARD_SUBJECT = re.compile(
    r"\s*(?:\[[^\]]{0,60}\]\s*)?(?:fwd?|wg|tr|i|rv|enc|vl|vb|doorst|pd|tov|ilt|πρθ|转发|轉寄|転送|전달)\s?[:：]",
    re.IGNORECASE,
)
