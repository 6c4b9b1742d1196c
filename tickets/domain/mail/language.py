"""Which language a mail is written in: the small words tell."""

import re

_WORD = re.compile(r"[^\W\d_]+")
_SMALL_WORDS = {
    "de": "der die das und ist nicht ich wir sie mit ein eine für auf den dem bitte nach von zu im bei "
    "kann sehr geehrte guten hallo grüße grüßen gruß freundlichen danke vielen wird haben seit mein "
    "meine unser es auch noch",
    "fr": "le la les et est pas je nous vous avec un une pour sur des du de ne que qui dans mon ma notre "
    "bonjour merci cordialement depuis avons ce cette au aux en plus peut être votre plait "
    "salutations",
    "it": "il lo gli e non io noi con un una per su dei della del di che sono nel mio mia nostro "
    "buongiorno grazie saluti cordiali da questo questa anche al alla più può essere vostro salve "
    "gentile abbiamo è",
    "es": "el los las y no yo con un una por para del de que en mi nuestro hola gracias saludos buenos "
    "días desde este esta también al más puede ser su usted estimado tenemos está",
    "en": "the and is not i we you with a an for on of to in my our hello hi thanks thank regards please "
    "can be it this that have has are was from your dear at as will",
    "nl": "de het en niet ik wij met een voor op van te in mijn onze hallo bedankt groeten graag kunnen "
    "dit dat hebben zijn aan ook naar bij geachte vriendelijke",
}
_LANGUAGES_OF: dict[str, list[str]] = {}
for _language, _words in _SMALL_WORDS.items():
    for _word in _words.split():
        _LANGUAGES_OF.setdefault(_word, []).append(_language)
_LABEL = re.compile(r"([A-Za-z]{2})(?:[-_;,\s]|$)")


def guess_language(text: str, label: str = "") -> str:
    """Of at least three small words with a clear lead; else what the mail is labelled; else ""."""
    scores: dict[str, int] = {}
    for word in _WORD.findall(text[:1500].lower()):
        for language in _LANGUAGES_OF.get(word, ()):
            scores[language] = scores.get(language, 0) + 1
    ranked = sorted(scores.items(), key=lambda item: -item[1])
    if ranked and ranked[0][1] >= 3 and (len(ranked) == 1 or ranked[0][1] > ranked[1][1]):
        return ranked[0][0]
    match = _LABEL.match(label)
    return match[1].lower() if match else ""
