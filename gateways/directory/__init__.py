"""The campus directory (LDAP): accounts are created, found and changed there."""
