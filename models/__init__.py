"""The rows: what is stored, and questions that rows answer about themselves."""
