/* Show the forms of passkeys in place of the sentence that they need scripts, and say when a passkey was not read. */
if (window.PublicKeyCredential) {
  document.querySelectorAll(".passkey-form").forEach((form) => {
    form.hidden = false;
    // The button, or Enter, asks the device first; the script of the button sends the form with the answer.
    form.addEventListener("submit", (event) => event.preventDefault());
  });
  document.querySelectorAll(".passkey-without").forEach((sentence) => { sentence.hidden = true; });
}
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  document.getElementById("passkey-error").hidden = false;
});
