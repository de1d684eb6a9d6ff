/* What only makes the pages quicker: everything works without it. */
"use strict";

const $ = (selector) => document.querySelector(selector);

/* Put a fresh part in the place of an old one: the focus and an open menu stay where they are. */
function swap(old, fresh) {
  if (!old || !fresh) return;
  const stops = (part) => [...part.querySelectorAll("a, summary")];
  const focused = stops(old).indexOf(document.activeElement);
  const open = [...old.querySelectorAll("details")].findIndex((menu) => menu.open);
  if (open >= 0 && fresh.querySelectorAll("details")[open]) fresh.querySelectorAll("details")[open].open = true;
  old.replaceWith(fresh);
  if (focused >= 0) stops(fresh)[focused]?.focus({ preventScroll: true });
}

/* Fetch a page; one that this page had before is asked for by its tag, and only sent if it changed.
   Nothing is shown that the server did not vouch for just now, and all is forgotten with the page. */
const had = new Map();
const MOST_HAD = 20;

async function fetchPage(address, signal) {
  const before = had.get(address);
  const headers = { Accept: "text/html", ...(before && { "If-None-Match": before.tag }) };
  const reply = await fetch(address, { signal, headers });
  if (before && reply.status === 304) return { ok: true, text: before.text };
  const text = await reply.text();
  const tag = reply.headers.get("ETag");
  had.delete(address);
  if (reply.ok && tag) had.set(address, { tag, text });
  if (had.size > MOST_HAD) had.delete(had.keys().next().value);
  return { ok: reply.ok, text };
}

/* Search as you type: wait 200 ms, drop stale answers, swap the list, replace the address. */
function searchAsYouType(form, input) {
  const parts = ["filters", "menus", "chips", "more", "switch", "tabs", "people", "pager"];
  let asked = 0;
  let timer;
  let speaker;
  let running;

  const address = () => {
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value.trim()) query.append(name, value);
    const text = query.toString();
    return text ? `/?${text}` : "/";
  };

  const show = (page, typedAt) => {
    for (const id of parts) swap(document.getElementById(id), page.getElementById(id));
    const [count, fresh] = [$("#count"), page.getElementById("count")];
    clearTimeout(speaker);
    speaker = setTimeout(() => { count.textContent = fresh ? fresh.textContent : ""; },
      Math.max(0, 600 - (Date.now() - typedAt)));
    document.title = page.title;
  };

  const ask = async () => {
    const mine = ++asked;
    const typedAt = Date.now();
    const target = address();
    if (running) running.abort();
    running = new AbortController();
    const slow = setTimeout(() => $("#people")?.setAttribute("aria-busy", "true"), 400);
    try {
      const reply = await fetchPage(target, running.signal);
      if (mine !== asked) return;
      const page = new DOMParser().parseFromString(reply.text, "text/html");
      if (!reply.ok || !page.getElementById("people")) { location.assign(target); return; }
      history.replaceState(null, "", target);
      show(page, typedAt);
    } catch (error) {
      if (error.name !== "AbortError" && mine === asked) location.assign(target);
    } finally {
      clearTimeout(slow);
      if (mine === asked) $("#people")?.removeAttribute("aria-busy");
    }
  };

  const soon = () => { clearTimeout(timer); timer = setTimeout(ask, 200); };
  input.addEventListener("input", (event) => { if (!event.isComposing) soon(); });
  input.addEventListener("compositionend", soon);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && input.value) {
      event.preventDefault();
      input.value = "";
      soon();
    } else if (event.key === "ArrowDown") {
      const first = $("#people .name");
      if (first) { event.preventDefault(); first.focus(); }
    }
  });
  form.addEventListener("submit", () => clearTimeout(timer));
}

/* "/" goes to the search, but only while the keyboard is not in some control. */
function slashSearches(input) {
  const cap = $(".key-cap");
  if (cap) cap.hidden = false;
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.altKey || event.metaKey) return;
    const at = document.activeElement;
    if (at && at !== document.body && at.id !== "main") return;
    event.preventDefault();
    input.focus();
    input.select();
  });
}

