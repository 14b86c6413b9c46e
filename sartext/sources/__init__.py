"""Raw data -> Tiles without captions."""
