/* SPDX-License-Identifier: EUPL-1.2
   What a phone does with help that was written down without a network. Pure: a list of entries
   in, a new list out, so that the tests run this very file against the real server.

   An entry is { key, owner, side, other, category, minutes, helped_on, state, tried, field, words,
   url }. It holds ids, minutes and a day, never a name or a note; words and url come from the server
   and are about the entry. States only go up: waiting, refused, stands. What is unknown stays
   waiting. */
(function (root) {
  "use strict";

  const DELIVERED = ["key", "side", "other", "category", "minutes", "helped_on"];
  const RANK = { waiting: 0, refused: 1, stands: 2 };

  const only = (entry, names) => Object.fromEntries(names.map((name) => [name, entry[name]]));

  /* Put an entry at the end. An entry with this key is not put there twice. */
  function add(queue, owner, answers) {
    if (queue.some((entry) => entry.key === answers.key)) return queue;
    const told = { field: "", words: "", url: "" };
    return [...queue, { ...only(answers, DELIVERED), owner, state: "waiting", tried: false, ...told }];
  }

  /* Return what this owner can deliver now, oldest first, at most so many. */
  function batch(queue, owner, most) {
    return queue.filter((entry) => entry.owner === owner && entry.state === "waiting").slice(0, most);
  }

  /* Note, before the request leaves, that the server may know these from now on. */
  function tried(queue, keys) {
    return queue.map((entry) => (keys.includes(entry.key) ? { ...entry, tried: true } : entry));
  }

  /* Return what is sent: nothing else leaves the phone. */
  function request(owner, entries) {
    return { owner, entries: entries.map((entry) => only(entry, DELIVERED)) };
  }

  /* Take the answer of the server, or null when there was none that we understand. An answer may
     come late, twice or after a newer one. */
  function settle(queue, owner, answer) {
    const verdicts = answer && Array.isArray(answer.answers) ? answer.answers : [];
    const told = new Map(verdicts.map((verdict) => [verdict.key, verdict]));
    return queue.map((entry) => {
      const verdict = entry.owner === owner ? told.get(entry.key) : undefined;
      if (!verdict || !(RANK[verdict.outcome] > RANK[entry.state])) return entry;
      const { outcome, field = "", words = "", url = "" } = verdict;
      return { ...entry, state: outcome, field, words, url };
    });
  }

  /* Take an entry away: one that never left, or one that has its answer. One whose outcome is not
     known stays, as it may stand already. */
  function forget(queue, key) {
    return queue.filter((entry) => entry.key !== key || (entry.state === "waiting" && entry.tried));
  }

  /* Take away what stands, once it has been shown. */
  function tidy(queue, owner) {
    return queue.filter((entry) => entry.owner !== owner || entry.state !== "stands");
  }

  const api = { add, batch, tried, request, settle, forget, tidy };
  root.TimebankQueue = api;
  if (typeof module !== "undefined") module.exports = api;
})(globalThis);
