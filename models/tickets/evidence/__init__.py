"""The chain of seals that makes a changed or missing row of the audit or of a history visible."""
