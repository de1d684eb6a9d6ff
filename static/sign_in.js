/* A password can be looked at while it is typed; it is sent as a password, so that browsers keep it. */
"use strict";

for (const button of document.querySelectorAll(".show-password")) {
  const field = button.parentElement.querySelector("input");
  const show = (isShown) => {
    field.type = isShown ? "text" : "password";
    button.firstElementChild.textContent = isShown ? "Hide" : "Show";
  };
  button.hidden = false;
  field.spellcheck = false;
  field.autocapitalize = "none";
  button.addEventListener("click", () => { show(field.type === "password"); field.focus(); });
  field.form.addEventListener("submit", () => show(false));
}
