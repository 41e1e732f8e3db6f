"""Tests of mails on a real SMTP server."""
