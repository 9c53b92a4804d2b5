/* SPDX-License-Identifier: EUPL-1.2
   Holds the queue of queue.js on this device and delivers it when it can. */
(function () {
  "use strict";

  const Queue = globalThis.TimebankQueue;
  const MOST = 20, SECONDS_TO_ANSWER = 20, SECONDS_BETWEEN = 30, SHARED_MINUTES = 30;
  const KNOWN = "timebank-known";
  if (!Queue || !globalThis.indexedDB) return;

  let opened = null;
  function database() {
    opened = opened || new Promise((resolve, reject) => {
      const asked = indexedDB.open("timebank", 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore("entries", { keyPath: "key" });
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
    return opened;
  }

  /* Change the queue in one transaction, so that two tabs never lose each other's entries.
     Resolves only when it is stored. */
  async function change(make) {
    const connection = await database();
    return new Promise((resolve, reject) => {
      const work = connection.transaction("entries", "readwrite");
      const store = work.objectStore("entries");
      let after = [];
      const asked = store.getAll();
      asked.onsuccess = () => {
        const before = asked.result.sort((a, b) => a.at - b.at);
        after = make(before).map((entry) => ({ ...entry, at: entry.at || Date.now() }));
        const left = new Set(after.map((entry) => entry.key));
        before.forEach((entry) => { if (!left.has(entry.key)) store.delete(entry.key); });
        after.forEach((entry) => store.put(entry));
      };
      work.oncomplete = () => resolve(after);
      work.onabort = work.onerror = () => reject(work.error);
    });
  }

  /* Who uses this device and what it may know: of a shared one only as long as the tab is there. */
  function known() {
    try {
      const own = JSON.parse(localStorage.getItem(KNOWN));
      const shared = JSON.parse(sessionStorage.getItem(KNOWN));
      if (shared && Date.now() - shared.at < SHARED_MINUTES * 60000) return shared;
      return own;
    } catch (unreadable) { return null; }
  }

  function forgetKnown() {
    localStorage.removeItem(KNOWN);
    sessionStorage.removeItem(KNOWN);
  }

  async function learn() {
    try {
      const answer = await fetch("/exchanges/queued/known", { redirect: "manual" });
      if (!answer.ok) return;
      const facts = { ...await answer.json(), at: Date.now() };
      forgetKnown();
      if (!facts.owner) return;
      (facts.shared ? sessionStorage : localStorage).setItem(KNOWN, JSON.stringify(facts));
    } catch (away) { /* What is known stays. */ }
  }

  let busy = false;
  async function deliver() {
    const who = known();
    if (busy || !who) return;
    busy = true;
    try {
      for (let going = true; going;) {
        const before = await change((queue) =>
          Queue.tried(queue, Queue.batch(queue, who.owner, MOST).map((entry) => entry.key)));
        const batch = Queue.batch(before, who.owner, MOST);
        if (!batch.length) break;
        const { answer, signIn } = await send(Queue.request(who.owner, batch));
        const after = await change((queue) => Queue.settle(queue, who.owner, answer));
        going = Queue.batch(after, who.owner, after.length).length < Queue.batch(before, who.owner, before.length).length;
        tell({ signIn });
      }
    } catch (unstorable) { tell({ unstorable: true }); } finally { busy = false; }
  }

  async function send(request) {
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), SECONDS_TO_ANSWER * 1000);
    try {
      const response = await fetch("/exchanges/queued", {
        method: "POST",
        redirect: "manual",
        headers: { "Content-Type": "application/json", "X-Timebank-Queue": "1" },
        body: JSON.stringify(request),
        signal: patience.signal,
      });
      if (response.status === 401) return { answer: null, signIn: true };
      const answer = response.ok ? await response.json() : null;
      const notYet = answer && answer.answers.some((one) => one.outcome === "not_yet");
      return { answer, signIn: Boolean(notYet) };
    } catch (unknown) {
      return { answer: null, signIn: false };
    } finally { clearTimeout(timer); }
  }

  const listeners = [];
  function tell(news) { listeners.forEach((listener) => listener(news)); }

  globalThis.TimebankPhone = {
    change, known, forgetKnown, learn, deliver,
    entries: () => change((queue) => queue),
    onNews: (listener) => listeners.push(listener),
  };

  /* Deliver now, when the network comes back, and now and then; never all phones at once. */
  async function begin() {
    const language = document.documentElement.lang === "en" ? "en" : "nl";
    if (navigator.serviceWorker) navigator.serviceWorker.register("/service-worker/" + language + ".js", { scope: "/" }).catch(() => {});
    await learn();
    await deliver();
    tell({});
    window.addEventListener("online", deliver);
    const again = () => setTimeout(() => { deliver().then(again); }, (1 + Math.random()) * SECONDS_BETWEEN * 1000);
    again();
  }
  window.addEventListener("load", begin);
})();
