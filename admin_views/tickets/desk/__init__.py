"""My desk: what a person of the staff has to do now."""
