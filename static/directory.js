/* What only makes the pages quicker: everything works without it. */
"use strict";

const $ = (selector) => document.querySelector(selector);

/* Put a fresh part in the place of an old one: the focus and an open menu stay where they are. The
   element of the filters stays itself, since the address names it while it is open on a telephone. */
function swap(old, fresh) {
  if (!old || !fresh) return;
  const stops = (part) => [...part.querySelectorAll("a, summary")];
  const focused = stops(old).indexOf(document.activeElement);
  const open = old.querySelector("details[open]");
  const menu = open && (open.id ? fresh.querySelector(`#${open.id}`) : fresh.querySelector("details"));
  if (menu) menu.open = true;
  const isKept = old.id === "menus";
  if (isKept) old.replaceChildren(...fresh.childNodes);
  else old.replaceWith(fresh);
  if (focused >= 0) stops(isKept ? old : fresh)[focused]?.focus({ preventScroll: true });
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

/* Search as you type: wait 200 ms, drop stale answers, swap the list, replace the address. A value
   of a menu or a chip swaps the list too, with an address of its own, so that a menu stays open while
   several are chosen. */
function searchAsYouType(form, input) {
  const parts = ["filters", "menus", "chips", "more", "switch", "tabs", "people", "pager", "notes", "walking"];
  let asked = 0;
  let timer;
  let speaker;
  let running;
  let shown = location.search;

  const address = () => {
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value.trim()) query.append(name, value);
    const text = query.toString();
    return text ? `/?${text}` : "/";
  };

  const show = (page, typedAt) => {
    for (const id of parts) swap(document.getElementById(id), page.getElementById(id));
    const hidden = (part) => [...part.querySelectorAll("input[type=hidden]")];
    for (const kept of hidden(form)) kept.remove();
    form.append(...hidden(page.getElementById(input.id).form));
    const [count, fresh] = [$("#count"), page.getElementById("count")];
    clearTimeout(speaker);
    speaker = setTimeout(() => {
      count.textContent = fresh ? fresh.textContent : "";
      document.dispatchEvent(new Event("listshown"));
    }, Math.max(0, 600 - (Date.now() - typedAt)));
    document.title = page.title;
  };

  const open = async (target, isChosen) => {
    const mine = ++asked;
    const typedAt = isChosen ? 0 : Date.now();
    clearTimeout(timer);
    if (running) running.abort();
    running = new AbortController();
    const slow = setTimeout(() => $("#people")?.setAttribute("aria-busy", "true"), 400);
    try {
      const reply = await fetchPage(target, running.signal);
      if (mine !== asked) return;
      const page = new DOMParser().parseFromString(reply.text, "text/html");
      if (!reply.ok || !page.getElementById("people")) { location.assign(target); return; }
      const state = new URL(target, location);
      state.hash = isChosen ? location.hash : "";
      history[isChosen ? "pushState" : "replaceState"](null, "", state);
      shown = location.search;
      show(page, typedAt);
    } catch (error) {
      if (error.name !== "AbortError" && mine === asked) location.assign(target);
    } finally {
      clearTimeout(slow);
      if (mine === asked) $("#people")?.removeAttribute("aria-busy");
    }
  };

  const soon = () => { clearTimeout(timer); timer = setTimeout(() => open(address(), false), 200); };
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
  document.addEventListener("click", (event) => {
    const link = event.target.closest("#menus .menu-panel a, #chips .chip");
    const isPlain = !event.button && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    if (!link || !isPlain) return;
    event.preventDefault();
    open(link.getAttribute("href"), true);
  });
  window.addEventListener("popstate", () => { if (location.search !== shown) location.reload(); });
}

/* A menu of more than a few values has a box that narrows them: by itself if it shows all of them,
   else by asking for those that contain what is typed. */
const FEW_VALUES = 8;

