"""Icons, fonts and sample pictures that ship with the program."""
