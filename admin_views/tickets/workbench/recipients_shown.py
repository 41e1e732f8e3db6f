"""Says who hears of a step, beside its button and after it was taken."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from procedures.engine.declaration import Step, Who

TOLD_WORDS = {
    Who.REQUESTER: _l("pemohon"),
    Who.UNIT: _l("unit pemohon"),
    Who.MEMBER: _l("anggota kelompok"),
    Who.ASSIGNEE: _l("petugas tiket"),
    Who.CONTACT: _l("kontak unit"),
    Who.IT_MANAGERS: _l("pengelola IT"),
}


def recipients_of(step: Step) -> str:
    """Who hears of a step, in words."""
    return ", ".join(str(TOLD_WORDS.get(w, getattr(w, "label", w))) for w in step.tells)


def recorded_sentence(step: Step) -> str:
    """What is said after a step, with who was told."""
    if step.tells:
        return _("%(what)s: tercatat. Dikabari: %(who)s.", what=str(step.label), who=recipients_of(step))
    return _("%(what)s: tercatat.", what=str(step.label))
