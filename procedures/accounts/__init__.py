"""Unit e-mail and password change (E, P): their steps, and what these write."""
