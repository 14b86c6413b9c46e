// The page asks this application and nobody else. The key, where there is one, is kept in this variable alone.
let key = "";
let tried = false;
let picture = null; // the data URI of the image that is looked at
let served = {};

const at = (id) => document.getElementById(id);
const NEEDS = { search: "index", embed: "sar-clip", caption: "sar-coca", answer: "sar-gpt" };
const NAMES = { "sar-clip": "CLIP", "sar-coca": "CoCa", "sar-gpt": "GPT", index: "Index" };
const TYPES = { png: "image/png", jpg: "image/jpeg", jpeg: "image/jpeg", tif: "image/tiff", tiff: "image/tiff" };

class Unanswered extends Error {}

async function ask(path, body) {
  const headers = key ? { authorization: `Bearer ${key}` } : {};
  const options = body ? { method: "POST", headers: { ...headers, "content-type": "application/json" }, body: JSON.stringify(body) } : { headers };
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Unanswered("The application does not answer. Is it still running?");
  }
  if (response.status === 401) {
    await unlocked();
    return ask(path, body);
  }
  const answer = await response.json().catch(() => null);
  if (!response.ok) throw new Unanswered(answer?.error?.message ?? `The application answered ${response.status}.`);
  return answer;
}

let unlocking = null; // several questions may find the door shut at once; the key is asked for once
function unlocked() {
  unlocking ??= new Promise((resolve) => {
    at("wrong-key").hidden = !tried;
    at("door").showModal();
    at("unlock").onsubmit = (event) => {
      event.preventDefault();
      key = at("key").value.trim();
      tried = true;
      at("key").value = "";
      at("door").close();
      unlocking = null;
      resolve();
    };
  });
  return unlocking;
}
at("door").addEventListener("cancel", (event) => event.preventDefault());

async function look() {
  try {
    if ((await ask("livez")).key_needed) await unlocked();
    const answer = await ask("v1/models");
    served = Object.fromEntries(answer.data.map((one) => [one.id, one]));
  } catch (error) {
    trouble(error);
  }
  at("served").replaceChildren(
    ...Object.values(served).map((one) => {
      const item = document.createElement("li");
      const more = one.tiles ? ` of ${one.tiles.toLocaleString("en")} tiles` : one.engine ? ` by ${one.engine}` : "";
      item.textContent = NAMES[one.id] + more;
      return item;
    }),
  );
  enable();
}

const has = (...what) => what.every((one) => NEEDS[one] in served);
function enable() {
  for (const [id, ready, lacking] of [
    ["describe", has("caption"), "No CoCa is served here"],
    ["similar", has("search", "embed"), "No index is served here"],
    ["send", has("answer"), "No GPT is served here"],
  ]) {
    at(id).disabled = !ready || !picture;
    at(id).title = ready ? (picture ? "" : "Choose an image first") : lacking;
  }
  for (const one of document.querySelectorAll("#search button, #words, .example")) one.disabled = !has("search", "embed");
  if (!has("search", "embed")) at("state").textContent = "No index is served here: start the application with --clip and --index.";
  at("question").disabled = !has("answer");
}

function trouble(error) {
  at("trouble").textContent = error instanceof Unanswered ? error.message : `The page has failed: ${error}`;
  at("trouble").hidden = false;
  at("state").textContent = "";
}

// Where the page is one column, what was asked for can be out of sight.
function reveal(id) {
  if (matchMedia("(max-width: 820px)").matches) at(id).scrollIntoView({ block: "start" });
}

let latest = 0; // only the last search is shown
async function find(query, words) {
  const mine = ++latest;
  reveal("results-title");
  at("trouble").hidden = true;
  at("found").replaceChildren();
  at("state").textContent = `Looking for ${words} ...`;
  try {
    const { results } = await ask("v1/search", { ...query, top: 12 });
    if (mine !== latest) return;
    at("state").textContent = `The ${results.length} nearest to ${words}`;
    const largest = Math.max(...results.map((one) => one.score), 1e-9);
    at("found").replaceChildren(...results.map((one) => hit(one, largest)));
  } catch (error) {
    if (mine === latest) trouble(error);
  }
}

