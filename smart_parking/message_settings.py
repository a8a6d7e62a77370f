"""The settings of notices beside mail; every value comes from the environment. `settings.py` imports them by name."""

from urllib.parse import urlsplit

from smart_parking.environment import read

_env = read()

# The key of this installation at push services, and which of these are posted to.
PUSH_PRIVATE_KEY = _env.push_private_key
PUSH_CONTACT = _env.push_contact
SUPPORT_CONTACT = _env.support_contact
PUSH_HOSTS = _env.push_hosts
# A channel without an address is off. SMS need what is registered with the operators' ledger (DLT).
SMS_URL = _env.sms_url
SMS_KEY = _env.sms_key
SMS_ENTITY = _env.sms_entity
SMS_HEADER = _env.sms_header
SMS_TEMPLATE_IDS = dict(pair.split("=", 1) for pair in _env.sms_template_ids if "=" in pair)
SMS_PER_MONTH = _env.sms_per_month
# A month of SMS is counted in them, so they are kept for longer.
NOTICES_KEPT_DAYS = _env.notices_kept_days
MESSAGES_LATE_MINUTES = _env.messages_late_minutes
WHATSAPP_URL = _env.whatsapp_url
WHATSAPP_SENDER = _env.whatsapp_sender
WHATSAPP_KEY = _env.whatsapp_key


def message_problems() -> list[str]:
    """Return why production must not send messages so: they and the provider's key must travel encrypted."""
    addresses = {"SMS_URL": SMS_URL, "WHATSAPP_URL": WHATSAPP_URL}
    return [f"{name} does not begin with https://" for name, url in addresses.items() if url and not _is_safe(url)]


def _is_safe(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" or parts.hostname in {"127.0.0.1", "localhost", "::1"}
