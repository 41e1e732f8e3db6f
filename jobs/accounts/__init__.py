"""Jobs for accounts: people files are taken in, the directory compared, reviews asked for."""
