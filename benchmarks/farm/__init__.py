"""How long a farm of workers takes for so many hours of footage, from measured costs. Method in ../README.md."""
