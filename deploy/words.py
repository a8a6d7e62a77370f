"""Words that pages, mails and documents no longer use, each with the standard word that took its place.

`python -m deploy.messages check` (in `make check`) refuses them in the messages and in the Hindi translations.
"""

import re
from collections.abc import Iterator, Sequence

# English: what is refused, and what is said instead. Single words hold for the whole message only.
ENGLISH = (
    (r"^together$", "Total"),
    (r"\bways? to pay\b(?! online)", "Payment method"),
    (r"^(way|means)$", "Payment method"),
    (r"\bmake an account\b|\baccount made\b", "Create account"),
    (r"\bforgotten password\b", "Forgot password?"),
    (r"^go on$", "Continue"),
    (r"^to review$", "Needs attention"),
    (r"^steps$", "Actions"),
    (r"^handed over$|^cash taken$", "Cash received"),
    (r"^how it ended$", "Outcome"),
    (r"^did not come$", "No-show"),
    (r"\bslot (went|goes) back\b", "Your slot was released"),
    (r"\bpayments that do not fit\b", "Mismatched payments"),
    (r"\bnumber plate\b|\bvehicle numbers?\b", "plate"),
    (r"\ban hour$|\bfor an hour$", "per hour"),
    (r"\b(this|the|a) stay (has )?end(s|ed)\b|\bend (this|the) stay\b|\bstays ended\b", "session"),
    (r"\bby (itself|themselves)\b", "automatically"),
    (r"\bwritten down\b", "recorded"),
    (r"\bmoney (goes|went) back\b|\bgoes back\b|\bcomes back\b", "refunded"),
    (r"\bcannot be taken back\b", "cannot be undone"),
    (r"\bwaits for a person\b|\bsomebody has to look\b", "needs attention"),
    (r"\bsomebody\b", "someone"),
    (r"\b(is|was) made\b", "was created"),
    (r"\bkind of (vehicle|slot)\b", "vehicle type, slot type"),
    (r"\badministrators?\b", "manager"),
)
# Hindi: one spelling, with nukta throughout, and one word for one thing.
HINDI = (
    ("बकाया", "बक़ाया"),
    ("बाकी", "बाक़ी"),
    ("खाली", "ख़ाली"),
    ("रकम", "रक़म"),
    ("आखिरी", "आख़िरी"),
    ("खत्म", "ख़त्म"),
    ("नकद", "नक़द"),
    ("गलत", "ग़लत"),
    (r"तारीख(?!\u093c)", "तारीख़"),
    ("खर्च", "ख़र्च"),
    ("तरीक[ाे]", "तरीक़ा, तरीक़े"),
    # What Django's own catalogue says for its months.
    ("सितमबर|नवमबर|दिसमबर|दिस्", "सितंबर, नवंबर, दिसंबर, दिस"),
    ("चालक", "ड्राइवर"),
    ("वाहन", "गाड़ी"),
    ("मैनेजर|प्रशासक|एडमिन", "प्रबंधक"),
    ("अटेंडेंट", "कर्मचारी"),
    ("प्रवेश", "एंट्री"),
    ("निकास", "एग्ज़िट"),
    ("मूल्य|क़ीमत|कीमत", "दाम"),
    ("टैरिफ़|समय-खंड", "शुल्क-दर, समय-पट्टी"),
    ("अवकाश", "छुट्टी"),
    ("दफ़्तर", "कार्यालय"),
    ("फ़ीस", "शुल्क"),
    ("बीजक", "बिल"),
    (r"सेव(?!ा|क)", "सहेजें"),
)
# Messages that other addresses repeat from the days before: the older pages are kept as they were.
KEPT = frozenset({"%(rate)s an hour"})


def refused(english: Sequence[str], hindi: Sequence[str]) -> Iterator[str]:
    """Yield what is wrong with the words of a message and of its translation, each with the standard word."""
    for text in english:
        if text in KEPT:
            continue
        for pattern, instead in ENGLISH:
            if found := re.search(pattern, text, re.IGNORECASE):
                yield f"says “{found[0]}”, where we say “{instead}”: {text}"
    for text in hindi:
        for pattern, instead in HINDI:
            if found := re.search(pattern, text):
                yield f"says “{found[0]}”, where we say “{instead}”: {text}"