/* Menus close on Escape (and give the focus back), when the pointer goes elsewhere, and when a file
   was chosen in them, since the page stays. */
function closeMenus() {
  const open = () => document.querySelector("details.menu[open]");
  document.addEventListener("keydown", (event) => {
    const menu = open();
    if (event.key === "Escape" && menu) {
      const inside = menu.contains(document.activeElement);
      menu.open = false;
      if (inside) menu.querySelector("summary").focus();
    }
  });
  document.addEventListener("click", (event) => {
    const menu = open();
    if (!menu) return;
    const file = event.target.closest(".export-link");
    if (file || !menu.contains(event.target)) menu.open = false;
    if (file) menu.querySelector("summary").focus();
  });
}

/* The badges of a cell lie above its link, for their tooltips; a click on one opens the person too. */
function badgesOpenTheirPerson() {
  document.addEventListener("click", (event) => {
    const row = event.target.closest(".cell .badge-row");
    if (row && !getSelection().toString()) row.closest(".cell").querySelector(".name").click();
  });
}

/* A chosen photo is shown at once, and a removed one is not. */
function previewPhoto(input) {
  const face = $("#photo-preview .face");
  const removal = $("#remove_photo");
  if (!face) return;
  const saved = face.querySelector("img");
  let address;
  const show = () => {
    face.querySelector("img")?.remove();
    if (address) URL.revokeObjectURL(address);
    address = input.files.length ? URL.createObjectURL(input.files[0]) : undefined;
    if (address) {
      const image = new Image();
      image.alt = "";
      image.addEventListener("error", () => image.remove());
      image.src = address;
      face.append(image);
    } else if (saved && !removal?.checked) face.append(saved);
  };
  input.addEventListener("change", show);
  removal?.addEventListener("change", show);
  if (input.files.length || removal?.checked) show();
}

function countBadges(line) {
  const boxes = [...document.querySelectorAll('input[name="badges"]')];
  const show = () => {
    line.textContent = `${boxes.filter((box) => box.checked).length} of ${boxes.length} chosen`;
  };
  for (const box of boxes) box.addEventListener("change", show);
  show();
}

function countCharacters(line, field) {
  const max = Number(line.dataset.max).toLocaleString("en");
  const show = () => {
    line.textContent = `${[...field.value].length.toLocaleString("en")} of ${max} characters`;
  };
  field.addEventListener("input", show);
}

/* A form is sent once: its button locks, and says what it does; coming back unlocks it. */
function sendOnce(form) {
  let sent = false;
  let unlock = () => {};
  form.addEventListener("submit", (event) => {
    if (sent) { event.preventDefault(); return; }
    sent = true;
    const button = event.submitter;
    if (!button) return;
    const content = [...button.childNodes];
    unlock = () => { button.replaceChildren(...content); button.disabled = false; };
    // After the event: a disabled button would not be sent, and its value is needed.
    setTimeout(() => { button.textContent = form.dataset.locks; button.disabled = true; });
  });
  window.addEventListener("pageshow", () => { sent = false; unlock(); });
}

/* A photo that fails to load, or did before this ran, uncovers the initials beneath it. */
for (const image of document.querySelectorAll(".face img")) {
  if (image.complete && !image.naturalWidth) image.hidden = true;
}
document.addEventListener("error", (event) => {
  if (event.target instanceof HTMLImageElement && event.target.closest(".face")) event.target.hidden = true;
}, true);

const search = $(".search-input");
if (search) {
  slashSearches(search);
  if ($("#people")) searchAsYouType(search.form, search);
}
closeMenus();
badgesOpenTheirPerson();
if ($("#photo[type=file]")) previewPhoto($("#photo"));
if ($("#badge-count")) countBadges($("#badge-count"));
if ($("#about-count")) countCharacters($("#about-count"), $("#about"));
for (const form of document.querySelectorAll("form[data-locks]")) sendOnce(form);
$("#error-summary")?.focus();
