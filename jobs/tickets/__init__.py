"""Jobs for tickets: late ones are escalated, resolved ones closed, acts on many carried out."""
