/* The tools above the text of an article. Each writes as if it were typed, so that the browser can undo it. */
const text = document.getElementById("id_body");
const TABLE = "Table: What the table shows\n\n| First column | Second column |\n|---|---|\n| Text | Text |\n";

function write(words, from = text.selectionStart, to = text.selectionEnd) {
  text.focus();
  text.setSelectionRange(from, to);
  if (!document.execCommand("insertText", false, words)) text.setRangeText(words, from, to, "end");
  text.dispatchEvent(new Event("input", { bubbles: true }));
}

function chosen() {
  return text.value.slice(text.selectionStart, text.selectionEnd);
}

function wrap(mark) {
  const inside = chosen() || "words";
  const start = text.selectionStart + mark.length;
  write(mark + inside + mark);
  text.setSelectionRange(start, start + inside.length);
}

function startLines(mark) {
  const from = text.value.lastIndexOf("\n", text.selectionStart - 1) + 1;
  const lines = text.value.slice(from, text.selectionEnd).split("\n");
  write(lines.map((line) => mark + line).join("\n"), from, text.selectionEnd);
}

function paragraph(words) {
  const before = text.value.slice(0, text.selectionStart).trimEnd();
  const after = text.value.slice(text.selectionEnd);
  const from = before.length;
  const to = text.value.length - after.trimStart().length;
  write(`${before ? "\n\n" : ""}${words.trimEnd()}${after.trim() ? "\n\n" : "\n"}`, from, to);
}

const INSERTS = {
  link: () => write(`[${chosen() || "what it leads to"}](/articles/)`),
  table: () => paragraph(TABLE),
  callout: () => paragraph(`> [!CARE] a heading\n> ${chosen() || "What to take note of."}`),
};

function tool(button) {
  if (button.dataset.wrap) wrap(button.dataset.wrap);
  else if (button.dataset.line) startLines(button.dataset.line);
  else if (button.dataset.dialog) document.getElementById(button.dataset.dialog).showModal();
  else INSERTS[button.dataset.insert]();
}

/* The line of a picture; nothing without words for those who cannot see it. */
function pictureLine(dialog, name) {
  const [alt, caption] = ["alt", "caption"].map((part) => dialog.querySelector(`#picture-${part}`));
  const shows = alt.value.replace(/[[\]\\]/g, "").trim();
  if (!shows) {
    dialog.querySelector("[role=status]").textContent = "Write what the picture shows first.";
    alt.focus();
    return "";
  }
  const words = caption.value.replace(/["\\]/g, "'").trim();
  alt.value = caption.value = "";
  return `![${shows}](/pictures/${name}${words ? ` "${words}"` : ""})`;
}

function choose(dialog, button) {
  const picture = button.dataset.picture && pictureLine(dialog, button.dataset.picture);
  if (picture === "") return;
  dialog.close();
  if (button.dataset.passage) {
    paragraph(`{{ block: ${button.dataset.passage} }}`);
    const box = text.form.querySelector(`[name=blocks][value="${button.dataset.passage}"]`);
    if (box) box.checked = true;
  } else if (picture) {
    paragraph(picture);
  } else if (button.dataset.paragraph) {
    paragraph(button.dataset.paragraph);
  } else {
    write(button.dataset.text, text.selectionEnd, text.selectionEnd);
  }
}

function narrow(dialog) {
  const words = dialog.querySelector("[type=search]").value.toLowerCase().split(/\s+/);
  let shown = 0;
  for (const item of dialog.querySelectorAll("li")) {
    const has = item.textContent.toLowerCase();
    item.hidden = !words.every((word) => has.includes(word));
    shown += item.hidden ? 0 : 1;
  }
  dialog.querySelector("[role=status]").textContent = shown === 1 ? "1 found." : `${shown || "None"} found.`;
}

function walk(dialog, event) {
  if (event.key === "Escape") dialog.close(); // in a search field it would only clear the field
  const search = dialog.querySelector("[type=search]");
  const buttons = [...dialog.querySelectorAll("li:not([hidden]) button")];
  const at = buttons.indexOf(document.activeElement);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1 }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  (buttons[next] || (next < 0 ? search : buttons[at]) || search).focus();
}

/* What was added in another window meanwhile: a source, a picture. */
async function renew(dialog) {
  try {
    const page = new DOMParser().parseFromString(await (await fetch(location.pathname)).text(), "text/html");
    const list = page.querySelector(`#${dialog.id} ul`);
    if (list) dialog.querySelector("ul").replaceChildren(...list.children);
    narrow(dialog);
  } catch {
    // The list stays as it was.
  }
}

window.addEventListener("focus", () => {
  const dialog = document.querySelector(".editor-dialog[open]");
  if (dialog && dialog.querySelector("a[target]")) renew(dialog);
});

for (const dialog of document.querySelectorAll(".editor-dialog")) {
  const search = dialog.querySelector("[type=search]");
  search.addEventListener("input", () => narrow(dialog));
  search.addEventListener("keydown", (event) => {
    const first = dialog.querySelector("li:not([hidden]) button");
    if (event.key !== "Enter") return;
    event.preventDefault(); // the text has the focus by then, and would get a line break
    if (first) choose(dialog, first);
  });
  dialog.addEventListener("keydown", (event) => walk(dialog, event));
  dialog.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button && "close" in button.dataset) dialog.close();
    else if (button) choose(dialog, button);
  });
}

const tools = document.getElementById("tools");
tools.hidden = false;
document.getElementById("keys").hidden = true;
tools.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button) tool(button);
});
