"""My desk: what a person has to do now."""
