"""The paths of the application, and which model each asks."""

PAGE = {"/": "index.html", "/page.css": "page.css", "/page.js": "page.js"}
HEALTH, LIVE = "/healthz", "/livez"
MODELS, EMBEDDINGS, SEARCH = "/v1/models", "/v1/embeddings", "/v1/search"
CAPTION, VQA, CHAT = "/v1/caption", "/v1/vqa", "/v1/chat/completions"
CLIP, COCA, GPT, INDEX = "sar-clip", "sar-coca", "sar-gpt", "index"
MODEL_OF = {EMBEDDINGS: CLIP, SEARCH: CLIP, CAPTION: COCA, VQA: GPT, CHAT: GPT}
