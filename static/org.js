/* Branches of the org chart open in place; without this, a team leads to its own chart. */
"use strict";

const told = document.querySelector("#org-status");
const READY = "data-team";

function prepare(part) {
  for (const team of part.querySelectorAll(".org-team")) {
    if (team.hasAttribute(READY)) continue;
    team.setAttribute(READY, "");
    team.setAttribute("role", "button");
    team.setAttribute("aria-expanded", String(Boolean(branchOf(team))));
  }
}

function branchOf(team) {
  return team.closest("li").querySelector(":scope > .org-branch");
}

const loading = new WeakSet();

async function openBranch(team) {
  if (loading.has(team)) return;
  loading.add(team);
  team.setAttribute("aria-busy", "true");
  team.closest("li").querySelector(":scope > .org-failed")?.remove();
  try {
    const reply = await fetch(team.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    if (!reply.ok || reply.redirected) throw new Error("not loaded");
    showBranch(team, page);
  } catch {
    showFailure(team);
  } finally {
    loading.delete(team);
    team.removeAttribute("aria-busy");
  }
}

function showBranch(team, page) {
  const fresh = page.querySelector(".org-ledger");
  const branch = document.createElement("ul");
  branch.className = "org-branch";
  branch.setAttribute("role", "list");
  if (fresh) branch.append(...fresh.children);
  const count = branch.children.length;
  if (page.querySelector('.pager a[rel="next"]')) branch.append(lineOfMore(team));
  team.closest("li").append(branch);
  team.setAttribute("aria-expanded", "true");
  prepare(branch);
  keepAddress();
  const name = team.parentElement.querySelector(".org-name").textContent;
  told.textContent = count === 1 ? `1 person reports to ${name}, opened` : `${count} people report to ${name}, opened`;
}

/* In the place of the branch. If that button had the focus, the team has it again afterwards. */
function showFailure(team) {
  const failed = document.createElement("p");
  failed.className = "org-failed";
  const again = document.createElement("button");
  again.type = "button";
  again.className = "button";
  again.textContent = "Try again";
  again.addEventListener("click", () => {
    team.focus();
    openBranch(team);
  });
  failed.append("Not loaded. ", again);
  team.closest("li").append(failed);
  told.textContent = failed.textContent;
}

/* The address keeps the branches that are open, so that Back, a picture and a copied link have them. */
const MAX_OPEN = 24;
const MAX_CHARACTERS = 4000;

function keepAddress() {
  const open = document.querySelectorAll(`.org-ledger [${READY}][aria-expanded="true"]`);
  const keys = [...open].slice(0, MAX_OPEN).map((team) => team.dataset.branch);
  history.replaceState(history.state, "", addressWith(location.href, keys));
  const picture = document.querySelector(".org-download");
  if (picture) picture.href = addressWith(picture.href, keys);
}

function addressWith(href, keys) {
  const address = new URL(href);
  address.searchParams.delete("depth");
  address.searchParams.delete("open");
  for (const key of keys) {
    if (address.href.length + key.length < MAX_CHARACTERS) address.searchParams.append("open", key);
  }
  return address.href;
}

function lineOfMore(team) {
  const line = document.createElement("li");
  line.className = "org-more";
  const link = document.createElement("a");
  link.href = team.href;
  link.textContent = `All ${team.querySelector(".org-direct").textContent.trim()}`;
  line.append(link);
  return line;
}

function closeBranch(team) {
  branchOf(team)?.remove();
  team.closest("li").querySelector(":scope > .org-failed")?.remove();
  team.setAttribute("aria-expanded", "false");
  keepAddress();
}

document.addEventListener("click", (event) => {
  const team = event.target.closest(`[${READY}]`);
  const isPlain = !event.button && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  if (!team || !isPlain) return;
  event.preventDefault();
  if (branchOf(team)) closeBranch(team);
  else openBranch(team);
});

/* Left and right close and open the team that has the focus; up and down go from line to line. */
document.addEventListener("keydown", (event) => {
  const line = event.target.closest(".org-ledger .org-line");
  if (!line || event.ctrlKey || event.metaKey || event.altKey) return;
  const team = line.querySelector(`[${READY}]`);
  const isLeft = document.dir === "rtl" ? "ArrowRight" : "ArrowLeft";
  if (event.key === " " && event.target === team) {
    event.preventDefault();
    team.click();
    return;
  }
  if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
    if (!team) return;
    event.preventDefault();
    if (event.key === isLeft) closeBranch(team);
    else if (!branchOf(team)) openBranch(team);
    return;
  }
  const lines = [...document.querySelectorAll(".org-ledger .org-line")];
  const here = lines.indexOf(line);
  const next = { ArrowUp: here - 1, ArrowDown: here + 1, Home: 0, End: lines.length - 1 }[event.key];
  if (next === undefined || !lines[next]) return;
  event.preventDefault();
  const isTeam = event.target.classList.contains("org-team");
  const stop = (isTeam && lines[next].querySelector(".org-team")) || lines[next].querySelector(".org-name");
  stop.focus();
});

const printing = document.querySelector(".org-print");
if (printing) {
  printing.hidden = false;
  printing.addEventListener("click", () => window.print());
}

prepare(document);
