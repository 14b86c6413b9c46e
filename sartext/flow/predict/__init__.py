"""The actors that embed, caption and answer, and what they leave behind, as several jobs use them."""
