/* The list of everyone below somebody goes on by itself: a page that is not full looks through more
   people, and the count runs to its end. Without this, the links of the page do the same. */
"use strict";

(() => {
  let running;

  const part = (id, page = document) => page.getElementById(id);

  /* Add whom the next page shows, and take over what it knows. */
  const grow = (page) => {
    const of = (sheet) => sheet.querySelector(".cells, .people-table tbody");
    const [sheet, fresh] = [part("people"), part("people", page)];
    if (of(sheet) && of(fresh)) of(sheet).append(...of(fresh).children);
    else if (!of(sheet)) sheet.replaceChildren(...fresh.childNodes);
    // Nothing is before the first of the pages that are one now.
    if (!part("pager").querySelector("a[rel=prev]")) part("pager", page).querySelector("a[rel=prev]")?.replaceWith(document.createElement("span"));
    part("pager").replaceWith(part("pager", page));
    const [line, next] = [part("walk"), part("walk", page)];
    const told = part("count", page).textContent;
    if (!next) {
      part("count").textContent = told;
      line.remove();
    } else {
      line.querySelector("span").textContent = told;
      line.dataset.next = next.dataset.next;
      line.toggleAttribute("data-early", next.hasAttribute("data-early"));
    }
  };

  const tell = (line, told) => {
    const bar = line.querySelector("progress");
    if (bar.hasAttribute("max")) bar.value = told.looked;
    line.querySelector("span").textContent = told.count;
    line.dataset.next = told.next;
    if (told.next) return;
    part("count").textContent = told.count;
    if (told.note && !part("notes").textContent.includes(told.note)) {
      const note = document.createElement("p");
      note.className = "list-note";
      note.textContent = told.note;
      part("notes").append(note);
    }
    line.remove();
  };

  const get = async (address, signal) => {
    const reply = await fetch(address, { signal });
    if (!reply.ok) throw new Error(String(reply.status));
    return reply;
  };

  const walk = async () => {
    running?.abort();
    running = new AbortController();
    const { signal } = running;
    let line;
    try {
      while ((line = part("walk"))) {
        line.hidden = false;
        const next = part("pager").querySelector("a[rel=next]");
        if (line.hasAttribute("data-early") && next) {
          const text = await (await get(next.href, signal)).text();
          if (!signal.aborted) grow(new DOMParser().parseFromString(text, "text/html"));
        } else {
          const told = await (await get(line.dataset.next, signal)).json();
          if (!signal.aborted) tell(line, told);
        }
        if (signal.aborted) return;
      }
    } catch (error) {
      // The links of the page still go on; what is known stays.
      if (error.name !== "AbortError" && line) line.hidden = true;
    }
  };

  document.addEventListener("listshown", walk);
  walk();
})();
