"""Segments: a long film cut into pieces that depend on nothing but the film, the options and the network.

Each is worked off by itself, in any order, kept in a file of its own, and joined with the others without a seam.
"""