function narrowMenus() {
  const typedInto = new Map();
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const isOf = (menu) => menu.matches?.("#menus details");
  // Whoever uses keys reaches the box by the next of them; a touch would raise a keyboard.
  let byMouse = false;
  document.addEventListener("keydown", () => { byMouse = false; }, true);
  document.addEventListener("pointerdown", (event) => { byMouse = event.pointerType === "mouse"; }, true);

  const ask = async (menu, text, signal) => {
    const url = new URL(`/menu/${menu.id.replace("menu-", "")}${location.search}`, location);
    url.searchParams.set("find", text);
    const reply = await fetch(url, { signal });
    if (!reply.ok) return [];
    return [...new DOMParser().parseFromString(await reply.text(), "text/html").querySelectorAll("li")];
  };

  const addBox = (menu) => {
    const panel = menu.querySelector(".menu-panel");
    const all = [...panel.children];
    const label = menu.querySelector("summary").textContent.trim();
    if (all.length <= FEW_VALUES || panel.querySelector(".menu-find")) return;
    const holder = document.createElement("li");
    holder.className = "menu-find";
    const box = document.createElement("input");
    Object.assign(box, { type: "search", placeholder: `Find in ${label.toLowerCase()}`, autocomplete: "off" });
    box.setAttribute("aria-label", `Find in ${label.toLowerCase()}`);
    const none = document.createElement("li");
    none.className = "menu-note";
    none.setAttribute("role", "status");
    holder.append(box);
    panel.prepend(holder);
    panel.append(none);
    let timer;
    let running;

    const put = (rows) => {
      for (const row of [...panel.children]) if (row !== holder && row !== none) row.remove();
      holder.after(...rows);
      none.textContent = rows.length ? "" : "No value like this";
    };
    const narrow = async () => {
      running?.abort();
      const words = fold(box.value).split(/\s+/).filter(Boolean);
      typedInto.set(menu.id, box.value);
      const isMeant = (row) => words.every((word) => fold(row.querySelector("a")?.textContent ?? "").includes(word));
      if (!words.length || !menu.dataset.more) { put(words.length ? all.filter(isMeant) : all); return; }
      running = new AbortController();
      try {
        put(await ask(menu, box.value, running.signal));
      } catch (error) {
        if (error.name !== "AbortError") put(all.filter(isMeant));
      }
    };
    box.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(narrow, menu.dataset.more ? 150 : 0);
    });
    box.addEventListener("keydown", (event) => {
      const first = panel.querySelector("a");
      if (event.key === "Escape" && box.value) {
        event.preventDefault();
        event.stopPropagation();
        box.value = "";
        narrow();
      } else if (event.key === "Enter" && box.value) first?.click();
      else if (event.key === "ArrowDown" && first) { event.preventDefault(); first.focus(); }
    });
    if (typedInto.get(menu.id)) {
      box.value = typedInto.get(menu.id);
      narrow();
    } else if (byMouse) box.focus();
  };

  document.addEventListener("toggle", (event) => {
    if (!isOf(event.target)) return;
    if (event.target.open) addBox(event.target);
    else typedInto.delete(event.target.id);
  }, true);
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
  const open = () => document.querySelector("details[name=menu][open]");
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
    // Enter presses the first button, which a form may hide: the visible one tells of it.
    const isHidden = event.submitter?.classList.contains("visually-hidden");
    const button = isHidden ? form.querySelector(".button-primary") : event.submitter;
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

/* Find people while a name is typed; who is chosen stays. Without this the button finds them. Where one
   manager is chosen, the choice stays among those found; where several people are, they go below. */
