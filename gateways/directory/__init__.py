"""The campus directory (LDAP)."""
