"""Ray core and Ray Data as jobs use them: sessions, actor pools, signals, progress, devices."""
