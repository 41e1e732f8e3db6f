"""What is kept of whom: the column table, and the record of each night that forgot."""
