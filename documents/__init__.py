"""The documents that the office prints: their facts and how a PDF is made of them."""
