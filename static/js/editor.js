/* Comfort for the editor's page; without it everything on the page works by buttons and links.
   Live preview and findings, “Show me where”, and a copy of what was not saved. The tools are in editor_tools.js.
   Both are modules of their own: nothing is shared but the page. */

const form = document.getElementById("editor");
const text = document.getElementById("id_body") || document.getElementById("id_whole");
const answers = document.getElementById("answers"); // none where the file is shown as it is
const PAUSE = 600; // milliseconds without a key, before the text is looked at
const SAVE_EVERY = 2000; // milliseconds

/* 1. What stands in the form. */
const OWN = ["csrfmiddlewaretoken", "base", "do"];

function snapshot() {
  const fields = [...new FormData(form)].filter(([name]) => !OWN.includes(name));
  return JSON.stringify(fields.map(([name, value]) => [name, value.replace(/\r\n?/g, "\n")]));
}

function fill(fields) {
  for (const [name, value] of fields) {
    if (!answers || !name.startsWith("answer_") || !value || form.elements[name]) continue;
    const answer = document.createElement("input"); // until check() brings the box
    Object.assign(answer, { type: "hidden", name, value });
    answers.append(answer);
  }
  for (const control of form.elements) {
    if (!control.name || OWN.includes(control.name)) continue;
    const values = fields.filter(([name]) => name === control.name).map(([, value]) => value);
    if (control.type === "checkbox") control.checked = values.includes(control.value);
    else if (values.length) control.value = values[0];
  }
}

/* 2. “Show me where”: the field, or the line of the text. */
function mirrored(before) {
  const mirror = document.createElement("div");
  mirror.className = "editor-mirror";
  mirror.style.width = `${text.clientWidth}px`;
  mirror.textContent = before;
  text.after(mirror);
  const height = mirror.getBoundingClientRect().height;
  mirror.remove();
  return height;
}

function showLine(number) {
  const lines = text.value.split("\n");
  const start = lines.slice(0, number - 1).reduce((sum, line) => sum + line.length + 1, 0);
  const above = mirrored(lines.slice(0, number - 1).join("\n"));
  text.focus({ preventScroll: true });
  text.setSelectionRange(start, start + (lines[number - 1] || "").length);
  text.scrollTop = above - text.clientHeight / 3;
  window.scrollBy({ top: text.getBoundingClientRect().top + above - text.scrollTop - window.innerHeight / 3 });
}

function show(field, line) {
  const control = document.getElementById(`id_${field}`) || document.getElementById(`id_${field}_0`);
  if (!control) return false;
  if (line && control === text) showLine(line);
  else control.focus();
  return true;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-field]");
  if (link && show(link.dataset.field, Number(link.dataset.line || 0))) event.preventDefault();
});

/* 3. The page as it would be, and what the rules say. */
const counted = document.getElementById("counted");
const findings = document.getElementById("findings");
const preview = document.getElementById("preview");
const note = document.getElementById("preview-note");
const frame = preview.querySelector("iframe");
const FOLLOWS = note.textContent;
let pending = null; // the question that waits for its answer
let timer = 0;

function replaced(element, html) {
  if (element && element.dataset.html !== html) {
    element.innerHTML = html;
    element.dataset.html = html;
  }
}

function keepInside(event) {
  const link = event.target.closest("a");
  if (!link) return;
  event.preventDefault(); // a preview leads nowhere else
  const place = link.hash && frame.contentDocument.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (place) place.scrollIntoView();
}

frame.addEventListener("load", () => frame.contentDocument.addEventListener("click", keepInside));

function showPage(html) {
  note.textContent = html ? FOLLOWS : "The text cannot be shown as it is. This is how it was before.";
  if (!html) return;
  const shown = frame.contentDocument;
  if (preview.hidden || !shown || !shown.querySelector("main")) {
    frame.srcdoc = html;
    preview.hidden = false;
  } else {
    const next = new DOMParser().parseFromString(html, "text/html");
    shown.body.replaceChildren(...next.body.childNodes); // where the reader had scrolled to stays
  }
}

function boxOf(section, rule) {
  return section.querySelector(`[data-rule="${rule}"]`);
}

/* A box comes and goes with its warning; one that stays keeps the cursor and what is typed in it. */
function showAnswers(html) {
  const wanted = new DOMParser().parseFromString(html, "text/html").querySelector("section");
  const shown = answers.querySelector("section");
  if (!wanted || !shown) {
    answers.innerHTML = html;
    return;
  }
  for (const answer of answers.querySelectorAll(":scope > input")) answer.remove(); // the box has it now
  for (const box of shown.querySelectorAll("[data-rule]")) if (!boxOf(wanted, box.dataset.rule)) box.remove();
  for (const box of wanted.querySelectorAll("[data-rule]")) if (!boxOf(shown, box.dataset.rule)) shown.append(box);
}

