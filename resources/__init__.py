"""What ships with the program: bundled backbones, fonts, the list of networks, the template of cards."""
