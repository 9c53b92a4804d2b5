/* SPDX-License-Identifier: EUPL-1.2
   The page for writing help down without a network. All words stand in the page. */
(function () {
  "use strict";

  const Phone = globalThis.TimebankPhone;
  const form = document.getElementById("offline");
  const find = (selector) => document.querySelector(selector);
  const say = (what, on) => { const box = find(`[data-say="${what}"]`); if (box) box.hidden = !on; };
  if (!form) return;
  const unsure = new URLSearchParams(location.search).get("sent") === "unknown";
  say("unsure", unsure);
  if (!Phone) { say("unstorable", true); return; }

  const words = find("[data-entries]").dataset;
  const language = document.documentElement.lang;
  const fresh = (name) => find(`[data-template="${name}"]`).content.firstElementChild.cloneNode(true);
  const dayOf = (moment) => [moment.getFullYear(), moment.getMonth() + 1, moment.getDate()]
    .map((part) => String(part).padStart(2, "0")).join("-");

  /* ---- what this device knows ---- */
  let shownOwner;
  function fill(known) {
    if (known && shownOwner === known.owner) return;
    shownOwner = known && known.owner;
    form.hidden = !known || unsure;
    document.querySelectorAll("[data-person]").forEach((card) => card.remove());
    form.elements.category.length = 1;
    if (!known) return;
    known.kinds.forEach((kind) => form.elements.category.add(new Option(kind.label, kind.code)));
    const later = form.querySelector("input[name='other'][value='later']").closest(".tb-card");
    known.people.forEach((person) => {
      const card = fresh("person");
      const radio = card.querySelector("input");
      radio.value = person.id;
      radio.id = "other-" + person.id;
      card.querySelector(".tb-card__label").textContent = person.label;
      card.querySelector(".tb-card__hint").textContent = person.hint;
      card.dataset.person = "";
      later.before(card);
    });
  }

  /* ---- what waits here ---- */
  function draw(entries, known) {
    const own = entries.filter((entry) => known && entry.owner === known.owner);
    const list = find("[data-entries]");
    list.replaceChildren(...own.map((entry) => slip(entry, known)));
    find("[data-entries-section]").hidden = !own.length;
    say("nobody", !known);
    say("waits", entries.some((entry) => entry.state !== "stands" && !own.includes(entry)));
  }

  function slip(entry, known) {
    const made = fresh(entry.state);
    const person = known.people.find((one) => one.id === entry.other);
    const kind = known.kinds.find((one) => one.code === entry.category);
    const name = person ? person.label : words.somebody;
    const put = (what, text) => { const place = made.querySelector(`[data-${what}]`); if (place) place.textContent = text; };
    put("sentence", words[entry.side].replace("{name}", name));
    put("duration", duration(entry.minutes));
    put("kind", kind ? kind.label : "");
    put("day", new Date(entry.helped_on + "T12:00").toLocaleDateString(language, { weekday: "long", day: "numeric", month: "long" }));
    put("words", entry.words);
    const way = made.querySelector("a");
    if (way) way.href = entry.url.startsWith("/") ? entry.url : "/";
    const forget = made.querySelector("[data-forget]");
    if (forget && entry.state === "waiting" && entry.tried) made.querySelector(".tb-slip__stub").remove();
    else if (forget) forget.addEventListener("click", () => {
      Phone.change((queue) => globalThis.TimebankQueue.forget(queue, entry.key)).then(show);
    });
    return made;
  }

  function duration(minutes) {
    const h = Math.floor(minutes / 60), m = minutes % 60;
    const pattern = h && m ? words.long : h ? words.hours : words.minutes;
    return pattern.replace("{h}", h).replace("{m}", m);
  }

  async function show() {
    const known = Phone.known();
    fill(known);
    draw(await Phone.entries(), known);
  }

  /* ---- the answers ---- */
  function answers() {
    const data = new FormData(form), text = (name) => String(data.get(name) || "").trim();
    const wrong = {};
    const whole = (digits) => (/^\d{1,4}$/.test(digits) ? Number(digits) : NaN);
    const given = { key: newKey(), side: text("side"), category: text("category") };
    if (!given.side) wrong.side = "missing";
    if (!given.category) wrong.category = "missing";
    if (!text("other")) wrong.other = "missing";
    given.other = text("other") === "later" ? null : text("other");
    given.helped_on = day(text, whole, wrong);
    given.minutes = text("minutes") === "other"
      ? 60 * whole(text("minutes_hours") || "0") + whole(text("minutes_rest") || "0")
      : whole(text("minutes"));
    if (!text("minutes")) wrong.minutes = "missing";
    else if (!(given.minutes > 0)) wrong.minutes = "impossible";
    return { given, wrong };
  }

  function day(text, whole, wrong) {
    const now = new Date();
    if (text("helped_on") === "today") return dayOf(now);
    if (text("helped_on") === "yesterday") return dayOf(new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1, 12));
    const [year, month, date] = ["year", "month", "day"].map((part) => whole(text("other_day_" + part)));
    const chosen = new Date(year < 100 ? 2000 + year : year, month - 1, date, 12);
    if (!text("helped_on")) wrong.helped_on = "missing";
    else if (!(chosen.getMonth() === month - 1 && chosen.getDate() === date)) wrong.helped_on = "impossible";
    else if (dayOf(chosen) > dayOf(now)) wrong.helped_on = "future";
    return wrong.helped_on ? "" : dayOf(chosen);
  }

  function newKey() {
    const b = crypto.getRandomValues(new Uint8Array(16));
    b[6] = (b[6] & 15) | 64;
    b[8] = (b[8] & 63) | 128;
    const hex = [...b].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
  }

  function tellErrors(wrong) {
    form.querySelectorAll("[data-made]").forEach((made) => made.remove());
    form.querySelectorAll("[aria-invalid]").forEach((field) => field.removeAttribute("aria-invalid"));
    const box = find("[data-errors]"), list = box.querySelector("ul");
    list.replaceChildren();
    box.hidden = !Object.keys(wrong).length;
    for (const question of ["side", "other", "category", "helped_on", "minutes"]) {
      if (!wrong[question]) continue;
      const sentence = form.getAttribute(`data-${wrong[question]}-${question}`);
      const error = fresh("error"), place = form.querySelector(`[data-question="${question}"]`);
      error.id = question + "-error";
      error.dataset.made = "";
      error.querySelector("[data-words]").textContent = sentence;
      const group = place.querySelector("fieldset, select");
      group.setAttribute("aria-invalid", "true");
      group.setAttribute("aria-describedby", error.id);
      place.querySelector("legend, label").after(error);
      const line = document.createElement("li"), link = document.createElement("a");
      link.className = "tb-errors__link";
      link.href = "#" + question;
      link.textContent = sentence;
      line.append(link);
      list.append(line);
    }
    if (!box.hidden) box.querySelector("h2").focus();
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopPropagation();
    const known = Phone.known(), { given, wrong } = answers();
    find('[data-say="kept"]').replaceChildren();
    tellErrors(wrong);
    if (Object.keys(wrong).length || !known) return;
    try {
      await Phone.change((queue) => globalThis.TimebankQueue.add(queue, known.owner, given));
    } catch (full) { say("unstorable", true); find("h1").scrollIntoView(); return; }
    if (navigator.storage && navigator.storage.persist) navigator.storage.persist();
    form.reset();
    toggle();
    const kept = document.createElement("p");
    kept.className = "utrecht-paragraph";
    kept.textContent = form.dataset.kept;
    find('[data-say="kept"]').append(kept);
    await show();
    find("[data-entries-section]").scrollIntoView();
    Phone.deliver();
  });

  function toggle() {
    form.querySelectorAll("[data-if]").forEach((more) => {
      more.hidden = form.elements[more.dataset.if].value !== "other";
    });
  }
  form.addEventListener("change", toggle);
  toggle();
  Phone.onNews((news) => {
    say("sign-in", Boolean(news.signIn));
    if (news.unstorable) say("unstorable", true);
    show();
  });
  const known = Phone.known();
  Phone.change((queue) => (known ? globalThis.TimebankQueue.tidy(queue, known.owner) : queue))
    .then(show, () => say("unstorable", true));
})();