function announce(words) {
  if (counted.textContent !== words) counted.textContent = words;
}

async function newToken() {
  const page = new DOMParser().parseFromString(await (await fetch(location.pathname)).text(), "text/html");
  const token = page.querySelector("#editor [name=csrfmiddlewaretoken]");
  if (token) form.elements.csrfmiddlewaretoken.value = token.value;
  return Boolean(token);
}

async function requestCheck(signal, again = true) {
  const answer = await fetch(form.dataset.check, { method: "POST", body: new FormData(form), signal });
  if (answer.ok && (answer.headers.get("Content-Type") || "").startsWith("application/json")) return answer.json();
  if (again && (await newToken())) return requestCheck(signal, false); // somebody signed in anew in another tab
  return null;
}

async function check() {
  if (pending) pending.abort();
  pending = new AbortController();
  try {
    const found = await requestCheck(pending.signal);
    if (!found) return announce("You are signed out. Sign in in another tab, and go on here: your text stays.");
    announce(found.counted);
    replaced(findings, found.findings_html);
    replaced(document.getElementById("cited"), found.cited_html);
    if (answers) showAnswers(found.answers_html);
    showPage(found.page);
  } catch (error) {
    if (error.name !== "AbortError") announce("The site does not answer. Your text stays here, and is kept in this browser.");
  }
}

/* 4. A copy of what was not saved, in this browser, by article and by the revision it started from. */
const PREFIX = `editor:${form.dataset.path}:`;
const started = snapshot();
const isBack = "unsaved" in form.dataset; // the server sent it back: it is not saved yet
const copyNote = document.getElementById("kept");
let last = isBack ? "" : started;
let leaving = false;
const when = new Intl.DateTimeFormat("en-US", { dateStyle: "long", timeStyle: "short" });

function copies() {
  const keys = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
  return keys.map((key) => ({ key, ...JSON.parse(localStorage.getItem(key)) })).sort((one, two) => two.at - one.at);
}

function clearLocalCopies() {
  for (const copy of copies()) localStorage.removeItem(copy.key);
}

function saveLocalCopy() {
  const fields = snapshot();
  if (fields === last) return;
  last = fields;
  try {
    const base = form.elements.base.value;
    localStorage.setItem(PREFIX + base, JSON.stringify({ base, fields, at: Date.now() }));
    copyNote.textContent = "Not saved yet. This browser keeps a copy.";
  } catch {
    copyNote.textContent = "Not saved yet, and this browser cannot keep a copy.";
  }
}

function offerRestore(copy) {
  const place = document.getElementById("unsaved");
  document.getElementById("unsaved-when").textContent = `on ${when.format(copy.at)}`;
  document.getElementById("put-back").addEventListener("click", () => {
    form.elements.base.value = copy.base; // what somebody saved meanwhile is told, not written over
    fill(JSON.parse(copy.fields));
    place.hidden = true;
    text.focus();
    check();
  });
  document.getElementById("throw-away").addEventListener("click", () => {
    clearLocalCopies();
    place.hidden = true;
    text.focus();
  });
  place.hidden = false;
}

function init() {
  if (new URLSearchParams(location.search).has("saved")) {
    clearLocalCopies();
    history.replaceState(null, "", location.pathname);
  }
  if (isBack) return;
  const others = copies().filter((copy) => copy.fields !== started);
  if (others.length) offerRestore(others[0]);
  else clearLocalCopies();
}

/* 5. All of it. */
const summary = document.getElementById("id_summary");
function countWords() {
  const hint = document.getElementById("id_summary_helptext");
  const words = summary.value.split(/\s+/).filter(Boolean).length;
  hint.dataset.words = `${words} ${words === 1 ? "word" : "words"}.`;
}

form.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(check, PAUSE);
  if (summary) countWords();
});
form.addEventListener("submit", async (event) => {
  if (event.submitter && event.submitter.value === "check") {
    event.preventDefault();
    await check();
    document.getElementById("check").focus();
    return;
  }
  leaving = !(event.submitter && event.submitter.formTarget === "_blank");
});
window.addEventListener("pagehide", saveLocalCopy);
window.addEventListener("pageshow", () => (leaving = false));
window.addEventListener("beforeunload", (event) => {
  if (!leaving && (isBack || snapshot() !== started)) event.preventDefault();
});

try {
  init();
} catch {
  copyNote.textContent = "This browser keeps no copy of what is not saved.";
}
setInterval(saveLocalCopy, SAVE_EVERY);
if (summary) countWords();
check();