function hit(one, largest) {
  const item = at("hit").content.cloneNode(true);
  const image = item.querySelector("img");
  image.src = one.thumbnail;
  image.alt = one.caption ?? one.key;
  item.querySelector(".caption").textContent = one.caption ?? "no caption";
  item.querySelector(".meter i").style.width = `${Math.max(0, (100 * one.score) / largest)}%`;
  item.querySelector("code").textContent = one.key;
  item.querySelector(".key span").textContent = one.score.toFixed(3);
  item.querySelector("button").setAttribute("aria-label", `Use this image: ${one.key}`);
  item.querySelector("button").onclick = () => {
    choose(one.thumbnail, one.key);
    reveal("picture-title");
  };
  return item;
}

function choose(data, name) {
  picture = data;
  at("name").textContent = name;
  at("words-of").replaceChildren();
  const shown = at("preview");
  shown.onload = () => ((shown.hidden = false), (at("prompt").hidden = true));
  shown.onerror = () => ((shown.hidden = true), (at("prompt").hidden = false), (at("prompt").textContent = "chosen; this browser cannot show it"));
  shown.alt = name;
  shown.src = data;
  enable();
}

function read(file) {
  if (!file) return;
  const type = TYPES[file.name.split(".").pop().toLowerCase()];
  if (!type) {
    say(null, `${file.name} is no PNG, JPEG or TIFF.`, "bad");
    return;
  }
  const reader = new FileReader();
  reader.onload = () => choose(`data:${type};base64,${reader.result.split(",")[1] ?? ""}`, `${file.name}, ${Math.ceil(file.size / 1024).toLocaleString("en")} KiB`);
  reader.onerror = () => say(null, `${file.name} cannot be read.`, "bad");
  reader.readAsDataURL(file);
}

function say(title, text, kind = "") {
  const line = document.createElement("p");
  line.className = kind;
  if (title) line.append(Object.assign(document.createElement("b"), { textContent: title }));
  line.append(text);
  at("words-of").prepend(line);
  return line;
}

async function tell(title, path, body, field) {
  const of = picture;
  const line = say(title, "...", "waiting");
  try {
    const answer = await ask(path, body);
    line.lastChild.textContent = answer[field] || "(no words)";
    line.className = "";
    if (answer.finish_reason === "length") line.append(Object.assign(document.createElement("i"), { className: "soft", textContent: " (cut off: the model had no room for more)" }));
  } catch (error) {
    line.lastChild.textContent = error instanceof Unanswered ? error.message : `The page has failed: ${error}`;
    line.className = "bad";
  }
  if (of !== picture) line.remove();
}

at("search").onsubmit = (event) => {
  event.preventDefault();
  const words = at("words").value.trim();
  if (words) find({ text: words }, `“${words}”`);
  else at("words").focus();
};
for (const example of document.querySelectorAll(".example")) {
  example.onclick = () => {
    at("words").value = example.textContent;
    at("search").requestSubmit();
  };
}
at("similar").onclick = () => find({ image: picture }, "your image");
at("describe").onclick = () => tell("It shows", "v1/caption", { image: picture }, "caption");
at("ask").onsubmit = (event) => {
  event.preventDefault();
  const question = at("question").value.trim();
  if (question && picture && has("answer")) tell(question, "v1/vqa", { image: picture, question }, "answer");
};
at("file").onchange = (event) => read(event.target.files[0]);
const drop = at("drop");
drop.onkeydown = (event) => {
  if (event.key !== "Enter" && event.key !== " ") return;
  event.preventDefault();
  at("file").click();
};
for (const name of ["dragenter", "dragover"]) drop.addEventListener(name, (event) => (event.preventDefault(), drop.classList.add("over")));
for (const name of ["dragleave", "drop"]) drop.addEventListener(name, (event) => (event.preventDefault(), drop.classList.remove("over")));
drop.addEventListener("drop", (event) => read(event.dataTransfer.files[0]));
// A file that misses its place must not take the page away.
for (const name of ["dragover", "drop"]) addEventListener(name, (event) => event.preventDefault());
look();
