"""Benches of adbrain beside its peers and the bars that they are held to, one file for each bench."""
