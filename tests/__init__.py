"""The tests of the house; each folder is named after the room that it tests.

What is compiled is kept, whatever the machine wishes: else each worker rewrites the assertions of every test anew, and
each of the many processes that the tests start compiles the whole program.
"""

import os
import sys

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
