/* One key each for what the desk does most: the key of a link, as its aria-keyshortcuts says. The page says which.
   No key acts while somebody types in a field, and all can be turned off, which this browser remembers (WCAG 2.1.4). */

const OFF = "desk-keys-off";
const line = document.getElementById("keys");
const button = line.querySelector("button");
const note = document.querySelector("textarea[name=text]");

function areOff() {
  return localStorage.getItem(OFF) !== null;
}

function showState() {
  button.textContent = areOff() ? "Turn keys on" : "Turn keys off";
  line.hidden = false;
}

button.addEventListener("click", () => {
  if (areOff()) localStorage.removeItem(OFF);
  else localStorage.setItem(OFF, "yes");
  showState();
});

document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (areOff() || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  if (!/^[a-z]$/i.test(key) || target.closest("input, select, textarea")) return;
  const link = document.querySelector(`a[aria-keyshortcuts="${key.toUpperCase()}"]`);
  if (!link) return;
  event.preventDefault();
  const leaves = link.pathname !== location.pathname;
  if (leaves && note?.value.trim()) note.focus(); // a note that is not saved yet would be lost
  else link.click();
});

showState();
