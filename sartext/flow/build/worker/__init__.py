"""What a worker does with one shard: read, narrate, ask models, find the tile that ends it. Plain functions, no Ray."""