function findPeople(input) {
  const [found, told, chosenBelow] = [$("#manager-found"), $("#manager-count"), $("#chosen-reports")];
  const below = () => [...(chosenBelow?.querySelectorAll("input[type=checkbox]") ?? [])];
  let timer;
  let running;
  const stop = () => { clearTimeout(timer); running?.abort(); };
  const find = async () => {
    running?.abort();
    running = new AbortController();
    const kept = found.querySelector("input:checked")?.closest("label");
    const typed = input.value.trim();
    const query = new URLSearchParams({ q: typed, ...(chosenBelow && { for: input.dataset.for }) });
    try {
      const reply = typed ? await fetchPage(`/find-manager?${query}`, running.signal) : { ok: true, text: "" };
      if (!reply.ok) return;
      const options = [...new DOMParser().parseFromString(reply.text, "text/html").querySelectorAll("label")];
      const known = new Set([kept?.querySelector("input"), ...below()].map((box) => box?.value));
      const others = options.filter((one) => !known.has(one.querySelector("input").value));
      found.replaceChildren(...(kept ? [kept] : []), ...others);
      const todo = chosenBelow ? "tick who is meant" : "choose one below";
      told.textContent = typed && (others.length ? `${others.length} found: ${todo}` : `Nobody else is found by “${typed}”`);
    } catch { /* the button still finds them */ }
  };
  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(find, 200); });
  input.closest("fieldset").addEventListener("change", (event) => {
    const box = event.target;
    if (box.type === "checkbox") choose(box);
    if (box.name !== "manager") return;
    stop();
    input.value = "";
  });

  const count = () => {
    const number = below().filter((box) => box.checked).length;
    const noun = number === 1 ? "direct report" : "direct reports";
    $("#add-reports").textContent = number ? `Add ${number} ${noun}` : "Add direct reports";
  };
  const choose = (box) => {
    stop();
    chosenBelow.append(box.closest("label"));
    $("#chosen").hidden = false;
    count();
    told.textContent = `${box.closest("label").querySelector("bdi").textContent} is chosen`;
    input.value = "";
    found.replaceChildren();
    input.focus();
  };
  if (!chosenBelow) return;
  chosenBelow.addEventListener("change", count);
  for (const box of found.querySelectorAll("input:checked")) chosenBelow.append(box.closest("label"));
  count();
}

/* The time where somebody works goes on, beside that of whoever looks. */
function runClock(clock) {
  const [time, weekday] = [clock.querySelector("time"), clock.querySelector("span")];
  const offset = clock.nextElementSibling;
  const show = () => {
    const now = new Date();
    const read = (options) => new Intl.DateTimeFormat("en-GB", { timeZone: clock.dataset.zone, ...options }).format(now);
    time.textContent = read({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    weekday.textContent = read({ weekday: "long" });
    const ahead = Number(offset.dataset.minutes) + now.getTimezoneOffset();
    const hours = `${Math.floor(Math.abs(ahead) / 60) || ""}${{ 15: "¼", 30: "½", 45: "¾" }[Math.abs(ahead) % 60] ?? ""}`;
    const word = `${hours} hour${hours === "1" || hours.length === 1 && "¼½¾".includes(hours) ? "" : "s"}`;
    offset.querySelector("span").textContent = ahead ? `${word} ${ahead > 0 ? "ahead of" : "behind"} you` : "Your time";
    setTimeout(show, 60_000 - now % 60_000);
  };
  try { show(); } catch { /* a browser that does not know the zone: the time of the request stays */ }
}

/* Copy beside each email address and phone number, where a browser lets pages copy. */
function offerCopies(template) {
  if (!navigator.clipboard) return;
  for (const link of document.querySelectorAll(".facts a[href^='mailto:'], .facts a[href^='tel:']")) {
    const button = template.content.firstElementChild.cloneNode(true);
    const word = button.querySelector("span");
    const text = link.textContent;
    word.textContent = `Copy ${text}`;
    button.addEventListener("click", async () => {
      try { await navigator.clipboard.writeText(text); } catch { return; }
      button.dataset.copied = "";
      $("#copied").textContent = `${text} copied`;
      setTimeout(() => { delete button.dataset.copied; $("#copied").textContent = ""; }, 2000);
    });
    link.after(button);
  }
}

const search = $(".search-input");
if (search) {
  slashSearches(search);
  if ($("#people")) searchAsYouType(search.form, search);
}
closeMenus();
narrowMenus();
badgesOpenTheirPerson();
if ($("#photo[type=file]")) previewPhoto($("#photo"));
if ($("#copy-button")) offerCopies($("#copy-button"));
if ($(".clock")) runClock($(".clock"));
if ($("#manager_name")) findPeople($("#manager_name"));
if ($("#badge-count")) countBadges($("#badge-count"));
if ($("#about-count")) countCharacters($("#about-count"), $("#about"));
for (const form of document.querySelectorAll("form[data-locks]")) sendOnce(form);
$("#error-summary")?.focus();
