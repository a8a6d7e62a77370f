"""A mail server, an SMS provider, a push service and WhatsApp, played on this machine; see docs/message-standin.md."""
