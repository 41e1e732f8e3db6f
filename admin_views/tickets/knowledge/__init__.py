"""The register of articles, and the articles that stand beside a ticket."""
