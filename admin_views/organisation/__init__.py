"""Pages of staff for how the centre is organised: units, staff, rights, settings, public texts, audit."""
