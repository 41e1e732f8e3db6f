"""The workbench: one ticket, its next steps, its history."""
