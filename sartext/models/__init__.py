"""Models of image and text: CLIP, CoCa and GPT, their losses, weights in and out. Plain torch."""
