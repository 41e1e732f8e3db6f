"""The worker: its timetable, the outbox, the printing of documents."""
