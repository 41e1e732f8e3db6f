"""Looks after accounts: explains interrupted directory changes, forgets proofs and old links."""

from __future__ import annotations

from models.accounts.identity_check import checks_to_purge
from models.accounts.one_time_link import wipe_expired
from models.base.db import write_transaction
from models.organisation import audit
from procedures.accounts import people_intake
from procedures.accounts.compare_directory import compare_with_register
from procedures.accounts.reconcile_directory import reconcile


def reconcile_directory() -> int:
    """Mend what a crash left between the directory and the register; says how many."""
    return reconcile()


def compare_directory() -> int:
    """List where register and directory disagree; says how many."""
    return compare_with_register()


def forget_secrets() -> int:
    """Remove proof data past its days and the content of expired links, and old imports; says how many proofs."""
    with write_transaction():
        checks = checks_to_purge()
        for check in checks:
            check.purge()
            audit.record("purge", "IdentityCheck", check.id, actor_name="Pustikom")
        wipe_expired()
        people_intake.forget_old()
    return len(checks)
