"""What every page of the panel is built on: rights, lists, forms, login, menu."""
