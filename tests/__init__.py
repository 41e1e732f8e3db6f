"""The tests: a folder for each room, and one for what the whole house must hold.

What is compiled is kept, whatever the machine wishes: else each worker rewrites the assertions of every test anew, and
each of the many processes that the tests start compiles the whole program.
"""

import os
import sys

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
