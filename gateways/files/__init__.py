"""Files in and out: uploads, pictures, imports, spreadsheets."""
