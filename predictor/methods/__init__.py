"""The capability methods, one file each, and the catalogue that names them."""
